"""What a file gives once read: rows with the place each value came from, or a refusal of the whole file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from services.kit.columns import Column, Raw
from services.kit.findings import Finding


class FileRefused(Exception):
    """The file as a whole cannot be read; carries the finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong that no column's own parser could see; `column` is empty for the row as a whole."""

    column: str
    finding: Finding


class Place(NamedTuple):
    """`row` is the number Excel shows."""

    sheet: str
    row: int


class SourceRow(NamedTuple):
    """One row as it stands in the file; blank cells are absent."""

    sheet: str
    row: int
    cells: dict[str, Raw]
    faults: tuple[Fault, ...] = ()

    @property
    def place(self) -> Place:
        return Place(self.sheet, self.row)


# the numbers of the rows that somebody reads again; None for all
Wanted = frozenset[int] | None


@dataclass(slots=True)
class Reading:
    """A file being read. `findings` may grow until `rows` is exhausted; `rows` may yet raise FileRefused. `length`: how
    many rows there can be at most."""

    sheet: str
    encoding: str
    header_row: int
    columns: tuple[Column | None, ...]
    rows: Iterator[SourceRow]
    findings: list[Finding] = field(default_factory=list)
    length: int = 0

    def letters(self) -> dict[str, str]:
        """Column name → the letter Excel shows; empty for NDJSON, which has no places."""
        if not self.header_row:
            return {}
        return {
            column.name: get_column_letter(place)
            for place, column in reversed(list(enumerate(self.columns, start=1)))
            if column is not None
        }
