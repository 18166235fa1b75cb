"""Folders that are costly to build and copied often: a migrated database, the loaded demo years.

A template is built once for each content of its sources, under a file lock, and appears whole or not at all.
"""

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from services.postgres_binaries import remove

DATA = "pg"  # the data folder inside a template, if it has one


def content_key(sources: Iterable[Path]) -> str:
    """A hash over files, or of a folder all its sources and tables, by path and content."""
    digest = hashlib.sha256()
    for source in sources:
        files = [source] if source.is_file() else sorted(p for p in source.rglob("*") if _counts(p))
        for file in files:
            digest.update(f"{file.relative_to(source.parent)}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


@contextmanager
def template(folder: Path, key: str, build: Callable[[Path], None]) -> Iterator[Path]:
    """`folder/key`, made by `build` if it is not there; stays while the caller copies it; older keys go."""
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / key
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            for old in folder.iterdir():
                if old.is_dir():
                    _discard(old)
            _build(made, build)
        yield made


def _build(made: Path, build: Callable[[Path], None]) -> None:
    building = made.with_name(f"{made.name}.building")
    building.mkdir()
    try:
        build(building)
    except BaseException:
        _discard(building)
        raise
    building.rename(made)


def _discard(folder: Path) -> None:
    remove(folder / DATA)
    shutil.rmtree(folder, ignore_errors=True)


def _counts(path: Path) -> bool:
    return path.is_file() and path.suffix in {".py", ".sql", ".json", ".csv", ".toml"}
