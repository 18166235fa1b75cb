"""What a file gives once read: rows with the place each value came from, or a refusal of the whole file."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from services.kit.columns import Column, Raw
from services.kit.findings import Finding


class FileRefused(Exception):
    """The file as a whole cannot be read; carries the finding."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong that no column's own parser could see; `column` is empty for the row as a whole."""

    column: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row as it stands in the file: `row` is the number Excel shows; blank cells are absent."""

    sheet: str
    row: int
    cells: dict[str, Raw]
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class Reading:
    """A file being read. `findings` may grow until `rows` is exhausted; `rows` may yet raise FileRefused."""

    sheet: str
    encoding: str
    header_row: int
    columns: tuple[Column | None, ...]
    rows: Iterator[SourceRow]
    findings: list[Finding] = field(default_factory=list)

    def letters(self) -> dict[str, str]:
        """Column name → the letter Excel shows; empty for NDJSON, which has no places."""
        if not self.header_row:
            return {}
        return {
            column.name: get_column_letter(place)
            for place, column in reversed(list(enumerate(self.columns, start=1)))
            if column is not None
        }
