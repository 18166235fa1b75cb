"""A look into an XLSX package before any reader allocates for it.

calamine lays a sheet out as a full grid from its first to its last cell: two cells at opposite corners
make it ask for 512 GiB and abort the process; so does a false count of shared strings. It copies a shared
string into each cell that names it, and holds one attribute, all merged places and all names at once. So
sizes and extents are measured first, in bounded memory.
"""

import posixpath
import zipfile
import zlib
from typing import BinaryIO
from xml.etree import ElementTree
from xml.parsers import expat

from services.kit.imports import remarks
from services.kit.imports.extent import Extent, Strings, measure
from services.kit.imports.headings import HEAD_ROWS
from services.kit.imports.source import FileRefused
from services.kit.imports.table import Place

MAX_ROWS = 50_000
MAX_COLUMNS = 500
_MAX_GRID = 3_000_000
_MAX_CELLS = 5_000_000  # with those that hold a format alone
_MAX_TEXT = 32_000_000  # characters, each shared string as often as a cell names it
_MAX_STRINGS = 1_500_000
_MAX_MERGED = 20_000
_MAX_UNPACKED = 300_000_000
_MAX_PARTS = 2_000
_MAX_LIST = 2_000_000  # bytes of the archive's own list of parts
_MAX_TREE = 1_000_000
_MAX_FRAME = 8_000_000
_CHUNK = 1 << 18
_LEAST_CELL = 20  # bytes: <c t="s"><v>0</v></c>
_MARKS = tuple("sheetData".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))
_START = 1 << 10
_STRINGS = "xl/sharedstrings.xml"
_FRAME = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[content_types].xml")

TOO_MUCH_TEXT = remarks.remark(
    "workbook_too_big",
    (
        f"ブックの文字数が上限（{_MAX_TEXT // 10_000:,}万字）を超えています。",
        f"The workbook holds more than {_MAX_TEXT:,} characters.",
    ),
    (
        "不要なシートや長い文章を削除するか、CSV（UTF-8）で保存して送ってください。",
        "Delete sheets and long texts that are not needed, or save it as CSV (UTF-8) and send that.",
    ),
    "L1-04",
)

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def inspect(stream: BinaryIO) -> dict[str, set[Place]]:
    """Refuse what must not be opened; give the places of formula errors by sheet name."""
    _check_signature(stream)
    try:
        with zipfile.ZipFile(_Sparing(stream)) as archive:
            parts = _unpacked(archive)
            strings = Strings()
            for name in parts["strings"]:
                _count_strings(archive, name, strings)
            sheets = {name: _count_cells(archive, name, strings).errors for name in parts["sheets"]}
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


class _Sparing:
    """A stream that gives out no long list of parts: zipfile reads it whole and makes an object of each."""

    def __init__(self, stream: BinaryIO) -> None:
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable
        self._read = stream.read

    def read(self, size: int = -1) -> bytes:
        read = self._read(size if 0 <= size <= _MAX_LIST else _MAX_LIST + 1)
        if len(read) > _MAX_LIST:
            raise FileRefused(remarks.WORKBOOK_TOO_BIG)
        return read


def _known(name: str) -> str:
    """As calamine looks for a part."""
    return name.replace("\\", "/").lower()


def _unpacked(archive: zipfile.ZipFile) -> dict[str, list[str]]:
    """Unpack every part once, counting what comes out; name those to measure."""
    parts = archive.infolist()
    names = {_known(part.filename) for part in parts}
    other_formats = names & {"content.xml", "xl/workbook.bin"}
    plain = all(part.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts)
    if "[content_types].xml" not in names or other_formats or len(names) != len(parts) or not plain:
        raise FileRefused(remarks.NOT_A_WORKBOOK)
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_UNPACKED:
        raise FileRefused(remarks.WORKBOOK_TOO_BIG)
    if any(part.file_size > _MAX_FRAME for part in parts if _known(part.filename) in _FRAME):
        raise FileRefused(remarks.WORKBOOK_TOO_BIG)
    room = _MAX_UNPACKED
    measured: dict[str, list[str]] = {"strings": [], "sheets": []}
    for part in parts:
        declared = part.file_size
        # zipfile stops at the declared size; only with a larger one does it show a part that lies.
        part.file_size = _MAX_UNPACKED + 1
        with archive.open(part) as body:
            size, holds = 0, ""
            tail = b""
            while chunk := body.read(_CHUNK):
                if not size and (_known(part.filename) == _STRINGS or b"uniqueCount" in chunk[:_START]):
                    holds = "strings"
                size += len(chunk)
                if size > room:
                    raise FileRefused(remarks.WORKBOOK_TOO_BIG)
                if not holds and any(mark in tail + chunk for mark in _MARKS):
                    holds = "sheets"
                tail = chunk[-32:]
        part.file_size = declared
        if size != declared:
            raise FileRefused(remarks.NOT_A_WORKBOOK)
        room -= size
        if holds:
            measured[holds].append(part.filename)
    return measured


def _count_strings(archive: zipfile.ZipFile, name: str, strings: Strings) -> None:
    def check() -> None:
        if strings.declared > _MAX_GRID:
            raise FileRefused(remarks.NOT_A_WORKBOOK)
        if strings.total > _MAX_TEXT or len(strings.lengths) > _MAX_STRINGS:
            raise FileRefused(TOO_MUCH_TEXT)

    measure(archive, name, strings, check)


def _count_cells(archive: zipfile.ZipFile, name: str, strings: Strings) -> Extent:
    size = archive.getinfo(name).file_size
    most = max(size, size // _LEAST_CELL * strings.longest)
    extent = Extent(strings, reads_text=most > _MAX_TEXT)
    measure(archive, name, extent, lambda: _check(extent))
    return extent


def _check(extent: Extent) -> None:
    if extent.last_row > MAX_ROWS + HEAD_ROWS:
        raise FileRefused(remarks.too_many_rows(MAX_ROWS))
    if extent.last_column > MAX_COLUMNS or extent.grid > _MAX_GRID:
        raise FileRefused(remarks.too_many_columns(MAX_COLUMNS))
    if extent.filled > extent.grid:  # one place filled twice
        raise FileRefused(remarks.NOT_A_WORKBOOK)
    if max(extent.cells, extent.rows) > _MAX_CELLS or extent.merged > _MAX_MERGED:
        raise FileRefused(remarks.WORKBOOK_TOO_BIG)
    if extent.total > _MAX_TEXT:
        raise FileRefused(TOO_MUCH_TEXT)


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
