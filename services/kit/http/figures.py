"""Statistics over HTTP: one route for all, in every format of a list."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model
from starlette.responses import Response

from services.kit import glossary
from services.kit.auth.scope import Rule
from services.kit.errors import ABSENT
from services.kit.http import files, json, listing, problem
from services.kit.http.guard import Counting
from services.kit.http.listing import Wanted
from services.kit.http.negotiate import LIST_FORMATS, MEDIA, choose
from services.kit.http.openapi import problems
from services.kit.http.shapes import DAY, FLAG, INSTANT, TEXT, WHOLE, WORDS, Shape, items, maybe, record, told
from services.kit.imports import exporting
from services.kit.statistics import Statistic, compute
from services.kit.temporal import KnownAt
from services.kit.wire import Day


def _model(statistics: tuple[Statistic, ...]) -> type[BaseModel]:
    filters = {name: one for statistic in statistics for name, one in statistic.filters.items()}
    parameters: dict[str, Any] = {name: (one.annotation | None, None) for name, one in filters.items()}
    parameters |= {
        "dimensions": (Annotated[str, StringConstraints(max_length=200)] | None, None),
        "top": (Annotated[int, Field(ge=1, le=500)] | None, None),
        "as_of": (Day | None, None),
        "known_at": (KnownAt | None, None),
    }
    return create_model("StatisticQuery", __config__=ConfigDict(extra="forbid"), **parameters)


_JSON_ONLY = ("qualifier", "of_whom", "records")


async def _file(answer: dict[str, Any], wanted: Wanted, request: Request) -> Response:
    """The cells as a table: each row says its unit and since when it is known, so it can stand alone."""
    spoken = problem.language(request.headers.get("accept-language", ""))
    names = [name for name in (answer["cells"][0] if answer["cells"] else {}) if name not in _JSON_ONLY]
    known_at = answer["basis"]["known_at"].isoformat()
    headers = listing.VARY | files.basis_headers(answer["basis"])
    headers |= {"Content-Disposition": f'attachment; filename="{answer["statistic"]}.{wanted.form}"'}
    if wanted.form == "ndjson":
        lines = exporting.ndjson_bytes(
            {name: cell[name] for name in names} | {"known_at": known_at} for cell in answer["cells"]
        )
        return Response(b"".join(lines), media_type=wanted.media, headers=headers)
    titles = [
        *(glossary.title(name).within(spoken) for name in names),
        glossary.title("known_at").within(spoken),
    ]
    values = [[*(cell[name] for name in names), known_at] for cell in answer["cells"]]
    if wanted.form == "csv":
        return await files.csv(_once(values), titles, wanted.parameters, headers)
    return await files.xlsx(_once(values), titles, headers)


async def _once(values: list[list[Any]]) -> AsyncIterator[list[list[Any]]]:
    yield values


def mount_statistics(router: APIRouter, statistics: tuple[Statistic, ...]) -> dict[str, Rule]:
    """A statistic is a name; its parameters are those of any list."""
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
        wanted = Wanted(*choose(request.headers.get("accept", ""), LIST_FORMATS))
        answer = await compute(statistic, session, query)
        if wanted.form != "json":
            return await _file(answer, wanted, request)
        return listing.tagged(json.write(answer), len(answer["cells"]), request)

    listing.annotate(read_statistic, query=Annotated[Model, Query()])
    texts = {media: {"schema": {"type": "string"}} for media in MEDIA if media != "application/json"}
    content = {"application/json": {"schema": shape(statistics)}} | texts
    router.add_api_route(
        "/statistics/{name}", read_statistic, methods=["GET"], operation_id=operation,
        summary=f"Statistics: {', '.join(named)}", tags=["statistics"], response_model=None,
        responses=problems(404, 422) | {
            200: {"description": "OK", "headers": files.BASIS_HEADERS, "content": content},
            304: {"description": "Not modified"},
        },
    )  # fmt: skip
    return {operation: statistics[0].rule}


_VALUE = {"type": ["string", "integer", "boolean", "null"]}


def shape(statistics: tuple[Statistic, ...]) -> Shape:
    """A cell has one value per dimension that was asked for, and its rank where a top was."""
    names = {
        "metric": TEXT,
        "rank": WHOLE,
        "unit": TEXT,
        "records": TEXT,
        "of_whom": items(record(metric=TEXT)),
    }
    dimensions = {name: _VALUE for statistic in statistics for name in statistic.dimensions}
    cell = record(value=WHOLE, qualifier=told("exact"))
    total = record(value=WHOLE, kind={"enum": ["sum", "distinct"]})
    return record(
        statistic=TEXT,
        title=WORDS,
        unit=maybe(TEXT),
        basis=record(as_of=maybe(DAY), known_at=INSTANT, settled=FLAG),
        dimensions=items(TEXT),
        cells=items(cell | {"properties": dimensions | cell["properties"] | names}),
        totals=items(total | {"properties": total["properties"] | {"metric": TEXT, "unit": TEXT}}),
    )
