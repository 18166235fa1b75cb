"""Answers of statistics (02-api): one query for the cells that are asked for, totals that say how they were made, and the
list behind each cell.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, case, func, select

from services.kit.auth.scope import Rule
from services.kit.db import rows
from services.kit.db.query import Query as Compiled
from services.kit.db.query import compiled
from services.kit.db.session import ReadSession
from services.kit.errors import PARAMETERS, FieldError
from services.kit.http import listing
from services.kit.http.validation import UNKNOWN
from services.kit.statistics import QUALIFIERS, Measure, Statistic, worst
from services.kit.text import Text

# columns of a cell that are not shown
_QUALIFIER, _LINE, _UNIT, _DISTINCT, _READABLE = _HIDDEN = (
    "_qualifier_", "_line_", "_unit_", "_distinct_", "_readable_",
)  # fmt: skip


def _told_once(statistic: Statistic, column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Of one line alone; facts of a day make a line together, and say the same of where they are listed."""
    if any(one.dated for one in statistic.behind.values()):
        return func.min(column) == func.max(column)
    return func.count() == 1


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
        case((_told_once(statistic, inner.c[name]), func.min(inner.c[name]))).label(_LINE + name)
        for name in _lines(statistic)
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
    """None of a cell that adds several lines, and none of the past where the list does not have it."""
    by = record[_LINE + statistic.by]
    behind = statistic.behind.get(f"{by} {metric}") or statistic.behind.get(by)
    if behind is None or metric not in behind.counted or not asked.may(behind.rule):
        return None
    if asked.past and not behind.dated:
        return None
    named = {name: record[_LINE + column] for name, column in behind.parameters.items()}
    given = {name: value for name, value in named.items() if value is not None}
    if behind.dated and None in named.values():
        return None
    given |= {"known_at": asked.parameters["known_at"]} if "known_at" in asked.parameters else {}
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
