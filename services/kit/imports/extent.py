"""What a sheet and the shared strings of a workbook would take in memory, counted tag by tag."""

import zipfile
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from xml.parsers import expat

from openpyxl.utils import column_index_from_string

from services.kit.imports import remarks
from services.kit.imports.source import FileRefused
from services.kit.imports.table import Place

_CHUNK = 1 << 18
_MAX_TOKEN = 4_000_000  # bytes of one tag, which expat and calamine hold whole
_MAX_ERRORS = 10_000


class Counter(Protocol):
    reads_text: bool

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...
    def text(self, data: str) -> None: ...


def measure(archive: zipfile.ZipFile, name: str, counter: Counter, check: Callable[[], None]) -> None:
    """`check` is asked after each piece of the part, and refuses."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = counter.start
    parser.StartDoctypeDeclHandler = _refuse
    if counter.reads_text:
        parser.CharacterDataHandler = counter.text
    fed = 0
    with archive.open(name) as body:
        while chunk := body.read(_CHUNK):
            parser.Parse(chunk)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > _MAX_TOKEN:
                _refuse()
            check()
        parser.Parse(b"", True)
    check()


def _refuse(*_: object) -> None:
    raise FileRefused(remarks.NOT_A_WORKBOOK)


@dataclass(slots=True)
class Strings:
    """How long each shared string is, and how many the part says there are."""

    lengths: "array[int]" = field(default_factory=lambda: array("L"))
    declared: int = 0
    total: int = 0
    longest: int = 0
    reads_text: bool = True

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag[tag.find(":") + 1 :]
        if tag == "si":
            self.lengths.append(0)
        elif tag == "sst":
            self.declared = int(attributes.get("uniqueCount", 0))

    def text(self, data: str) -> None:
        self.total += len(data)
        if self.lengths:
            self.lengths[-1] += len(data)
            self.longest = max(self.longest, self.lengths[-1])


@dataclass(slots=True)
class Extent:
    """Follows the cells of one sheet; a cell counts once it has content, not for its format alone.

    `reads_text` where the sheet could hold more text than it may: then each cell's is counted.
    """

    strings: Strings
    reads_text: bool
    row: int = 0
    column: int = 0
    last_row: int = 0
    last_column: int = 0
    rows: int = 0
    cells: int = 0
    filled: int = 0
    merged: int = 0
    total: int = 0
    blank: bool = False
    error: bool = False
    shared: bool = False
    errors: set[Place] = field(default_factory=set)
    columns: dict[str, int] = field(default_factory=dict)

    @property
    def grid(self) -> int:
        return self.last_row * self.last_column

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag[tag.find(":") + 1 :]
        if tag == "c":
            self._cell(attributes)
        elif tag == "row":
            self.row = int(attributes.get("r") or self.row + 1)
            self.column = 0
            self.rows += 1
        elif tag in ("v", "is", "f"):
            self._content()
        elif tag == "mergeCell":
            self.merged += 1

    def _cell(self, attributes: dict[str, str]) -> None:
        self.cells += 1
        self.blank = True
        kind = attributes.get("t")
        self.error, self.shared = kind == "e", kind == "s"
        place = attributes.get("r")
        if place is None:
            self.column += 1
            return
        letters = place.rstrip("0123456789")
        if letters not in self.columns:
            self.columns[letters] = column_index_from_string(letters)
        self.column = self.columns[letters]
        self.row = int(place[len(letters) :])

    def _content(self) -> None:
        self.last_row = max(self.last_row, self.row)
        self.last_column = max(self.last_column, self.column)
        self.filled += self.blank
        self.blank = False
        if self.error and len(self.errors) < _MAX_ERRORS:
            self.errors.add((self.row, self.column))

    def text(self, data: str) -> None:
        """Of a cell, with the blanks up to the next tag."""
        if not self.shared:
            self.total += len(data)
        elif (place := data.strip()).isdecimal():
            self.shared = False
            named = int(place)
            self.total += self.strings.lengths[named] if named < len(self.strings.lengths) else 0
