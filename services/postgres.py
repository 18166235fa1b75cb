"""A private Postgres for one machine: `make demo`, `make run` and each test worker have their own.

Only a Unix socket in a fresh private folder, no TCP, no passwords.  Any number of processes may
`start()` on one data folder: the first starts the server, the others attach, the last to `stop()`
stops it; a server that outlived its starter is attached to and stopped in the same way.
"""

import fcntl
import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote

from services.postgres_binaries import Account, PostgresError, account_for, find, place

__all__ = ["SUPERUSER", "PostgresError", "PrivatePostgres", "copy_data"]

SUPERUSER = "kakehashi"
PORT = 5432  # only names the socket file
SOCKET_PATH_LIMIT = 107  # bytes in sockaddr_un
SOCKET_PREFIX = "kk-pg-"
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}  # LANG=ja_JP.UTF-8 alone makes initdb fail
# The ctype makes pg_trgm see Japanese: under plain C show_trgm('東京都') is empty.
LOCALE = (
    "--encoding=UTF8",
    "--locale=C",
    "--lc-ctype=C.UTF-8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
# What a statement or a row held is kept out of the server's log: who asks stands in a statement, and a row may be of anybody.
DISCREET = ("-c", "log_error_verbosity=terse", "-c", "log_min_error_statement=panic")
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


class PrivatePostgres:
    """One data folder and, between start and stop, the server on it."""

    def __init__(self, data: Path, *, durable: bool) -> None:
        self.data = data.absolute()
        self._durable = durable
        self._bin = Path()
        self._real = Path()
        self._account: Account | None = None
        self._sockets: Path | None = None
        self._hold: IO[str] | None = None

    def __enter__(self) -> "PrivatePostgres":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def url(self, database: str = "postgres", user: str = SUPERUSER) -> str:
        if self._sockets is None:
            raise PostgresError(f"The Postgres of {self.data} is not started.")
        return f"postgresql://{quote(user)}@/{quote(database)}?host={self._sockets}"

    def start(self) -> None:
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self._bin = find()
        with _locked(self._beside("lock")):
            self._real = place(self.data)
            self._account = account_for(self._real)
            if not (self._real / "PG_VERSION").exists():
                self._initdb()
            self._sockets = self._running() or self._launch()
            self._hold = self._beside("users").open("a")
            fcntl.flock(self._hold, fcntl.LOCK_SH)

    def stop(self) -> None:
        if self._hold is None:
            return
        with _locked(self._beside("lock")):
            try:
                fcntl.flock(self._hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # others still use the server
            else:
                self._pg_ctl("stop", "-m", "fast", "-t", "60")
                shutil.rmtree(self._sockets or "", ignore_errors=True)
            finally:
                self._hold.close()
                self._hold = self._sockets = None

    def _beside(self, suffix: str) -> Path:
        return self.data.parent / f".{self.data.name}.{suffix}"

    def _initdb(self) -> None:
        """Built aside and renamed, so that a killed first start leaves nothing that looks whole."""
        if self._real.exists() and any(self._real.iterdir()):
            raise PostgresError(f"{self._real} holds something that is not a Postgres data folder.")
        building = self._real.parent / f".{self._real.name}.initdb"
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(mode=0o700)
        self._give(building)
        sync = () if self._durable else ("--no-sync",)
        try:
            self._run("initdb", "-D", str(building), "-U", SUPERUSER, "--auth=trust", *LOCALE, *sync)
            building.rename(self._real)
        finally:
            shutil.rmtree(building, ignore_errors=True)

    def _running(self) -> Path | None:
        """The socket folder of a server that already runs here; tidies up after one that was killed."""
        pid_file = self._real / "postmaster.pid"
        try:
            lines = pid_file.read_text().splitlines()
            pid, sockets = int(lines[0]), Path(lines[4])
        except (FileNotFoundError, ValueError, IndexError):
            return None
        if self._serves(pid):
            if self._answers(sockets):
                return sockets
            self._end_unreachable(pid)
        elif _alive(pid):
            pid_file.unlink()  # now a stranger's number, and Postgres would refuse to start because of it
        if sockets.name.startswith(SOCKET_PREFIX):
            shutil.rmtree(sockets, ignore_errors=True)
        return None

    def _end_unreachable(self, pid: int) -> None:
        """A server whose socket is gone (a cleaned /tmp), or that is dying this moment."""
        try:
            self._pg_ctl("stop", "-m", "fast", "-t", "60")
        except PostgresError:
            if self._serves(pid):
                raise

    def _serves(self, pid: int) -> bool:
        """Whether this process is the server of our data folder (a server's working folder is its data)."""
        if Path("/proc/self/cwd").exists():
            try:
                return Path(os.readlink(f"/proc/{pid}/cwd")) == self._real
            except OSError:
                return False
        # found by the PATH of the person who starts us
        told = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True)  # noqa: S607
        return str(self._real) in told.stdout

    def _answers(self, sockets: Path) -> bool:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            state = subprocess.run(
                [self._bin / "pg_isready", "-q", "-h", sockets, "-p", str(PORT)], env=ENVIRONMENT
            ).returncode
            if state != 1:  # 1 is "starting up"
                return state == 0
            time.sleep(0.05)
        return False

    def _launch(self) -> Path:
        sockets = Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX, dir="/tmp"))
        try:
            if len(os.fsencode(sockets / f".s.PGSQL.{PORT}")) > SOCKET_PATH_LIMIT:
                raise PostgresError(f"{sockets} is too long a path for a socket.")
            self._give(sockets)
            where = ("-k", str(sockets), "-p", str(PORT), "-c", "listen_addresses=")
            options = shlex.join(
                (*where, "-c", "max_connections=200", *DISCREET, *(() if self._durable else FAST))
            )
            self._pg_ctl("start", "-t", "60", "-l", str(self._real / "server.log"), "-o", options)
        except BaseException:
            shutil.rmtree(sockets, ignore_errors=True)
            raise
        return sockets

    def _give(self, folder: Path) -> None:
        if self._account is not None:
            os.chown(folder, self._account.uid, self._account.gid)

    def _pg_ctl(self, action: str, *options: str) -> None:
        self._run("pg_ctl", action, "-w", "-D", str(self._real), *options)

    def _run(self, program: str, *arguments: str) -> None:
        who = self._account
        done = subprocess.run(
            [self._bin / program, *arguments],
            env=ENVIRONMENT,
            cwd="/",  # the dropped user may not be able to enter ours
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            umask=0o077,
            user=who.uid if who else None,
            group=who.gid if who else None,
            extra_groups=[] if who else None,
        )
        if done.returncode != 0:
            log = self._real / "server.log"
            last = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else []
            failure = f"{program} failed ({done.returncode})"
            raise PostgresError("\n".join([failure, done.stdout.strip(), *last]))


def copy_data(source: Path, target: Path) -> None:
    """Copy a stopped data folder; `target` appears whole or not at all."""
    if (source / "postmaster.pid").exists():
        raise PostgresError(f"{source} is in use or was not stopped cleanly; a copy of it could be torn.")
    target = target.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    with _locked(target.parent / f".{target.name}.lock"):
        real = place(target)
        if real.exists():
            raise PostgresError(f"{real} exists already.")
        building = Path(tempfile.mkdtemp(prefix=f".{real.name}.", dir=real.parent))
        try:
            for options in (["-a", "--reflink=auto"], ["-pR"]):  # the second where cp knows no reflink
                command = ["cp", *options, f"{source.resolve()}/.", str(building)]
                copied = subprocess.run(command, capture_output=True, text=True)
                if copied.returncode == 0:
                    break
            else:
                raise PostgresError(f"Copying {source} failed: {copied.stderr.strip()}")
            building.rename(real)
        finally:
            shutil.rmtree(building, ignore_errors=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
