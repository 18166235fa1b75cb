"""From rows of a file to rows of the write model; what pydantic says is said on the cell."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from services.kit import glossary
from services.kit.columns import Column, Kind
from services.kit.findings import Finding
from services.kit.http.validation import field_errors
from services.kit.imports.parsing import CellProblem, RowParser
from services.kit.imports.reading import read_rows
from services.kit.imports.source import Place, Reading, SourceRow
from services.kit.japan.codes import INSTANT
from services.kit.resource import Resource, Row
from services.kit.text import Text
from services.kit.wire import kind as kind_of_model

KNOWN_FROM = "known_from"
AFTER_GO_LIVE = Finding(
    "known_after_go_live",
    Text("把握時点が本稼働の後です", "This instant of knowledge lies after go-live"),
    Text("本稼働より前の日時を入力してください。", "State an instant before go-live."),
)


def kind_of(resource: Resource, *, history: bool) -> Kind:
    """A history says for each row since when the programme knew it; any other file does not know the column."""
    return _with_knowledge(resource.kind) if history else resource.kind


def _with_knowledge(kind: Kind) -> Kind:
    known = Column(KNOWN_FROM, glossary.title(KNOWN_FROM), INSTANT, required=True)
    return replace(kind, columns=(*kind.columns, known))


class Checked(NamedTuple):
    """`row` is None when the file's row cannot be stored as it stands; `whole` says what it is a part of."""

    place: Place
    row: Row | None
    problems: list[CellProblem]
    whole: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Checking:
    """All that the check of a file needs, as another process can be told it."""

    plural: str
    version: str
    write: type[BaseModel]
    read: type[BaseModel]
    whole: tuple[str, ...]
    path: Path
    media_type: str
    charset: str | None
    history: bool
    go_live: datetime | None

    @property
    def kind(self) -> Kind:
        made = kind_of_model(self.plural, self.write, self.read, self.version)
        return _with_knowledge(made) if self.history else made

    def begin(self, size: int) -> tuple[Reading, Generator[list[Checked], None, None]]:
        """The file's shape, and its checked rows in chunks of `size`."""
        reading = read_rows(self.path, self.media_type, self.kind, self.charset)
        return reading, chunks(self.checker(reading), reading, size, history=self.history)

    def checker(self, reading: Reading) -> "RowChecker":
        return RowChecker(self.write, self.kind, reading, self.go_live, self.whole)


class RowChecker:
    """Rows of one reading, checked one by one."""

    def __init__(
        self, model: type[BaseModel], kind: Kind, reading: Reading, go_live: datetime | None = None,
        whole: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self._model, self._go_live, self._whole = model, go_live, whole
        self._names = frozenset(column.name for column in kind.columns)
        self._parser = RowParser(kind, reading)

    def check(self, source: SourceRow) -> Checked:
        parsed = self._parser.parse_row(source)
        problems = list(parsed.problems)
        whole = tuple(parsed.values.get(name) for name in self._whole)
        wrong = Checked(source.place, None, problems, whole)
        spoken_for = {problem.column for problem in problems if problem.finding.severity == "error"}
        if "" in spoken_for:
            return wrong
        values = {name: value for name, value in parsed.values.items() if value is not None}
        known_from = values.pop(KNOWN_FROM, None)
        if self._go_live is not None and known_from is not None and known_from >= self._go_live:
            problems.append(self.problem(source.place, KNOWN_FROM, AFTER_GO_LIVE))
        try:
            row = self._model.model_validate(values).model_dump()
        except ValidationError as error:
            problems += self._said(source.place, error, spoken_for)
            return wrong
        if any(problem.finding.severity == "error" for problem in problems):
            return wrong
        row["_row"] = source.row
        if self._go_live is not None:
            row[KNOWN_FROM] = known_from
        return Checked(source.place, row, problems, whole)

    def _said(self, place: Place, error: ValidationError, spoken_for: set[str]) -> Iterator[CellProblem]:
        for one in field_errors([found | {"loc": ("body", *found["loc"])} for found in error.errors()]):
            column = one.pointer.lstrip("/").partition("/")[0]
            if column not in spoken_for:
                yield self.problem(place, column, Finding(one.code, one.message, one.remedy))

    def problem(self, place: Place, column: str, finding: Finding) -> CellProblem:
        """On the row as a whole where the file has no such column."""
        return self._parser.problem(place, column if column in self._names else "", finding)


def chunks(
    checker: RowChecker, reading: Reading, size: int, *, history: bool
) -> Generator[list[Checked], None, None]:
    """In file order; a history in the order in which its facts became known, which needs the whole file."""
    checked: Iterator[Checked] = map(checker.check, reading.rows)
    if history:
        checked = iter(sorted(checked, key=_known_since))
    while chunk := list(islice(checked, size)):
        yield chunk


def _known_since(checked: Checked) -> float:
    return checked.row[KNOWN_FROM].timestamp() if checked.row is not None else 0.0
