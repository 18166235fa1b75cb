"""Processes that begin as copies of one that has imported already what all of them need: twelve start for little more
than the price of two.

`python -m services.nursery FD` is that one. It is told no address of a database and no key: what a copy is to be, the
copy alone is told.
"""

import atexit
import gc
import importlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from struct import Struct
from threading import Lock
from typing import IO

from services.processes import Child, ProcessFailed, Running

DATABASE = ("DATABASE_URL", "KAKEHASHI_DATABASE_URL")
# what no list of services names, and is loaded at each start
_BESIDE = (
    "services.gateway.registry.bootstrap",
    "services.gateway.door.protocol",
    "uvloop",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.httptools_impl",
)
_NUMBER = Struct("!q")  # asked: 0 for a copy, or whether this copy has ended
_RUNS = 1 << 32


class _Nursery:
    """As whoever wants copies sees it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._channel, theirs = socket.socketpair()
        environment = {name: value for name, value in os.environ.items() if name not in DATABASE}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services.nursery", str(theirs.fileno())],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        atexit.register(self._end)

    def copy(self, told: socket.socket) -> int:
        with self._lock:
            socket.send_fds(self._channel, [_NUMBER.pack(0)], [told.fileno()])
            return self._answer()

    def ended(self, pid: int) -> int | None:
        with self._lock:
            self._channel.sendall(_NUMBER.pack(pid))
            code = self._answer()
        return None if code == _RUNS else code

    def _answer(self) -> int:
        said = self._channel.recv(_NUMBER.size, socket.MSG_WAITALL)
        if not said:
            raise ProcessFailed("the process that the others are copies of has ended")
        (number,) = _NUMBER.unpack(said)
        return int(number)

    def _end(self) -> None:
        self._channel.close()
        self._process.wait()


nursery = cache(_Nursery)


class _Copy:
    """What `subprocess.Popen` offers."""

    def __init__(
        self, name: str, module: str, arguments: list[str], environment: Mapping[str, str], log: Path
    ) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self.pid = nursery().copy(theirs)
            ours.sendall(json.dumps([name, module, arguments, dict(environment), str(log)]).encode())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = nursery().ended(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            time.sleep(0.02)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(9)


class CopyChild(Child):
    """Its command is a module of ours with a `main`, and what that is given."""

    def _begin(self, log: IO[bytes]) -> Running:
        module, *arguments = self._command
        return _Copy(self.name, module, arguments, self.environment, self.log)


def _serve(channel: socket.socket) -> socket.socket | None:
    """Returns in each copy, with where it is told what to be; and with nothing when nobody wants more."""
    while True:
        asked, handed, _, _ = socket.recv_fds(channel, _NUMBER.size, 1)
        if not asked:
            return None
        (pid,) = _NUMBER.unpack(asked)
        if not pid:
            pid = os.fork()
            if not pid:
                channel.close()
                return socket.socket(fileno=handed[0])
            os.close(handed[0])
            channel.sendall(_NUMBER.pack(pid))
        else:
            found, status = os.waitpid(pid, os.WNOHANG)
            channel.sendall(_NUMBER.pack(os.waitstatus_to_exitcode(status) if found else _RUNS))


def _become(told: socket.socket) -> None:
    with told, told.makefile("rb") as said:
        name, module, arguments, environment, log = json.load(said)
    with suppress(OSError):  # where there is such a thing: else all would have one name there
        Path("/proc/self/comm").write_text(name)
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    with open(log, "ab") as file:
        for descriptor in (1, 2):
            os.dup2(file.fileno(), descriptor)
    gc.enable()
    importlib.import_module(module).main(arguments)


def main(arguments: list[str]) -> None:
    gc.disable()  # what is imported stays, and is shared so long as nobody looks through it
    serve, worker = importlib.import_module("services.serve"), importlib.import_module("services.worker")
    apps = {path.partition(":")[0] for path in serve.APPS.values()}
    places = {place.module for place in worker.PLACES.values()}
    for module in (*sorted(apps | places), *_BESIDE):
        importlib.import_module(module)
    gc.freeze()
    told = _serve(socket.socket(fileno=int(arguments[0])))
    if told is not None:
        _become(told)


if __name__ == "__main__":
    main(sys.argv[1:])
