"""From source rows to values, with each problem tied to its cell."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from services.kit.columns import Column, Kind, Raw
from services.kit.findings import BadValue, Finding, Parsed
from services.kit.imports import remarks
from services.kit.imports.source import Place, Reading, SourceRow
from services.kit.text import Text

_CACHED_VALUES = 4096
_UNUSABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

Outcome = Parsed[Any] | Finding


@dataclass(frozen=True, slots=True)
class CellProblem:
    """`column_letter` is empty where a file has no letters, `column` where the whole row is meant."""

    sheet: str
    row: int
    column_letter: str
    column: str
    title: Text
    finding: Finding
    understood: str | None = None

    def as_json(self) -> dict[str, Any]:
        finding = self.finding
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column_letter,
            "field": self.column,
            "code": finding.code,
            "severity": finding.severity,
            "rule": finding.rule,
            "message": finding.message._asdict(),
            "remedy": finding.remedy._asdict(),
            "understood": self.understood,
        }


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """`values` holds every column that was understood; blank optional ones as None."""

    source: SourceRow
    values: dict[str, Any]
    problems: list[CellProblem]

    @property
    def accepted(self) -> bool:
        return all(problem.finding.severity == "warning" for problem in self.problems)


class RowParser:
    """Parses the rows of one reading. A column's values repeat, so each distinct raw value is parsed once."""

    def __init__(self, kind: Kind, reading: Reading) -> None:
        self._columns = {column.name: column for column in kind.columns}
        self._plan = [
            (column.name, () if column.cell.several else None, column.required, _remembering(column))
            for column in kind.columns
        ]
        self._letters = reading.letters()

    def parse_row(self, source: SourceRow) -> ParsedRow:
        values: dict[str, Any] = {}
        problems = [self.problem(source.place, fault.column, fault.finding) for fault in source.faults]
        if any(not fault.column for fault in source.faults):
            # Values of a row that could not be split or decoded would only add misleading problems.
            return ParsedRow(source, values, problems)
        faulty = {fault.column for fault in source.faults}
        cells = source.cells
        for name, blank, required, parse in self._plan:
            raw = cells.get(name, blank)
            if name in faulty:
                continue
            if raw is None:
                values[name] = None
                if required:
                    problems.append(self.problem(source.place, name, remarks.REQUIRED_VALUE_MISSING))
                continue
            outcome = parse(raw)
            if isinstance(outcome, Finding):
                problems.append(self.problem(source.place, name, outcome))
                continue
            values[name] = outcome.value
            if outcome.warnings:
                problems += [
                    self.problem(source.place, name, note, outcome.understood) for note in outcome.warnings
                ]
        return ParsedRow(source, values, problems)

    def problem(
        self, place: Place, column: str, finding: Finding, understood: str | None = None
    ) -> CellProblem:
        """Also for findings that only the service can make, such as an overlap."""
        title = self._columns[column].title if column else Text("行", "Row")
        letter = self._letters.get(column, "")
        return CellProblem(place.sheet, place.row, letter, column, title, finding, understood)


def _remembering(column: Column) -> Callable[[Raw], Outcome]:
    def outcome(raw: Raw) -> Outcome:
        if isinstance(raw, str) and _UNUSABLE.search(raw):
            return remarks.UNUSABLE_CHARACTER
        try:
            return column.cell.parse(raw)
        except BadValue as bad:
            return bad.finding

    # typed: 1, 1.0 and True are equal but not the same raw value.
    return lru_cache(maxsize=_CACHED_VALUES, typed=True)(outcome)
