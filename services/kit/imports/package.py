"""A look into an XLSX package before any reader allocates for it.

calamine lays a sheet out as a full grid from its first to its last cell: two cells at opposite corners
make it ask for 512 GiB and abort the process; so does a false count of shared strings. So sizes and
extents are measured first, in bounded memory.
"""

import posixpath
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.etree import ElementTree
from xml.parsers import expat

from openpyxl.utils import column_index_from_string

from services.kit.imports import remarks
from services.kit.imports.headings import HEAD_ROWS
from services.kit.imports.source import FileRefused
from services.kit.imports.table import Place

MAX_ROWS = 50_000
MAX_COLUMNS = 500
_MAX_GRID = 5_000_000
_MAX_UNPACKED = 300_000_000
_MAX_PARTS = 2_000
_MAX_TREE = 1_000_000
_MAX_ERRORS = 10_000
_CHUNK = 1 << 18
_MARKS = (b"sheetData", b"uniqueCount")

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def inspect(stream: BinaryIO) -> dict[str, set[Place]]:
    """Refuse what must not be opened; give the places of formula errors by sheet name."""
    _check_signature(stream)
    try:
        with zipfile.ZipFile(stream) as archive:
            sheets = {name: _measure(archive, name) for name in _sheet_parts(archive)}
            return _by_sheet_name(archive, {name: found for name, found in sheets.items() if found})
    except (
        zipfile.BadZipFile,
        zlib.error,
        expat.ExpatError,
        ElementTree.ParseError,
        RuntimeError,
        ValueError,
        LookupError,
        EOFError,
        OSError,
    ) as error:
        raise FileRefused(remarks.NOT_A_WORKBOOK) from error


def _check_signature(stream: BinaryIO) -> None:
    stream.seek(0)
    start = stream.read(8)
    if not start:
        raise FileRefused(remarks.FILE_EMPTY)
    if start == _OLE:
        body = start + stream.read(1 << 20)
        encrypted = "EncryptedPackage".encode("utf-16-le") in body
        raise FileRefused(remarks.ENCRYPTED if encrypted else remarks.OLD_WORKBOOK)
    if not start.startswith(_ZIP):
        raise FileRefused(remarks.NOT_A_WORKBOOK)
    stream.seek(0)


def _sheet_parts(archive: zipfile.ZipFile) -> list[str]:
    """Unpack every part once, counting what comes out; name those to measure: sheets, shared strings."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    other_formats = names & {"content.xml", "xl/workbook.bin"}
    plain = all(part.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts)
    if "[Content_Types].xml" not in names or other_formats or len(names) != len(parts) or not plain:
        raise FileRefused(remarks.NOT_A_WORKBOOK)
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_UNPACKED:
        raise FileRefused(remarks.WORKBOOK_TOO_BIG)
    room = _MAX_UNPACKED
    sheets = []
    for part in parts:
        declared = part.file_size
        # zipfile stops at the declared size; only with a larger one does it show a part that lies.
        part.file_size = _MAX_UNPACKED + 1
        with archive.open(part) as body:
            size, holds_cells = 0, False
            tail = b""
            while chunk := body.read(_CHUNK):
                size += len(chunk)
                if size > room:
                    raise FileRefused(remarks.WORKBOOK_TOO_BIG)
                holds_cells = holds_cells or any(mark in tail + chunk for mark in _MARKS)
                tail = chunk[-16:]
        part.file_size = declared
        if size != declared:
            raise FileRefused(remarks.NOT_A_WORKBOOK)
        room -= size
        sheets += [part.filename] if holds_cells else []
    return sheets


def _measure(archive: zipfile.ZipFile, name: str) -> set[Place]:
    extent = _Extent()
    parser = expat.ParserCreate()
    parser.StartElementHandler = extent.start
    parser.StartDoctypeDeclHandler = extent.refuse
    with archive.open(name) as body:
        while chunk := body.read(_CHUNK):
            parser.Parse(chunk)
            extent.check()
        parser.Parse(b"", True)
    extent.check()
    return extent.errors


@dataclass(slots=True)
class _Extent:
    """Follows the cells of one sheet; a cell counts once it has content, not for its format alone."""

    row: int = 0
    column: int = 0
    last_row: int = 0
    last_column: int = 0
    error: bool = False
    errors: set[Place] = field(default_factory=set)
    columns: dict[str, int] = field(default_factory=dict)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag[tag.find(":") + 1 :]
        if tag == "c":
            self._cell(attributes.get("r"))
            self.error = attributes.get("t") == "e"
        elif tag == "row":
            self.row = int(attributes.get("r") or self.row + 1)
            self.column = 0
        elif tag == "sst":
            if int(attributes.get("uniqueCount", 0)) > _MAX_GRID:
                raise FileRefused(remarks.NOT_A_WORKBOOK)
        elif tag in ("v", "is", "f"):
            self.last_row = max(self.last_row, self.row)
            self.last_column = max(self.last_column, self.column)
            if self.error and len(self.errors) < _MAX_ERRORS:
                self.errors.add((self.row, self.column))

    def _cell(self, place: str | None) -> None:
        if place is None:
            self.column += 1
            return
        letters = place.rstrip("0123456789")
        if letters not in self.columns:
            self.columns[letters] = column_index_from_string(letters)
        self.column = self.columns[letters]
        self.row = int(place[len(letters) :])

    def check(self) -> None:
        if self.last_row > MAX_ROWS + HEAD_ROWS:
            raise FileRefused(remarks.too_many_rows(MAX_ROWS))
        if self.last_column > MAX_COLUMNS or self.last_row * self.last_column > _MAX_GRID:
            raise FileRefused(remarks.too_many_columns(MAX_COLUMNS))

    def refuse(self, *_: object) -> None:
        raise FileRefused(remarks.NOT_A_WORKBOOK)


def _tree(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """A small part as a tree, which takes many times its size."""
    if archive.getinfo(name).file_size > _MAX_TREE:
        raise FileRefused(remarks.WORKBOOK_TOO_BIG)
    return ElementTree.fromstring(archive.read(name))  # noqa: S314  bounded, and expat refuses growing entities


def _by_sheet_name(archive: zipfile.ZipFile, errors: dict[str, set[Place]]) -> dict[str, set[Place]]:
    if not errors or "xl/workbook.xml" not in archive.namelist():
        return {}
    relations = _tree(archive, "xl/_rels/workbook.xml.rels")
    parts = {
        relation.get("Id"): posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/")
        for relation in relations
    }
    sheets = _tree(archive, "xl/workbook.xml").iterfind("{*}sheets/{*}sheet")
    return {
        sheet.get("name", ""): errors[part]
        for sheet in sheets
        if (part := parts.get(sheet.get(_RELATIONS))) in errors and part is not None
    }
