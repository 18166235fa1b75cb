"""Statistics: figures computed from the records at every question and nowhere stored.

A statistic is declared over a source of facts; its dimensions, filters, time travel, ranks and links to the
records behind a cell come from here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import urlencode

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, func, literal_column, select

from services.kit.auth.scope import Rule
from services.kit.columns import Cell
from services.kit.db import rows
from services.kit.db.query import Query as Compiled
from services.kit.db.query import compiled
from services.kit.db.session import ReadSession
from services.kit.errors import PARAMETERS, FieldError
from services.kit.http import listing
from services.kit.http.validation import UNKNOWN
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
    that is not named is not linked."""

    path: str
    rule: Rule
    parameters: dict[str, str]
    counted: dict[str, dict[str, str]]


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


# columns of a cell that are not shown
_QUALIFIER, _LINE, _UNIT, _DISTINCT, _READABLE = _HIDDEN = (
    "_qualifier_", "_line_", "_unit_", "_distinct_", "_readable_",
)  # fmt: skip


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


def _lines(statistic: Statistic) -> tuple[str, ...]:
    """The columns that a link to the records of a line is made of."""
    named = (column for one in statistic.behind.values() for column in one.parameters.values())
    return tuple(dict.fromkeys((statistic.by, *named))) if statistic.behind else ()


@lru_cache(maxsize=1024)
def _query(statistic: Statistic, shape: rows.Shape, dimensions: tuple[str, ...], ranked: bool) -> Compiled:
    clauses = rows.clauses(statistic.filters, statistic.own, None, shape)
    inner = statistic.source(shape.basis).where(*clauses).subquery("facts")
    counts = [one.count(inner.c).label(name) for name, one in statistic.measures.items()]
    keys = [inner.c[statistic.dimensions[name].key].label(name) for name in dimensions]
    keys += [inner.c[statistic.unit_column].label(_UNIT)] if statistic.unit_column else []
    labels = [
        func.max(inner.c[one.label]).label(f"{name}_name")
        for name in dimensions
        if (one := statistic.dimensions[name]).label
    ]
    labels += [
        worst(inner.c[one.qualifier]).label(_QUALIFIER + name)
        for name, one in statistic.measures.items()
        if one.qualifier
    ]
    labels += [
        one.distinct(inner.c).label(_DISTINCT + name)
        for name, one in statistic.measures.items()
        if one.distinct is not None
    ]
    labels += [func.bool_and(inner.c[statistic.readable]).label(_READABLE)] if statistic.readable else []
    labels += [
        case((func.count() == 1, func.min(inner.c[name]))).label(_LINE + name) for name in _lines(statistic)
    ]
    statement = select(*keys, *labels, *counts).select_from(inner).group_by(*keys)
    if statistic.marked and dimensions == statistic.printed:
        statement = statement.having(func.bool_or(inner.c[statistic.marked]))
    if not ranked:
        return compiled(statement.order_by(*(key.asc().nulls_last() for key in keys)))
    cells = statement.subquery("cells")
    first = cells.c[counts[0].name]
    alike = [cells.c[name] for name in (*statistic.apart, *((_UNIT,) if statistic.unit_column else ()))]
    order = (*alike, first.desc(), *(cells.c[name] for name in dimensions))
    rank = func.rank().over(partition_by=alike or None, order_by=first.desc())
    return compiled(select(cells, rank.label("rank")).order_by(*order))


@lru_cache(maxsize=1024)
def _stated_query(statistic: Statistic, shape: rows.Shape) -> Compiled | None:
    """None where more is asked than stated figures know."""
    stated = statistic.stated
    if stated is None or not set(shape.filters) <= stated.filters.keys():
        return None
    held = rows.clauses(stated.filters, None, None, shape)
    return compiled(stated.figures(statistic.name).where(*held))


def _bad(pointer: str, message: Text, remedy: Text) -> Exception:
    return PARAMETERS(FieldError(pointer, f"{pointer}_invalid", message, remedy))


def _dimensions(statistic: Statistic, given: str | None, pointer: str = "dimensions") -> tuple[str, ...]:
    asked = tuple(name.strip() for name in given.split(",")) if given else ()
    if len(set(asked)) != len(asked) or not set(asked) <= statistic.dimensions.keys():
        offered = ", ".join(statistic.dimensions)
        raise _bad(
            pointer,
            Text("指定できない区分があります", "A dimension is not offered, or named twice"),
            Text(f"使える区分: {offered}", f"Offered: {offered}"),
        )
    return asked


def _offered(statistic: Statistic, given: Iterable[str]) -> None:
    """The statistics of a service share a route: what another of them is asked is not this one's parameter."""
    dated = ("as_of", "known_at") if statistic.dated else ()
    own = {"dimensions", "subtotals", "top", *statistic.filters, *dated}
    if unknown := [FieldError(name, "field_unknown", *UNKNOWN) for name in given if name not in own]:
        raise PARAMETERS(*unknown)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a question names, and whose it is: from these come the links."""

    session: ReadSession
    parameters: dict[str, Any]
    dimensions: tuple[str, ...]

    @property
    def past(self) -> bool:
        """That it may differ from what the records say now."""
        return not self.parameters.keys().isdisjoint(("as_of", "known_at"))

    def may(self, rule: Rule) -> bool:
        principal = self.session.scope.principal
        return rule.public or (principal.role in rule.roles and rule.scope in principal.scopes)


def _link(statistic: Statistic, metric: str, record: Any, asked: _Asked) -> str | None:
    """The list behind a cell, where the caller may read it and its parameters can say exactly what was counted."""
    if statistic.behind:
        return _link_of_line(statistic, metric, record, asked)
    resource = statistic.records
    if resource is None or (asked.past and not resource.temporal) or not asked.may(resource.access["list"]):
        return None
    if statistic.readable and not record[_READABLE]:
        return None
    parameters = asked.parameters | statistic.measures[metric].records
    if statistic.unit_column in resource.filters:
        parameters[statistic.unit_column] = record[_UNIT]
    for name in asked.dimensions:
        one = statistic.dimensions[name]
        if one.told_by in asked.dimensions:
            continue
        if not one.filter or record[name] is None:
            return None
        parameters[one.filter] = record[name]
    return _address(f"/{resource.service}/v1/{resource.plural}", parameters)


def _link_of_line(statistic: Statistic, metric: str, record: Any, asked: _Asked) -> str | None:
    """None of a cell that adds several lines, and none of the past, which these lists do not have."""
    if asked.past:
        return None
    by = record[_LINE + statistic.by]
    behind = statistic.behind.get(f"{by} {metric}") or statistic.behind.get(by)
    if behind is None or metric not in behind.counted or not asked.may(behind.rule):
        return None
    named = {name: record[_LINE + column] for name, column in behind.parameters.items()}
    given = {name: value for name, value in named.items() if value is not None}
    return _address(behind.path, given | behind.counted[metric]) if given else None


def _address(path: str, parameters: dict[str, Any]) -> str:
    said = {
        name: str(value).lower() if isinstance(value, bool) else value for name, value in parameters.items()
    }
    return f"{path}?{urlencode(said)}"


def _value(name: str, measure: Measure, record: Any) -> dict[str, Any]:
    """A number with its unit and how sure it is, which nobody can be of none."""
    value = record[name]
    said = record[_QUALIFIER + name] if measure.qualifier else "exact"
    return {
        "value": value, "unit": measure.unit or record[_UNIT], "qualifier": None if value is None else QUALIFIERS[said],
    }  # fmt: skip


def _cells(statistic: Statistic, record: Any, asked: _Asked) -> list[dict[str, Any]]:
    """The cells of one group: one per measure."""
    shared = {
        name: value
        for name, value in record.items()
        if name not in statistic.measures and not name.startswith(_HIDDEN)
    }
    made = []
    for name, measure in statistic.measures.items():
        cell = dict(shared) | ({} if statistic.single else {"metric": name})
        of_whom = [{"metric": measure.of}] if measure.of else []
        cell |= _value(name, measure, record) | {"of_whom": of_whom}
        if (link := _link(statistic, name, record, asked)) is not None:
            cell["records"] = link
        made.append(cell)
    return made


def _totals(statistic: Statistic, record: Any, of: tuple[str, ...]) -> list[dict[str, Any]]:
    """Over everything, or over the cells of which each dimension of `of` has one value; beside a sum what is distinct."""
    made = []
    for name, one in statistic.measures.items():
        said = ({} if statistic.single else {"metric": name}) | (
            {"of": {dimension: record[dimension] for dimension in of}} if of else {}
        )
        total = _value(name, one, record)
        made.append(total | {"kind": "distinct" if one.once else statistic.total} | said)
        if one.distinct is not None:
            made.append(total | {"value": record[_DISTINCT + name], "kind": "distinct"} | said)
    return made


async def _stated(
    statistic: Statistic, session: ReadSession, shape: rows.Shape, values: dict[str, Any]
) -> list[dict[str, Any]]:
    if (made := _stated_query(statistic, shape)) is None:
        return []
    return [
        {
            "value": one["value"], "unit": one["unit"], "qualifier": QUALIFIERS[one["qualifier"]], "kind": "stated",
            "label": {"ja": one["label_ja"], "en": one["label_en"]}, "source": one["source"],
        }
        for one in await session.fetch(made.sql, *made.values(values))
    ]  # fmt: skip


async def compute(statistic: Statistic, session: ReadSession, query: Any) -> dict[str, Any]:
    """The answer of 02-api: cells by the dimensions asked for, and totals that say how they were made."""
    _offered(statistic, query.model_dump(exclude_none=True))
    dimensions = _dimensions(statistic, query.dimensions) or statistic.printed
    dimensions = (*(name for name in statistic.apart if name not in dimensions), *dimensions)
    parts = _dimensions(statistic, query.subtotals, "subtotals")
    top = query.top or statistic.top
    shape, values, said = await listing.basis_of(statistic.filters, True, session, query)

    async def found(by: tuple[str, ...], ranked: bool = False) -> Any:
        made = _query(statistic, shape, by, ranked)
        return await session.fetch(made.sql, *made.values(values))

    records = await found(dimensions, top is not None)
    given = query.model_dump(exclude_none=True, mode="json", exclude={"dimensions", "subtotals", "top"})
    asked = _Asked(session, given, dimensions)
    kept = [record for record in records if top is None or record["rank"] <= top]
    apart = statistic.apart
    whole = await found(apart) if dimensions != apart else records
    totals = [total for record in whole for total in _totals(statistic, record, apart)]
    for name in parts:
        of = (*apart, name)
        totals += [total for record in await found(of) for total in _totals(statistic, record, of)]
    totals += await _stated(statistic, session, shape, values)
    return {
        "statistic": statistic.name,
        "title": statistic.title._asdict(),
        "unit": next(iter(statistic.measures.values())).unit if statistic.single else None,
        **said,
        "dimensions": list(dimensions),
        "cells": [cell for record in kept for cell in _cells(statistic, record, asked)],
        "totals": totals,
    }
