"""A form as a clerk has it open in Excel: rows of cells under Japanese headings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

REQUIRED_MARK = "※"
KEY = "jet_number"


class Form:
    """`titles` is field → heading, from the kind's column dictionary; `key` is filled in every row."""

    def __init__(self, path: Path, titles: Mapping[str, str], key: str = KEY) -> None:
        self._book = load_workbook(path)
        self._sheet: Worksheet = self._book.worksheets[0]
        self._key = key
        self.header_row = _find_header(self._sheet, titles[key])
        headings = [
            str(cell.value or "").removesuffix(REQUIRED_MARK) for cell in self._sheet[self.header_row]
        ]
        self._columns = {
            field: headings.index(title) + 1 for field, title in titles.items() if title in headings
        }

    @property
    def rows(self) -> list[int]:
        """The rows that are filled, as Excel numbers them."""
        below = range(self.header_row + 1, self._sheet.max_row + 1)
        return [row for row in below if self.read(row, self._key) not in (None, "")]

    @property
    def next_row(self) -> int:
        return max(self.rows, default=self.header_row) + 1

    def read(self, row: int, field: str) -> Any:
        return self._sheet.cell(row, self._columns[field]).value

    def type(self, row: int, values: Mapping[str, Any]) -> None:
        for field, value in values.items():
            self._sheet.cell(row, self._columns[field]).value = value

    def shape(self, row: int, field: str, shown: str) -> None:
        """How Excel shows what is in the cell."""
        self._sheet.cell(row, self._columns[field]).number_format = shown

    def delete(self, row: int) -> None:
        self._sheet.delete_rows(row)

    def marked(self) -> list[str]:
        """The cells below the headings that somebody has left a note on."""
        below = self._sheet.iter_rows(min_row=self.header_row + 1)
        return [cell.coordinate for row in below for cell in row if cell.comment]

    def save(self, path: Path) -> Path:
        self._book.save(path)
        return path


def _find_header(sheet: Worksheet, title: str) -> int:
    for number, row in enumerate(sheet.iter_rows(max_row=20, values_only=True), start=1):
        if any(str(value or "").removesuffix(REQUIRED_MARK) == title for value in row):
            return number
    raise ValueError(f"no heading {title}")
