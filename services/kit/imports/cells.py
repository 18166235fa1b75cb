"""Writing one value of any kind into a worksheet cell: text never as a formula, dates as dates."""

import re
from datetime import date, datetime

from services.kit.imports.xlsxwriter_types import Format, Worksheet
from services.kit.japan.clock import JST

_FIRST_DATE = date(1900, 3, 1)  # Excel counts a 29 February 1900 that never was.
_EXACT = 2**53
_MAX_TEXT = 32_767
_FIRST_WIDE = 0x2E80
_LINE, _HIGHEST = 16, 400
_BAD_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


def sheet_name(text: str) -> str:
    return _BAD_SHEET_NAME.sub(" ", text).strip()[:31] or "Sheet1"


def text_width(text: str) -> int:
    """In half-width letters."""
    return sum(2 if ord(character) > _FIRST_WIDE else 1 for character in text)


def wrapped_height(text: str, width: int) -> int:
    """The height of a row that holds this text wrapped: only Excel itself grows rows, and not always."""
    lines = sum(max(1, -(-text_width(line) // (width - 2))) for line in text.split("\n"))
    return min(_LINE * lines, _HIGHEST)


def write_cell(sheet: Worksheet, row: int, column: int, value: object, style: Format | None = None) -> None:
    """Instants are written as Japan time, since a cell has no zone."""
    if value is None:
        if style is not None:
            sheet.write_blank(row, column, "", style)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, int | float) and abs(value) <= _EXACT:
        sheet.write_number(row, column, value, style)
    elif isinstance(value, datetime) and value.date() >= _FIRST_DATE:
        local = value.astimezone(JST).replace(tzinfo=None) if value.tzinfo else value
        sheet.write_datetime(row, column, local, style)
    elif isinstance(value, date) and value >= _FIRST_DATE:
        sheet.write_datetime(row, column, value, style)
    else:
        sheet.write_string(row, column, str(value)[:_MAX_TEXT], style)
