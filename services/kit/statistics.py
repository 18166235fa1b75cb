"""Statistics: figures computed from the records at every question and nowhere stored.

A statistic is declared over a source of facts; its dimensions, filters, time travel, ranks and links to the
records behind a cell come from here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, func, select

from services.kit.auth.scope import Rule
from services.kit.db import rows
from services.kit.db.query import Query as Compiled
from services.kit.db.query import compiled
from services.kit.db.session import ReadSession
from services.kit.errors import PARAMETERS, FieldError
from services.kit.http import listing
from services.kit.http.validation import UNKNOWN
from services.kit.resource import Basis, Filter, Resource
from services.kit.text import Text

Unit = Literal["名", "延べ", "件", "回", "団体", "点", "本", "か国"]


@dataclass(frozen=True, slots=True)
class Dimension:
    """`key` and `label` are columns of the source; `filter` is the list's parameter that holds a cell to it."""

    key: str
    label: str = ""
    filter: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One count over the source's columns; `records` are the list's parameters that hold it to its records.
    `of`: the metric that it is part of (うち)."""

    unit: Unit
    count: Callable[[Any], ColumnElement[int]]
    records: dict[str, str] = field(default_factory=dict)
    of: str = ""


@dataclass(frozen=True)
class Statistic:
    """`records` is the list behind the cells. With several measures each cell names its metric. `dated`: its facts have
    a past, so that `as_of` and `known_at` may be asked."""

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

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return self is other

    @property
    def single(self) -> bool:
        return len(self.measures) == 1


@lru_cache(maxsize=1024)
def _query(statistic: Statistic, shape: rows.Shape, dimensions: tuple[str, ...], ranked: bool) -> Compiled:
    clauses = rows.clauses(statistic.filters, statistic.own, None, shape)
    inner = statistic.source(shape.basis).where(*clauses).subquery("facts")
    counts = [one.count(inner.c).label(name) for name, one in statistic.measures.items()]
    keys = [inner.c[statistic.dimensions[name].key].label(name) for name in dimensions]
    labels = [
        func.max(inner.c[one.label]).label(f"{name}_name")
        for name in dimensions
        if (one := statistic.dimensions[name]).label
    ]
    statement = select(*keys, *labels, *counts).select_from(inner).group_by(*keys)
    if not ranked:
        return compiled(statement.order_by(*(key.asc().nulls_last() for key in keys)))
    cells = statement.subquery("cells")
    first = cells.c[counts[0].name]
    order = (first.desc(), *(cells.c[name] for name in dimensions))
    return compiled(select(cells, func.rank().over(order_by=first.desc()).label("rank")).order_by(*order))


def _bad(pointer: str, message: Text, remedy: Text) -> Exception:
    return PARAMETERS(FieldError(pointer, f"{pointer}_invalid", message, remedy))


def _dimensions(statistic: Statistic, given: str | None) -> tuple[str, ...]:
    asked = tuple(name.strip() for name in given.split(",")) if given else ()
    if len(set(asked)) != len(asked) or not set(asked) <= statistic.dimensions.keys():
        offered = ", ".join(statistic.dimensions)
        raise _bad(
            "dimensions",
            Text("指定できない区分があります", "A dimension is not offered, or named twice"),
            Text(f"使える区分: {offered}", f"Offered: {offered}"),
        )
    return asked


def _offered(statistic: Statistic, given: Iterable[str]) -> None:
    """The statistics of a service share a route: what another of them is asked is not this one's parameter."""
    own = {"dimensions", "top", *statistic.filters, *(("as_of", "known_at") if statistic.dated else ())}
    if unknown := [FieldError(name, "field_unknown", *UNKNOWN) for name in given if name not in own]:
        raise PARAMETERS(*unknown)


def _link(
    statistic: Statistic,
    measure: Measure,
    cell: dict[str, Any],
    dimensions: tuple[str, ...],
    asked: dict[str, Any],
) -> str | None:
    """The list behind a cell; none where a dimension has no filter or no value."""
    resource = statistic.records
    assert resource is not None
    parameters = asked | measure.records
    for name in dimensions:
        parameter = statistic.dimensions[name].filter
        if not parameter or cell[name] is None:
            return None
        parameters[parameter] = cell[name]
    said = {
        name: str(value).lower() if isinstance(value, bool) else value for name, value in parameters.items()
    }
    return f"/{resource.service}/v1/{resource.plural}?{urlencode(said)}"


def _may_read(statistic: Statistic, session: ReadSession) -> bool:
    if statistic.records is None:
        return False
    rule, principal = statistic.records.access["list"], session.scope.principal
    return principal.role in rule.roles and rule.scope in principal.scopes


def _cells(
    statistic: Statistic, dimensions: tuple[str, ...], record: Any, asked: dict[str, Any] | None
) -> list[dict[str, Any]]:
    """The cells of one group: one per measure. Links where `asked` says by what."""
    shared = {name: value for name, value in record.items() if name not in statistic.measures}
    cells = []
    for name, measure in statistic.measures.items():
        cell = dict(shared)
        if not statistic.single:
            cell["metric"] = name
        of_whom = [{"metric": measure.of}] if measure.of else []
        cell |= {"value": record[name], "unit": measure.unit, "qualifier": "exact", "of_whom": of_whom}
        if asked is not None and (link := _link(statistic, measure, cell, dimensions, asked)) is not None:
            cell["records"] = link
        cells.append(cell)
    return cells


async def compute(statistic: Statistic, session: ReadSession, query: Any) -> dict[str, Any]:
    """The answer of 02-api: cells by the dimensions asked for, and totals that say how they were made."""
    _offered(statistic, query.model_dump(exclude_none=True))
    dimensions = _dimensions(statistic, query.dimensions)
    shape, values, said = await listing.basis_of(statistic.filters, True, session, query)
    made = _query(statistic, shape, dimensions, query.top is not None)
    found = await session.fetch(made.sql, *made.values(values))
    given = query.model_dump(exclude_none=True, mode="json", exclude={"dimensions", "top"})
    asked = given if _may_read(statistic, session) else None
    kept = [record for record in found if query.top is None or record["rank"] <= query.top]
    total = _query(statistic, shape, (), False)
    totals = (await session.fetch(total.sql, *total.values(values)))[0] if dimensions else found[0]
    return {
        "statistic": statistic.name,
        "title": statistic.title._asdict(),
        "unit": next(iter(statistic.measures.values())).unit if statistic.single else None,
        **said,
        "dimensions": list(dimensions),
        "cells": [cell for record in kept for cell in _cells(statistic, dimensions, record, asked)],
        "totals": [
            {"value": totals[name], "unit": one.unit, "kind": statistic.total}
            | ({} if statistic.single else {"metric": name})
            for name, one in statistic.measures.items()
        ],
    }
