"""Statistics: figures computed from the records at every question and nowhere stored.

A statistic is declared over a source of facts; its dimensions, filters, time travel, ranks and links to the
records behind a cell come from here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, func, literal_column

from services.kit.auth.scope import Rule
from services.kit.columns import Cell
from services.kit.japan import cells
from services.kit.resource import Basis, Filter, Resource
from services.kit.text import Text

Unit = Literal["名", "延べ", "件", "回", "団体", "自治体", "協会", "社", "点", "本", "か国"]


# As the wire says how sure a number is, by what records say.
QUALIFIERS = {"exact": "exact", "about": "約", "at_least": "以上"}


@dataclass(frozen=True, slots=True)
class Dimension:
    """`key` and `label` are columns of the source; `filter` is the list's parameter that holds a cell to it. `told_by`:
    another dimension that settles this one, so that a link to the records need not name it. `called`: the glossary's term,
    where its name means something else elsewhere."""

    key: str
    label: str = ""
    filter: str = ""
    told_by: str = ""
    cell: Cell = cells.TEXT
    called: str = ""


def told(*names: str, **cell: Cell) -> dict[str, Dimension]:
    """Dimensions that are columns of the source by the same name; of some, another cell than text."""
    return {name: Dimension(name, cell=cell.get(name, cells.TEXT)) for name in (*names, *cell)}


def called(**terms: str) -> dict[str, Dimension]:
    """Such dimensions, each with the glossary's term for it."""
    return {name: Dimension(name, called=term) for name, term in terms.items()}


@dataclass(frozen=True, slots=True)
class Measure:
    """One count over the source's columns; `records` are the list's parameters that hold it to its records.
    `of`: the metric that it is part of (うち). `qualifier`: the source's column that says how sure each number is.
    `distinct`: what the total counts once, told beside the sum; `once`: the count itself is of what is distinct, and its
    cells are no parts of a sum. Without a `unit`, each number's is
    in the statistic's `unit_column`."""

    unit: Unit | None
    count: Callable[[Any], ColumnElement[int]]
    records: dict[str, Any] = field(default_factory=dict)
    of: str = ""
    qualifier: str = ""
    distinct: Callable[[Any], ColumnElement[int]] | None = None
    once: bool = False


def summed(column: str) -> Callable[[Any], ColumnElement[int]]:
    """The sum of a column; null where no line has a value."""
    return lambda facts: cast(func.sum(facts[column]), BigInteger)


@dataclass(frozen=True, slots=True)
class Behind:
    """The list behind a cell that is one line of the source: its address and who reads it. `parameters`: each of the
    list's that a column of the line is given to, where it has a value. `counted`: what more holds the list to a metric; one
    that is not named is not linked. `dated`: the list is of
    facts with a past too: it is asked for the day that is one of its parameters, all of which it gets, and for what was known then."""

    path: str
    rule: Rule
    parameters: dict[str, str]
    counted: dict[str, dict[str, str]]
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Stated:
    """Totals that a source states beyond the facts: `label_ja`, `label_en`, `value`, `unit`, `qualifier`, `source` of a
    statistic by its name. Where more is asked than its `filters` say, none is of it."""

    figures: Callable[[str], Select[Any]]
    filters: dict[str, Filter]


@dataclass(frozen=True)
class Statistic:
    """`records` is the list behind the cells. With several measures each cell names its metric. `dated`: its facts have
    a past, so that `as_of` and `known_at` may be asked.

    Where each row of the source is a line of a table, `behind` are the lists that its lines may stand on, by what its column
    `by` says; where a metric of these has a list of its own, that one by both ("attendance exhibitors"). `printed`: the dimensions of the table as it is printed, which are taken where none are asked for; `top` the
    ranks that it has. `apart`: dimensions that are in every answer, because nothing is added over them.
    `unit_column`: the source's column with the units of numbers that differ, and the list's parameter of these, if it has
    one; nothing is added over them either. `marked`: the column of lines that says which of them are printed: its totals are of the others
    too. `readable`: the source's column that says whether the caller reads the record: a cell that counts one that is
    another's has no link."""

    name: str
    title: Text
    source: Callable[[Basis], Select[Any]]
    measures: dict[str, Measure]
    total: Literal["sum", "distinct"]
    dimensions: dict[str, Dimension]
    filters: dict[str, Filter]
    rule: Rule
    own: ColumnElement[bool] | None = None
    records: Resource | None = None
    dated: bool = True
    behind: dict[str, Behind] = field(default_factory=dict)
    by: str = ""
    printed: tuple[str, ...] = ()
    top: int | None = None
    apart: tuple[str, ...] = ()
    unit_column: str = ""
    stated: Stated | None = None
    marked: str = ""
    readable: str = ""

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return self is other

    @property
    def single(self) -> bool:
        return len(self.measures) == 1


def line(name: str, kind: Any) -> ColumnElement[Any]:
    """A column of the lines, which a source calls `line`: filters ask of it."""
    return literal_column(f"line.{name}", kind)


def worst(column: ColumnElement[Any]) -> ColumnElement[str]:
    """A sum is as sure as the least sure of its numbers."""
    return case(
        (func.bool_or(column == "about"), "about"),
        (func.bool_or(column == "at_least"), "at_least"),
        else_="exact",
    )
