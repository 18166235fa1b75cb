"""Statistics over HTTP: one route for all, in every format of a list."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model
from starlette.responses import Response

from services.kit import glossary
from services.kit.answering import compute
from services.kit.auth.scope import Rule
from services.kit.columns import Column
from services.kit.errors import ABSENT, FORBIDDEN
from services.kit.http import files, json, listing, problem
from services.kit.http.guard import Counting
from services.kit.http.listing import Wanted
from services.kit.http.negotiate import LIST_FORMATS, MEDIA, choose
from services.kit.http.openapi import problems
from services.kit.http.shapes import DAY, FLAG, INSTANT, TEXT, WHOLE, WORDS, Shape, items, maybe, record
from services.kit.imports import exporting
from services.kit.imports.describing import Description
from services.kit.japan import cells, codes
from services.kit.statistics import QUALIFIERS, Statistic
from services.kit.temporal import KnownAt
from services.kit.wire import Day, choice


def _model(statistics: tuple[Statistic, ...]) -> type[BaseModel]:
    filters = {name: one for statistic in statistics for name, one in statistic.filters.items()}
    parameters: dict[str, Any] = {name: (one.annotation | None, None) for name, one in filters.items()}
    parameters |= {
        "dimensions": (Annotated[str, StringConstraints(max_length=400)] | None, None),
        "subtotals": (Annotated[str, StringConstraints(max_length=400)] | None, None),
        "top": (Annotated[int, Field(ge=1, le=500)] | None, None),
        "as_of": (Day | None, None),
        "known_at": (KnownAt | None, None),
    }
    return create_model("StatisticQuery", __config__=ConfigDict(extra="forbid"), **parameters)


def _table(statistic: Statistic, dimensions: list[str], ranked: bool, path: str) -> Description:
    """The cells as a table of the same columns whatever was counted; each row says its unit and since when it is
    known, so it can stand alone."""
    labels = [f"{name}_name" for name in dimensions if statistic.dimensions[name].label]
    own = {"rank": cells.INTEGER} if ranked else {}
    own |= {} if statistic.single else {"metric": choice("metric", tuple(statistic.measures))}
    doubtful = any(one.qualifier for one in statistic.measures.values())
    own |= {"value": cells.INTEGER, "unit": cells.TEXT}
    own |= ({"qualifier": cells.TEXT} if doubtful else {}) | {"known_at": codes.INSTANT}
    listed = statistic.records.export_columns if statistic.records is not None else ()
    said = {name: one.cell for name, one in statistic.dimensions.items() if one.cell is not cells.TEXT}
    known = {column.name: column.cell for column in listed} | said | own
    terms = {name: one.called for name, one in statistic.dimensions.items() if one.called}

    def column(name: str) -> Column:
        term = terms.get(name, name)
        return Column(name, glossary.title(term), known.get(name) or cells.TEXT, False, glossary.note(term))

    return Description(statistic.title, path, [column(name) for name in (*dimensions, *labels, *own)])


async def _file(table: Description, answer: dict[str, Any], wanted: Wanted, request: Request) -> Response:
    spoken = problem.language(request.headers.get("accept-language", ""))
    names = [column.name for column in table.columns]
    known_at = {"known_at": answer["basis"]["known_at"].isoformat()}
    rows = [{name: (cell | known_at)[name] for name in names} for cell in answer["cells"]]
    headers = listing.VARY | files.basis_headers(answer["basis"]) | files.described_by(table)
    headers |= {"Content-Disposition": f'attachment; filename="{answer["statistic"]}.{wanted.form}"'}
    if wanted.form == "ndjson":
        return Response(b"".join(exporting.ndjson_bytes(rows)), media_type=wanted.media, headers=headers)
    values = [list(row.values()) for row in rows]
    if wanted.form == "csv":
        return await files.csv(_once(values), table.titles(spoken), wanted.parameters, headers)
    return await files.xlsx(_once(values), table, spoken, headers)


async def _once(values: list[list[Any]]) -> AsyncIterator[list[list[Any]]]:
    yield values


def mount_statistics(router: APIRouter, statistics: tuple[Statistic, ...]) -> dict[str, Rule]:
    """A statistic is a name; its parameters are those of any list."""
    for one in statistics:  # each word of its files is in the glossary, or the service does not start
        _table(one, list(one.dimensions), True, router.prefix)
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
        if session.scope.principal.role not in statistic.rule.roles:
            raise FORBIDDEN()
        wanted = Wanted(*choose(request.headers.get("accept", ""), LIST_FORMATS))
        answer = await compute(statistic, session, query)
        if wanted.form != "json":
            ranked = (query.top or statistic.top) is not None
            table = _table(statistic, answer["dimensions"], ranked, request.url.path)
            if wanted.form == "csvw":
                return files.description(table, dict(listing.VARY))
            return await _file(table, answer, wanted, request)
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
        openapi_extra={"x-statistics": {one.name: _offered(one) for one in statistics}},
    )  # fmt: skip
    return {operation: statistics[0].rule}


def _offered(statistic: Statistic) -> dict[str, Any]:
    """What may be asked of it, for tools that let people choose."""
    return {
        "title": statistic.title._asdict(),
        "dimensions": list(statistic.dimensions),
        "filters": list(statistic.filters),
        "dated": statistic.dated,
        "printed": list(statistic.printed),
        "roles": sorted(statistic.rule.roles),
    }


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
    number = {"value": maybe(WHOLE), "qualifier": {"enum": [*QUALIFIERS.values(), None]}}
    cell = record(**number)
    stated = any(statistic.stated is not None for statistic in statistics)
    kinds = ["sum", "distinct", *(["stated"] if stated else [])]
    total = record(**number, unit=TEXT, kind={"enum": kinds})
    of = {"type": "object", "properties": dimensions, "additionalProperties": False}
    said = {"label": WORDS, "source": TEXT} if stated else {}
    return record(
        statistic=TEXT,
        title=WORDS,
        unit=maybe(TEXT),
        basis=record(as_of=maybe(DAY), known_at=INSTANT, settled=FLAG),
        dimensions=items(TEXT),
        cells=items(cell | {"properties": dimensions | cell["properties"] | names}),
        totals=items(total | {"properties": total["properties"] | {"metric": TEXT, "of": of} | said}),
    )
