"""Reading CSV and TSV as a stream: a strict ladder of encodings (BOM → UTF-8 → cp932), then the csv module.

The ladder never guesses: it takes the first encoding in which the whole file decodes. 0x8160 reads as ～.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO

from services.kit.columns import Kind
from services.kit.imports import remarks
from services.kit.imports.exporting import without_guard
from services.kit.imports.headings import HEAD_ROWS, find_header
from services.kit.imports.package import MAX_COLUMNS
from services.kit.imports.source import FileRefused, Reading, Wanted
from services.kit.imports.table import source_rows, tidy

_CHUNK = 1 << 16
_MAX_RECORD = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHARSETS = {
    "utf-8": "utf-8-sig",
    "utf-8-sig": "utf-8-sig",
    "utf-16": "utf-16",
    "cp932": "cp932",
    "windows-31j": "cp932",
    "ms932": "cp932",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
}


def read_delimited(
    stream: BinaryIO, kind: Kind, delimiter: str, charset: str | None, only: Wanted = None
) -> Reading:
    encoding = choose_encoding(stream, charset)
    length = count_lines(stream)
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding, newline="")
    delimiter = _delimiter(text, delimiter)
    text.seek(0)
    lines = _lines(text, delimiter, only)
    head = list(islice(lines, HEAD_ROWS))
    if any(tidy(value) is not None for _, values in head for value in values[MAX_COLUMNS:]):
        raise FileRefused(remarks.too_many_columns(MAX_COLUMNS))
    header = find_header([values for _, values in head], kind)
    if header is None:
        raise FileRefused(remarks.HEADER_NOT_FOUND)
    findings = list(header.findings)
    rows = source_rows(chain(head[header.row :], lines), header, kind, findings, whole_width=True, only=only)
    return Reading("", encoding.removesuffix("-sig"), header.row, header.columns, rows, findings, length)


def _delimiter(text: io.TextIOWrapper, told: str) -> str:
    """Tabs, where the first line that parts anything has them and no comma: titles may stand above it."""
    for _ in range(HEAD_ROWS):
        line = text.readline(_CHUNK)
        if "," in line or "\t" in line:
            return "\t" if "," not in line else told
    return told


def _lines(text: io.TextIOWrapper, delimiter: str, only: Wanted) -> Iterator[tuple[int, list[str]]]:
    """Records numbered as Excel shows them: a quoted line break does not start a new row."""
    bounded = _Bounded(text)
    reader = csv.reader(bounded, delimiter=delimiter, strict=True)
    try:
        for row, values in enumerate(reader, start=1):
            bounded.taken = 0
            if only is None or row <= HEAD_ROWS or row in only:
                yield row, [without_guard(value) for value in values]
    except csv.Error as error:
        raise FileRefused(remarks.broken_text(reader.line_num)) from error
    finally:
        # The stream is the caller's: without this it would be closed along with the wrapper.
        if not text.closed:
            text.detach()


class _Bounded:
    """The lines of a text, so long as no record takes too many: csv would gather a file without ends of lines."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text, self._line = text, 0
        self.taken = 0

    def __iter__(self) -> "_Bounded":
        return self

    def __next__(self) -> str:
        line = self._text.readline(_MAX_RECORD)
        if not line:
            raise StopIteration
        self._line += 1
        self.taken += len(line)
        if self.taken >= _MAX_RECORD:
            raise FileRefused(remarks.broken_text(self._line))
        return line


def count_lines(stream: BinaryIO) -> int:
    stream.seek(0)
    return 1 + sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(_CHUNK), b""))


def choose_encoding(stream: BinaryIO, charset: str | None) -> str:
    stream.seek(0)
    start = stream.read(4)
    if not start:
        raise FileRefused(remarks.FILE_EMPTY)
    if start.startswith(b"PK\x03\x04"):
        raise FileRefused(remarks.WORKBOOK_SENT_AS_TEXT)
    marked = [encoding for bom, encoding in _BOMS if start.startswith(bom)]
    if charset is None:
        ladder = marked or ["utf-8", "cp932"]
    elif (named := _CHARSETS.get(charset.strip().lower())) is not None:
        if named == "utf-16" and named not in marked:  # nothing says which byte comes first
            raise FileRefused(remarks.undecodable(named, 1, 0))
        ladder = [named]
    else:
        raise FileRefused(remarks.charset_unsupported(charset))
    failures = []
    for encoding in ladder:
        failure = _first_undecodable(stream, encoding)
        if failure is None:
            return encoding
        failures.append((*failure, encoding))
    # The encoding that came furthest is most likely the one that was meant.
    offset, line, encoding = max(failures)
    raise FileRefused(remarks.undecodable(encoding.removesuffix("-sig"), line, offset))


def _first_undecodable(stream: BinaryIO, encoding: str) -> tuple[int, int] | None:
    """(byte offset, line) of the first bytes that do not decode."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    offset, line = 0, 1
    while True:
        chunk = stream.read(_CHUNK)
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            bad = max(offset - held + error.start, 0)
            return bad, line + chunk[: max(error.start - held, 0)].count(b"\n")
        if not chunk:
            return None
        offset += len(chunk)
        line += chunk.count(b"\n")
