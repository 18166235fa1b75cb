"""A child process with a log file: started, watched until it is ready, asked to stop, then made to."""

import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO, Protocol

READY_LINE = "ready"  # what a worker, which has no address to ask, prints when it waits for jobs
STOP_SECONDS = 15.0


class ProcessFailed(RuntimeError):
    """A child did not start or died; the text names it and ends with its last words."""


class Running(Protocol):
    """What is asked of a process that was begun: `subprocess.Popen`, or a copy."""

    returncode: int | None

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, number: int, /) -> None: ...

    def kill(self) -> None: ...


class _UnixConnection(HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def answers_ready(listen: str) -> bool:
    """Whether GET /readyz there (`unix:/path` or `host:port`) says 200."""
    connection = (
        _UnixConnection(listen.removeprefix("unix:"), timeout=2)
        if listen.startswith("unix:")
        else HTTPConnection(listen, timeout=2)
    )
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


class Child:
    """One process; `listen` is where an API process answers, None for a worker."""

    def __init__(
        self, name: str, command: list[str], environment: Mapping[str, str], log: Path, listen: str | None
    ) -> None:
        self.name = name
        self.log = log
        self._command = command
        self.environment = dict(environment)
        self._ready: Callable[[], bool] = (lambda: answers_ready(listen)) if listen else self._said_ready
        self._process: Running | None = None
        self._log_start = 0

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ProcessFailed(f"{self.name} was not started")
        return self._process.pid

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self._process = self._begin(log)

    def _begin(self, log: IO[bytes]) -> Running:
        return subprocess.Popen(
            self._command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops all in order
        )

    def wait_ready(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not self._ready():
            if not self.alive:
                raise ProcessFailed(self.last_words())
            if time.monotonic() > deadline:
                raise ProcessFailed(f"{self.name} was not ready after {seconds:.0f} s\n{self.last_words()}")
            time.sleep(0.05)

    def terminate(self) -> None:
        if self._process is not None and self.alive:
            self._process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        self.terminate()
        if self._process is None:
            return
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def finish(self, seconds: float) -> int:
        """How it ended by itself."""
        assert self._process is not None
        return self._process.wait(seconds)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def last_words(self, lines: int = 20) -> str:
        status = "runs" if self.alive else f"ended with {self._process.returncode if self._process else None}"
        return "\n".join(
            [f"{self.name} {status}; {self.log} ends with:", *self._said().splitlines()[-lines:]]
        )

    def _said(self) -> str:
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def _said_ready(self) -> bool:
        return READY_LINE in self._said().splitlines()
