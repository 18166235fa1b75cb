"""Making what is marked visible in somebody's own sheet: rows that a filter hid, hidden columns, widths."""

from collections.abc import Collection
from copy import copy

from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.dimensions import ColumnDimension
from openpyxl.worksheet.worksheet import Worksheet


def show_rows(sheet: Worksheet, rows: Collection[int]) -> list[int]:
    """Rows that were read are shown, and named if they were hidden; a filter keeps its arrows, not its choice."""
    hidden = [row for row in rows if row in sheet.row_dimensions and sheet.row_dimensions[row].hidden]
    for row in hidden:
        sheet.row_dimensions[row].hidden = False
    if hidden:
        sheet.auto_filter.filterColumn = []
        sheet.sheet_properties.filterMode = None
    return hidden


def show_column(sheet: Worksheet, column: int) -> None:
    _alone(sheet, column).hidden = False


def set_width(sheet: Worksheet, column: int, width: float) -> None:
    alone = _alone(sheet, column)
    alone.hidden = False
    alone.width = width


def _alone(sheet: Worksheet, column: int) -> ColumnDimension:
    """The dimension of one column, taken out of a run: Excel calls a file broken in which two overlap."""
    dimensions = sheet.column_dimensions
    for letter, run in list(dimensions.items()):
        first = run.min or column_index_from_string(letter)
        last = run.max or first
        if first < last and first <= column <= last:
            del dimensions[letter]
            for low, high in ((first, column - 1), (column, column), (column + 1, last)):
                if low <= high:
                    part = copy(run)
                    part.index, part.min, part.max = get_column_letter(low), low, high
                    dimensions[part.index] = part
    return dimensions[get_column_letter(column)]
