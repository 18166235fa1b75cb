"""Reading XLSX with calamine: the first visible sheet that holds the table of this kind."""

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from openpyxl.utils import get_column_letter
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from services.kit.columns import Kind, Raw
from services.kit.findings import Finding
from services.kit.imports import remarks
from services.kit.imports.describing import CODES, DICTIONARY
from services.kit.imports.headings import HEAD_ROWS, Header, find_header
from services.kit.imports.package import MAX_ROWS, inspect
from services.kit.imports.source import FileRefused, Reading, Wanted
from services.kit.imports.table import source_rows

_MAX_SHEETS = 200
_OURS = frozenset((*DICTIONARY, *CODES))


def read_workbook(stream: BinaryIO, kind: Kind, only: Wanted = None) -> Reading:
    errors = inspect(stream)
    stream.seek(0)
    try:
        chosen, findings = _choose(CalamineWorkbook.from_filelike(stream), kind)
    except FileRefused:
        raise
    except BaseException as error:
        # A panic inside calamine derives from BaseException alone.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise FileRefused(remarks.NOT_A_WORKBOOK) from error
    if chosen is None:
        raise FileRefused(remarks.HEADER_NOT_FOUND)
    sheet, header = chosen
    if sheet.total_height - header.row > MAX_ROWS:
        raise FileRefused(remarks.too_many_rows(MAX_ROWS))
    findings = [*header.findings, *_merged(sheet, header), *findings]
    below = islice(enumerate(_grid(sheet), start=1), header.row, None)
    rows = source_rows(below, header, kind, findings, sheet.name, errors.get(sheet.name, set()), only=only)
    return Reading(sheet.name, "xlsx", header.row, header.columns, rows, findings, sheet.total_height)


def _choose(
    workbook: CalamineWorkbook, kind: Kind
) -> tuple[tuple[CalamineSheet, Header] | None, list[Finding]]:
    chosen: tuple[CalamineSheet, Header] | None = None
    findings: list[Finding] = []
    foreign: FileRefused | None = None
    if len(workbook.sheets_metadata) > _MAX_SHEETS:  # several may be one part, laid out anew for each
        raise FileRefused(remarks.WORKBOOK_TOO_BIG)
    for place, metadata in sorted(enumerate(workbook.sheets_metadata), key=lambda one: one[1].name in _OURS):
        if metadata.visible != SheetVisibleEnum.Visible or metadata.typ != SheetTypeEnum.WorkSheet:
            continue
        if chosen and metadata.name in _OURS:  # what a list says of its columns may look like their headings
            continue
        sheet = workbook.get_sheet_by_index(place)
        try:
            header = find_header(list(islice(_grid(sheet), HEAD_ROWS)), kind)
        except FileRefused as refused:  # another kind's form, which may stand beside ours
            foreign = foreign or refused
            continue
        if header and chosen:
            findings.append(remarks.sheet_not_read(sheet.name))
        elif header:
            chosen = (sheet, header)
    if chosen is None and foreign is not None:
        raise foreign
    return chosen, findings


def _grid(sheet: CalamineSheet) -> Iterator[list[Raw]]:
    """Rows from row 1 on; calamine leaves out the empty columns at the left, so they are put back."""
    offset: list[Raw] = [None] * (sheet.start[1] if sheet.start else 0)
    return (offset + row for row in sheet.iter_rows())


def _merged(sheet: CalamineSheet, header: Header) -> Iterator[Finding]:
    """Cells merged over several rows of the table: all but the first row would read as blank."""
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        known = any(header.columns[left : right + 1])
        if bottom > top >= header.row and known:
            start, end = (
                f"{get_column_letter(left + 1)}{top + 1}",
                f"{get_column_letter(right + 1)}{bottom + 1}",
            )
            yield remarks.cells_merged(f"{start}:{end}")
