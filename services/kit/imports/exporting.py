"""Lists as CSV, XLSX and NDJSON, in bounded memory.

CSV and formulas: a text that a spreadsheet would run (leading = + - @, TAB, CR) gets a leading apostrophe,
and so does one that already has apostrophes before such a sign; reading takes exactly one away again, so
our own CSV comes back unchanged. Numbers stay numbers.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic_core import to_json

from services.kit.imports.cells import sheet_name, text_width, write_cell
from services.kit.imports.xlsxwriter_types import Worksheet, new_workbook

_GUARDED = re.compile(r"'*[=+\-@\t\r]")
_GETA = "〓"  # 下駄: the printers' mark for a letter that is not in the case
_UNSEEN = ("Mn", "Me", "Cf")  # marks on the letter before, such as the selector of its variant, and joiners
_BATCH = 500
_NAMED_LOSSES = 1_000
_XLSX_ROWS = 1_048_576

Charset = Literal["utf-8", "cp932"]


@dataclass(frozen=True, slots=True)
class Loss:
    """One cell that cp932 cannot hold; `row` as Excel shows it."""

    row: int
    column: str
    text: str
    written: str


@dataclass(slots=True)
class LossReport:
    """Complete in `total`; the first thousand losses by name."""

    total: int = 0
    losses: list[Loss] = field(default_factory=list)

    def add(self, loss: Loss) -> None:
        self.total += 1
        if len(self.losses) < _NAMED_LOSSES:
            self.losses.append(loss)


class TooManyRows(ValueError):
    """More rows than an Excel sheet has."""


def guarded(text: str) -> str:
    return f"'{text}" if _GUARDED.match(text) else text


def without_guard(text: str) -> str:
    return text[1:] if text.startswith("'") and _GUARDED.match(text) else text


def fit_cp932(text: str) -> str:
    """As much of a text as cp932 holds: é falls back to e, anything else unknown to 〓."""
    return "".join(_fit(character) for character in text)


def _fit(character: str) -> str:
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        base = unicodedata.normalize("NFD", character)[0]
        return base if base.isascii() else "" if unicodedata.category(character) in _UNSEEN else _GETA
    return character


class CsvLines:
    """A CSV in pieces: UTF-8 with BOM, or cp932 with what was lost in `losses`."""

    def __init__(self, titles: Sequence[str], charset: Charset) -> None:
        self.losses = LossReport()
        self._titles, self._charset = titles, charset
        self._row = 0

    def head(self) -> bytes:
        return (b"\xef\xbb\xbf" if self._charset == "utf-8" else b"") + self.rows([self._titles])

    def rows(self, rows: Iterable[Sequence[Any]]) -> bytes:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        for row in rows:
            self._row += 1
            fields = [_csv_field(value) for value in row]
            if self._charset == "cp932":
                fields = [
                    _fitted(text, self._row, title, self.losses)
                    for text, title in zip(fields, self._titles, strict=True)
                ]
            writer.writerow(fields)
        return buffer.getvalue().encode(self._charset)


def _csv_field(value: Any) -> str:
    value = _one(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):  # and datetime
        return value.isoformat()
    return guarded(value) if isinstance(value, str) else str(value)


def _fitted(text: str, row: int, title: str, losses: LossReport) -> str:
    written = fit_cp932(text)
    if written != text:
        losses.add(Loss(row, title, text, written))
    return written


class Workbook:
    """A workbook in pieces: the list, and behind it the sheets that describe it."""

    def __init__(self, titles: Sequence[str], path: Path, sheet: str = "一覧") -> None:
        self._book = new_workbook(path, constant_memory=True)
        self._heading = self._book.add_format({"bold": True, "bg_color": "#DDEBF7", "bottom": 1})
        self._page, self._width = self._sheet(sheet, titles), len(titles)
        self._row = 0

    def _sheet(self, name: str, titles: Sequence[str]) -> Worksheet:
        page = self._book.add_worksheet(sheet_name(name))
        for column, title in enumerate(titles):
            page.set_column(column, column, max(10, min(40, text_width(title) + 2)))
            page.write_string(0, column, title, self._heading)
        page.freeze_panes(1, 0)
        return page

    def rows(self, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            self._row += 1
            if self._row >= _XLSX_ROWS:
                raise TooManyRows
            for column, value in enumerate(row):
                write_cell(self._page, self._row, column, _one(value))

    def discard(self) -> None:
        """Of a book that comes to nothing: lets go of the rows that were kept."""
        self._page.row_data_fh.close()

    def close(self, behind: Iterable[tuple[str, list[list[str]]]] = ()) -> None:
        self._page.autofilter(0, 0, self._row, self._width - 1)
        for name, (titles, *rows) in behind:
            page = self._sheet(name, titles)
            for number, row in enumerate(rows, start=1):
                for column, value in enumerate(row):
                    write_cell(page, number, column, value or None)
        self._book.close()


def _one(value: Any) -> Any:
    """Several values stand in one cell as they are read from it; a document is JSON."""
    if isinstance(value, dict):
        return to_json(value).decode()
    return ";".join(map(str, value)) or None if isinstance(value, list) else value


def ndjson_bytes(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    batch = bytearray()
    for number, row in enumerate(rows, start=1):
        batch += to_json(row)
        batch += b"\n"
        if number % _BATCH == 0:
            yield bytes(batch)
            batch.clear()
    yield bytes(batch)
