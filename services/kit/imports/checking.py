"""From rows of a file to rows of the write model; what pydantic says is said on the cell."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from pydantic import ValidationError

from services.kit import glossary
from services.kit.columns import Column, Kind
from services.kit.findings import Finding
from services.kit.http.validation import field_errors
from services.kit.imports.parsing import CellProblem, RowParser
from services.kit.imports.source import Reading, SourceRow
from services.kit.japan.codes import INSTANT
from services.kit.resource import Resource, Row
from services.kit.text import Text

KNOWN_FROM = "known_from"
AFTER_GO_LIVE = Finding(
    "known_after_go_live",
    Text("把握時点が本稼働の後です", "This instant of knowledge lies after go-live"),
    Text("本稼働より前の日時を入力してください。", "State an instant before go-live."),
)


def kind_of(resource: Resource, *, history: bool) -> Kind:
    """A history says for each row since when the programme knew it; any other file does not know the column."""
    kind = resource.kind
    if not history:
        return kind
    known = Column(KNOWN_FROM, glossary.title(KNOWN_FROM), INSTANT, required=True)
    return replace(kind, columns=(*kind.columns, known))


@dataclass(frozen=True, slots=True)
class Checked:
    """`row` is None when the file's row cannot be stored as it stands; `values` are what was read of it even so."""

    source: SourceRow
    row: Row | None
    problems: list[CellProblem]
    values: Row


class RowChecker:
    """Rows of one reading, checked one by one. `go_live` is given for a history."""

    def __init__(self, resource: Resource, kind: Kind, reading: Reading, go_live: datetime | None) -> None:
        assert resource.write is not None
        self._model = resource.write
        self._names = frozenset(column.name for column in kind.columns)
        self._go_live = go_live
        self._parser = RowParser(kind, reading)

    def check(self, source: SourceRow) -> Checked:
        parsed = self._parser.parse_row(source)
        problems = list(parsed.problems)
        spoken_for = {problem.column for problem in problems if problem.finding.severity == "error"}
        if "" in spoken_for:
            return Checked(source, None, problems, parsed.values)
        values = {name: value for name, value in parsed.values.items() if value is not None}
        known_from = values.pop(KNOWN_FROM, None)
        if self._go_live is not None and known_from is not None and known_from >= self._go_live:
            problems.append(self.problem(source, KNOWN_FROM, AFTER_GO_LIVE))
        try:
            row = self._model.model_validate(values).model_dump()
        except ValidationError as error:
            problems += self._said(source, error, spoken_for)
            return Checked(source, None, problems, parsed.values)
        if any(problem.finding.severity == "error" for problem in problems):
            return Checked(source, None, problems, parsed.values)
        row["_row"] = source.row
        if self._go_live is not None:
            row[KNOWN_FROM] = known_from
        return Checked(source, row, problems, parsed.values)

    def _said(self, source: SourceRow, error: ValidationError, spoken_for: set[str]) -> Iterator[CellProblem]:
        for one in field_errors([found | {"loc": ("body", *found["loc"])} for found in error.errors()]):
            column = one.pointer.lstrip("/").partition("/")[0]
            if column not in spoken_for:
                yield self.problem(source, column, Finding(one.code, one.message, one.remedy))

    def problem(self, source: SourceRow, column: str, finding: Finding) -> CellProblem:
        """On the row as a whole where the file has no such column."""
        return self._parser.problem(source, column if column in self._names else "", finding)


def chunks(checker: RowChecker, reading: Reading, size: int, *, history: bool) -> Iterator[list[Checked]]:
    """In file order; a history in the order in which its facts became known, which needs the whole file."""
    checked: Iterator[Checked] = map(checker.check, reading.rows)
    if history:
        checked = iter(sorted(checked, key=_known_since))
    while chunk := list(islice(checked, size)):
        yield chunk


def _known_since(checked: Checked) -> float:
    return checked.row[KNOWN_FROM].timestamp() if checked.row is not None else 0.0
