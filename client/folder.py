"""A folder of files to load: what their names say, and what is noted beside them of those that were sent.

A name is `<order>-<service>-<kind>.<csv|tsv|xlsx|ndjson>`, as `010-directory-countries.csv`.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, Self

from client.api import MEDIA_TYPES

NOTES = ".loaded.json"
MARKED = "-marked.xlsx"
_NAME = re.compile(r"([0-9]{1,9})-([a-z]+)-([a-z0-9]+(?:-[a-z0-9]+)*)(\.[A-Za-z]+)")
# hidden files, those that a workbook is locked with while it is open, what this loader has written, and texts
_PASSED_OVER = re.compile(rf"\..*|~\$.*|.*{re.escape(MARKED)}|.*\.(?:md|txt)", re.IGNORECASE | re.DOTALL)


class NotLoadable(Exception):
    """The folder cannot be loaded as it is; nothing of it was sent."""


@dataclass(frozen=True, slots=True, order=True)
class File:
    """Sorts as it is sent: by number, then by name."""

    order: int
    name: str
    service: str = field(compare=False)
    kind: str = field(compare=False)
    path: Path = field(compare=False)

    @property
    def marked(self) -> Path:
        return self.path.with_name(self.path.stem + MARKED)

    def sha256(self) -> str:
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()


def named(path: Path) -> File | None:
    """What the name says; None for one that is not of this form."""
    found = _NAME.fullmatch(path.name)
    if found is None or found[4].lower() not in MEDIA_TYPES:
        return None
    return File(int(found[1]), path.name, found[2], found[3], path)


def files_of(folder: Path, service: str | None = None) -> list[File]:
    """In the order in which they are sent; of one `service` alone, if it is told."""
    files: list[File] = []
    strange: list[str] = []
    for path in folder.iterdir():
        if _PASSED_OVER.fullmatch(path.name):
            continue
        file = named(path) if path.is_file() else None
        if file is None:
            strange.append(path.name)
        else:
            files.append(file)
    if strange:
        raise NotLoadable(
            "順番-サービス-種類.csv の形の名前に直すか、フォルダーから出してください（csv, tsv, xlsx, ndjson）。"
            "何も送っていません / Rename to order-service-kind.csv (or .tsv, .xlsx, .ndjson), or move out of the "
            "folder; nothing was sent:\n" + "\n".join(f"  {name}" for name in sorted(strange))
        )
    wanted = sorted(file for file in files if service in (None, file.service))
    if not wanted:
        raise NotLoadable(f"送るファイルがありません / There is no file to send: {folder}")
    return wanted


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of a file that was sent.

    `sending`: it may have arrived. `sent`: it did. `stored`: every row of it. `refused`: not every row of it.
    """

    state: Literal["sending", "sent", "stored", "refused"]
    sha256: str
    mode: str
    history: bool
    key: str
    id: str = ""
    receipt_number: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)

    def tells_of(self, sha256: str, mode: str, history: bool) -> bool:
        """Whether it is of these very bytes, sent in this way."""
        return (self.sha256, self.mode, self.history) == (sha256, mode, history)


class Notes:
    """The notes of one server in the folder's `.loaded.json`; each is on disk before what it tells of goes on."""

    def __init__(self, path: Path, server: str, all_of_them: dict[str, dict[str, Note]]) -> None:
        self._path = path
        self._all = all_of_them
        self._own = all_of_them.setdefault(server, {})

    @classmethod
    def read(cls, folder: Path, server: str) -> Self:
        path = folder / NOTES
        if not path.exists():
            return cls(path, server, {})
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            return cls(path, server, {where: dict(_notes(some)) for where, some in kept.items()})
        except (ValueError, TypeError, AttributeError):
            raise NotLoadable(
                f"{path} が読めません。消せば、すべてのファイルをもう一度送ります（同じ行は何も変えません） / "
                "cannot be read. Delete it, and all files are sent again; rows that are there change nothing"
            ) from None

    def of(self, file: File) -> Note | None:
        return self._own.get(file.name)

    def put(self, file: File, note: Note) -> None:
        """Whole or not at all, whenever the process ends."""
        self._own[file.name] = note
        kept = {where: {name: asdict(one) for name, one in some.items()} for where, some in self._all.items()}
        unfinished = self._path.with_name(NOTES + ".part")
        with unfinished.open("w", encoding="utf-8") as stream:
            json.dump(kept, stream, ensure_ascii=False, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(self._path)


def _notes(some: Mapping[str, Mapping[str, object]]) -> Iterator[tuple[str, Note]]:
    for name, one in some.items():
        yield name, Note(**one)  # type: ignore[arg-type]
