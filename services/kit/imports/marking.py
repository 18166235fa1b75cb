"""The caller's own workbook back, with an エラー column and marked cells.

openpyxl keeps validations, formats, other sheets, frozen panes, print set-up and names; it loses charts and
shapes. Rows that a filter hid are shown, for they were read too. A text file, or a workbook too long or too big for that, comes back as a new workbook made from the rows
instead; of a long file it holds only the wrong rows.
"""

import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

import openpyxl
from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from services.kit.imports import remarks
from services.kit.imports.cells import wrapped_height
from services.kit.imports.headings import ERROR_HEADING, ERROR_HEADINGS, plain
from services.kit.imports.marked_rows import write_marked_rows
from services.kit.imports.marks import COLOURS, STATUS_WIDTH, cell_note, row_status, summary, worst
from services.kit.imports.package import MAX_COLUMNS, MAX_ROWS
from services.kit.imports.parsing import CellProblem
from services.kit.imports.showing import set_width, show_column, show_rows
from services.kit.imports.source import Reading, SourceRow

MOST_ROWS = 5_000  # of which all come back
_MOST_BYTES = 6_000_000  # unpacked: openpyxl holds every cell in about twenty times its text
_SEARCHED_COLUMNS = 20
_AUTHOR = "Kakehashi"

Problems = dict[int, list[CellProblem]]


def mark_workbook(
    source: BinaryIO | Path,
    out: Path,
    reading: Reading,
    rows: Iterable[SourceRow],
    problems: Sequence[CellProblem],
    *,
    total: int = 0,
    only_wrong: bool = False,
) -> None:
    """`rows` are all rows of the file, or `only_wrong` ones, `reading` its shape; `source` is only opened when it is a
    workbook.

    `problems` are all of them, or the first where `total` counts more.
    """
    omitted = max(total - len(problems), 0)
    by_row: Problems = defaultdict(list)
    for problem in problems:
        by_row[problem.row].append(problem)
    remaining = iter(rows)
    first = list(islice(remaining, MOST_ROWS + 1))
    whole = not only_wrong and len(first) <= MOST_ROWS
    book = _load(source) if whole and reading.encoding == "xlsx" else None
    if book is None:
        every = chain(first, remaining)
        write_marked_rows(out, reading, every, by_row, only_wrong=not whole, omitted=omitted)
    else:
        _mark(book, reading, [row.row for row in first], by_row, omitted)
        book.save(out)


def _load(source: BinaryIO | Path) -> Workbook | None:
    """None for a workbook that calamine reads but openpyxl should not or cannot load."""
    with zipfile.ZipFile(source) as archive:
        if sum(part.file_size for part in archive.infolist()) > _MOST_BYTES:
            return None
    if isinstance(source, Path):  # openpyxl refuses a path that does not end in .xlsx
        with source.open("rb") as opened:
            return _load(opened)
    source.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of each extension it drops
        try:
            return openpyxl.load_workbook(source)
        except Exception:  # its parsers raise whatever a strange part leads to
            return None


def _mark(workbook: Workbook, reading: Reading, rows: Sequence[int], by_row: Problems, omitted: int) -> None:
    sheet = workbook[reading.sheet]
    hidden = show_rows(sheet, rows)
    column, reused = _error_column(sheet, reading.header_row, max(rows, default=reading.header_row))
    if reused:
        _forget_marks(sheet, reading.header_row, column)
    letters = reading.letters()
    for row in rows:
        found = by_row.get(row, [])
        cell = sheet.cell(row, column)
        status = row_status(found, letters, omitted)
        cell.value = status
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if found:
            cell.fill = _fill(worst(found))
            height = sheet.row_dimensions[row].height or 0
            sheet.row_dimensions[row].height = max(height, wrapped_height(status, STATUS_WIDTH))
        _mark_cells(sheet, row, found)
    findings = [*reading.findings, *([remarks.rows_hidden(hidden)] if hidden else [])]
    _write_heading(sheet, reading, column, summary(findings, rows, by_row, omitted))
    if sheet.auto_filter.ref:
        start, _, end = sheet.auto_filter.ref.partition(":")
        sheet.auto_filter.ref = (
            f"{start}:{get_column_letter(column)}{end.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ$')}"
        )
    workbook.active = workbook.index(sheet)


def _error_column(sheet: Worksheet, header_row: int, last_row: int) -> tuple[int, bool]:
    """The エラー column of an earlier answer, else the first quite empty column right of the header."""
    last = 0
    for cell in _area(sheet, header_row, header_row, 1, MAX_COLUMNS):
        if isinstance(cell.value, str) and plain(cell.value) in ERROR_HEADINGS:
            return cell.column, True
        if cell.value is not None:
            last = cell.column
    beside = _area(sheet, header_row, last_row, last + 1, last + _SEARCHED_COLUMNS)
    used = {cell.column for cell in beside if cell.value is not None}
    return next(place for place in range(last + 1, last + len(used) + 2) if place not in used), False


def _forget_marks(sheet: Worksheet, header_row: int, column: int) -> None:
    for cell in _area(sheet, header_row, MAX_ROWS, 1, column):
        if not isinstance(cell, SheetCell):
            continue
        if cell.comment and cell.comment.author == _AUTHOR:
            cell.comment = None
            cell.fill = PatternFill()
        if cell.column == column:
            cell.value = None
            cell.fill = PatternFill()


def _area(sheet: Worksheet, top: int, bottom: int, left: int, right: int) -> Iterator[SheetCell | MergedCell]:
    """Never the whole sheet: one formatted cell in its far corner would make that billions of cells."""
    bottom = min(bottom, sheet.max_row)
    right = min(right, sheet.max_column)
    if bottom < top or right < left:
        return iter(())
    area = sheet.iter_rows(min_row=top, max_row=bottom, min_col=left, max_col=right)
    return chain.from_iterable(area)


def _mark_cells(sheet: Worksheet, row: int, found: Sequence[CellProblem]) -> None:
    by_letter: dict[str, list[CellProblem]] = defaultdict(list)
    for problem in found:
        by_letter[problem.column_letter].append(problem)
    by_letter.pop("", None)
    for letter, problems in by_letter.items():
        cell = sheet[f"{letter}{row}"]
        cell.fill = _fill(worst(problems))
        show_column(sheet, cell.column)
        # A clerk's own comment stays; the エラー column says the same.
        if isinstance(cell, SheetCell) and cell.comment is None:
            cell.comment = _comment(cell_note(problems))


def _write_heading(sheet: Worksheet, reading: Reading, column: int, text: str) -> None:
    heading = sheet.cell(reading.header_row, column)
    heading.value = ERROR_HEADING
    heading.font = Font(bold=True)
    heading.alignment = Alignment(vertical="center")
    heading.fill = PatternFill("solid", fgColor="D9D9D9")
    heading.comment = _comment(text)
    set_width(sheet, column, STATUS_WIDTH)
    if reading.header_row > 1:
        above = sheet.cell(reading.header_row - 1, column)
        if isinstance(above, SheetCell):
            above.value = text
            above.alignment = Alignment(wrap_text=False, vertical="top")


def _comment(text: str) -> Comment:
    return Comment(text, _AUTHOR, height=140, width=360)


def _fill(severity: str) -> PatternFill:
    return PatternFill("solid", fgColor=COLOURS[severity])
