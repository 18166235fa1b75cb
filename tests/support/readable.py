"""An exported table as its reader has it: the file, what was said with it, and what stands beside it."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet


@dataclass(frozen=True)
class Table:
    """An export as its reader has it: the file, what was said with it, and what stands beside it.

    `described` is the CSV on the Web metadata, `coded` the columns of a closed set of values, `again` the headings of
    the same table for another selection.
    """

    body: bytes
    headers: Mapping[str, str]
    described: Mapping[str, Any]
    coded: frozenset[str] = frozenset()
    again: Sequence[str] | None = None

    @property
    def is_workbook(self) -> bool:
        return "spreadsheetml" in self.headers["content-type"]

    @property
    def charset(self) -> str:
        found = re.search(r"charset=([\w-]+)", self.headers["content-type"])
        return {"windows-31j": "cp932", "utf-8": "utf-8-sig"}[found[1]] if found else "ascii"

    @cached_property
    def text(self) -> str:
        return self.body.decode(self.charset)

    @cached_property
    def page(self) -> Worksheet:
        book = load_workbook(io.BytesIO(self.body))
        page = book.worksheets[0]
        assert isinstance(page, Worksheet)
        return page

    @cached_property
    def parts(self) -> dict[str, str]:
        with zipfile.ZipFile(io.BytesIO(self.body)) as archive:
            return {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}

    @cached_property
    def grid(self) -> list[list[Any]]:
        if self.is_workbook:
            return [list(row) for row in self.page.iter_rows(values_only=True)]
        return [[one or None for one in row] for row in csv.reader(io.StringIO(self.text, newline=""))]

    @property
    def headings(self) -> list[Any]:
        return self.grid[0] if self.grid else []

    @property
    def rows(self) -> list[list[Any]]:
        return self.grid[1:]

    @cached_property
    def columns(self) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = self.described["tableSchema"]["columns"]
        return found

    def values(self, *datatypes: str) -> Iterator[tuple[str, Any]]:
        """Every filled cell of the columns of these types, all if none is given, with its column's name."""
        for place, column in enumerate(self.columns):
            if not datatypes or column["datatype"] in datatypes:
                for row in self.rows:
                    if place < len(row) and row[place] is not None:
                        yield column["name"], row[place]

    def codes(self) -> dict[str, set[str]]:
        """Of each column that the file's own code table, or the one beside it, explains."""
        if not self.is_workbook:
            return {
                one["name"]: {
                    code["skos:notation"] for code in one["skos:hasTopConcept"] if code["skos:prefLabel"]
                }
                for one in self.columns
                if "skos:hasTopConcept" in one
            }
        made: dict[str, set[str]] = {}
        for name, code, *labels in self.behind("コード表", "Codes"):
            if all(labels):
                made.setdefault(str(name), set()).add(str(code))
        return made

    def behind(self, *sheets: str) -> list[tuple[Any, ...]]:
        """The rows of the sheet that has one of these names."""
        book = self.page.parent
        assert book is not None
        return [
            row
            for sheet in book.worksheets
            if sheet.title in sheets
            for row in sheet.iter_rows(min_row=2, values_only=True)
        ]
