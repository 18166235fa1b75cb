"""Statistics: figures computed from the records at every question and nowhere stored.

A statistic is declared over a source of facts; its dimensions, filters, time travel, ranks and links to the
records behind a cell come from here.
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model
from sqlalchemy import ColumnElement, Select, func, select
from starlette.responses import Response

from services.kit import glossary
from services.kit.auth.scope import Rule
from services.kit.db import rows
from services.kit.db.query import Query as Compiled
from services.kit.db.query import compiled
from services.kit.db.session import ReadSession
from services.kit.errors import ABSENT, PARAMETERS, FieldError
from services.kit.http import json, listing, problem
from services.kit.http.guard import Counting
from services.kit.http.negotiate import choose
from services.kit.http.openapi import problems
from services.kit.resource import Basis, Filter, Resource
from services.kit.text import Text

Unit = Literal["名", "延べ", "件", "回", "団体", "点", "本", "か国"]


@dataclass(frozen=True, slots=True)
class Dimension:
    """`key` and `label` are columns of the source; `filter` is the list's parameter that holds a cell to it."""

    key: str
    label: str = ""
    filter: str = ""


@dataclass(frozen=True)
class Statistic:
    """`measure` counts over the source's columns; `records` is the list behind the cells."""

    name: str
    title: Text
    unit: Unit
    source: Callable[[Basis], Select[Any]]
    measure: Callable[[Any], ColumnElement[int]]
    total: Literal["sum", "distinct"]
    dimensions: dict[str, Dimension]
    filters: dict[str, Filter]
    rule: Rule
    own: ColumnElement[bool] | None = None
    records: Resource | None = None

    def __hash__(self) -> int:
        return hash(self.name)

    def __eq__(self, other: object) -> bool:
        return self is other


@lru_cache(maxsize=1024)
def _query(statistic: Statistic, shape: rows.Shape, dimensions: tuple[str, ...], ranked: bool) -> Compiled:
    clauses = rows.clauses(statistic.filters, statistic.own, None, shape)
    inner = statistic.source(Basis(shape.known, shape.dated)).where(*clauses).subquery("facts")
    value = statistic.measure(inner.c).label("value")
    keys = [inner.c[statistic.dimensions[name].key].label(name) for name in dimensions]
    labels = [
        func.max(inner.c[one.label]).label(f"{name}_name")
        for name in dimensions
        if (one := statistic.dimensions[name]).label
    ]
    statement = select(*keys, *labels, value).select_from(inner).group_by(*keys)
    if ranked:
        cells = statement.subquery("cells")
        return compiled(
            select(cells, func.rank().over(order_by=cells.c.value.desc()).label("rank")).order_by(
                cells.c.value.desc(), *(cells.c[name] for name in dimensions)
            )
        )
    return compiled(statement.order_by(*(key.asc().nulls_last() for key in keys)))


def _model(statistics: tuple[Statistic, ...]) -> type[BaseModel]:
    filters = {name: one for statistic in statistics for name, one in statistic.filters.items()}
    parameters: dict[str, Any] = {name: (one.annotation | None, None) for name, one in filters.items()}
    parameters |= {
        "dimensions": (Annotated[str, StringConstraints(max_length=200)] | None, None),
        "top": (Annotated[int, Field(ge=1, le=500)] | None, None),
        "as_of": (date | None, None),
        "known_at": (date | datetime | None, Field(None, union_mode="left_to_right")),
    }
    return create_model("StatisticQuery", __config__=ConfigDict(extra="forbid"), **parameters)


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


def _link(
    statistic: Statistic, cell: dict[str, Any], dimensions: tuple[str, ...], asked: dict[str, Any]
) -> str | None:
    """The list behind a cell; none where a dimension has no filter or no value."""
    resource = statistic.records
    assert resource is not None
    parameters = dict(asked)
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


async def compute(statistic: Statistic, session: ReadSession, query: Any) -> dict[str, Any]:
    """The answer of 02-api: cells by the dimensions asked for, and totals that say how they were made."""
    dimensions = _dimensions(statistic, query.dimensions)
    shape, values, said = await listing.basis_of(statistic.filters, True, session, query)
    made = _query(statistic, shape, dimensions, query.top is not None)
    found = await session.fetch(made.sql, *made.values(values))
    linked = _may_read(statistic, session)
    asked = {
        n: v
        for n, v in query.model_dump(exclude_none=True, mode="json").items()
        if n not in ("dimensions", "top")
    }
    cells = []
    for record in found:
        if query.top is not None and record["rank"] > query.top:
            break
        cell = dict(record) | {"qualifier": "exact", "of_whom": []}
        if linked and (link := _link(statistic, cell, dimensions, asked)) is not None:
            cell["records"] = link
        cells.append(cell)
    total = _query(statistic, shape, (), False)
    totals = await session.fetch(total.sql, *total.values(values))
    return {
        "statistic": statistic.name,
        "title": statistic.title._asdict(),
        "unit": statistic.unit,
        **said,
        "dimensions": list(dimensions),
        "cells": cells,
        "totals": [{"value": totals[0]["value"], "kind": statistic.total}],
    }


def _csv(answer: dict[str, Any], request: Request) -> Response:
    spoken = problem.language(request.headers.get("accept-language", ""))
    names = [
        name
        for name in (answer["cells"][0] if answer["cells"] else {})
        if name not in ("qualifier", "of_whom", "records")
    ]
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow([*(glossary.title(name).within(spoken) for name in names), "unit", "known_at"])
    for cell in answer["cells"]:
        writer.writerow(
            [*(cell[name] for name in names), answer["unit"], answer["basis"]["known_at"].isoformat()]
        )
    body = b"\xef\xbb\xbf" + lines.getvalue().encode()
    headers = listing.VARY | {"Content-Disposition": f'attachment; filename="{answer["statistic"]}.csv"'}
    return Response(body, media_type="text/csv; charset=utf-8; header=present", headers=headers)


def mount_statistics(router: APIRouter, statistics: tuple[Statistic, ...]) -> dict[str, Rule]:
    """One route for all: a statistic is a name, its parameters those of any list."""
    Model = _model(statistics)
    named = {statistic.name: statistic for statistic in statistics}
    operation = f"{router.prefix.split('/')[1]}_statistics_read"

    async def read_statistic(
        request: Request,
        session: Counting,
        name: Annotated[str, Path(max_length=80)],
        query: Annotated[Any, Query()],
    ) -> Response:
        statistic = named.get(name)
        if statistic is None:
            raise ABSENT()
        form, _, _ = choose(request.headers.get("accept", ""), ("json", "csv"))
        answer = await compute(statistic, session, query)
        if form == "csv":
            return _csv(answer, request)
        return listing.tagged(json.write(answer), len(answer["cells"]), request)

    listing.annotate(read_statistic, query=Annotated[Model, Query()])
    router.add_api_route(
        "/statistics/{name}", read_statistic, methods=["GET"], operation_id=operation,
        summary=f"Statistics: {', '.join(named)}", tags=["statistics"], response_model=None,
        responses=problems(404) | {
            200: {"description": "OK", "content": {"application/json": {"schema": SHAPE}, "text/csv": {}}},
            304: {"description": "Not modified"},
        },
    )  # fmt: skip
    return {operation: statistics[0].rule}


_TEXT = {"type": "string"}
# besides these a cell has one value per dimension, and its rank where a top was asked for
CELL: dict[str, Any] = {
    "type": "object",
    "required": ["value", "qualifier"],
    "properties": {
        "value": {"type": "integer"},
        "qualifier": {"type": "string", "examples": ["exact"]},
        "of_whom": {"type": "array", "items": {"type": "object"}},
        "records": _TEXT,
    },
}
TOTAL: dict[str, Any] = {
    "type": "object",
    "required": ["value", "kind"],
    "properties": {"value": {"type": "integer"}, "kind": {"enum": ["sum", "distinct"]}},
}
SHAPE: dict[str, Any] = {
    "type": "object",
    "required": ["statistic", "title", "unit", "basis", "dimensions", "cells", "totals"],
    "properties": {
        "statistic": _TEXT,
        "title": {"type": "object", "properties": {"ja": _TEXT, "en": _TEXT}},
        "unit": _TEXT,
        "basis": {
            "type": "object",
            "properties": {"as_of": {}, "known_at": _TEXT, "settled": {"type": "boolean"}},
        },
        "dimensions": {"type": "array", "items": _TEXT},
        "cells": {"type": "array", "items": CELL},
        "totals": {"type": "array", "items": TOTAL},
    },
}
