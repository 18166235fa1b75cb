"""To release the figures of a year, and to read the tables of a release: whole, without a parameter, and noted."""

from typing import Any

from fastapi import Request
from starlette.responses import Response

from services.jet.care import access
from services.jet.care.releases import repository, service
from services.jet.care.releases.resource import figure_releases
from services.kit import audit
from services.kit.db.session import inside
from services.kit.http import json, listing
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, answer, called, reader, router_for
from services.kit.http.openapi import problems
from services.kit.http.shapes import INSTANT, TEXT, WHOLE, WORDS, items, maybe, record
from services.kit.http.shapes import answer as shown
from services.kit.wire import Wire, Year

RULES = {
    "care_figure_releases_release": access.RELEASES,
    "care_figure_releases_tables": access.FIGURES,
}


class FigureReleaseWrite(Wire):
    fiscal_year: Year


async def release(request: Request, session: Writing, body: FigureReleaseWrite) -> Response:
    made = await service.release(session, body.fiscal_year)
    return await answer(figure_releases, session, made, request, 201)


async def tables(request: Request, session: Writing, ref: Reference) -> Response:
    """The note is of the transaction that reads, and is kept before anything is shown."""
    reading = await inside(session)
    found = await listing.find(figure_releases, reading, ref)
    await repository.Releases(session).note(found["id"])
    await audit.entry(session, "care", "read", service.NAME, found["id"], subjects=[found["id"]])
    told = {name: found[name] for name in ("fiscal_year", "made_at", "threshold", "rounding")}
    told["tables"] = service.tables(await repository.cells(reading, found["id"]))
    return listing.tagged(json.write(told), found["row_version"], request)


CELL = record(channel=TEXT, part=TEXT, unit=TEXT, value=maybe(WHOLE))
TABLE = record(table=TEXT, title=WORDS, parts=items(record(part=TEXT, title=WORDS)), cells=items(CELL))
SHAPE: dict[str, Any] = record(
    fiscal_year=WHOLE, made_at=INSTANT, threshold=WHOLE, rounding=WHOLE, tables=items(TABLE)
)
router = router_for("care")
router.add_api_route(
    "/figure-releases", called(release, "release_figure_releases", figure_releases), methods=["POST"], status_code=201,
    operation_id="care_figure_releases_release", summary="Release the figures of a fiscal year, once",
    responses={**problems(409, 413, 415, 422), 201: {"model": reader(figure_releases), "description": "OK"}},
    response_model=None, tags=["figure-releases"],
)  # fmt: skip
router.add_api_route(
    "/figure-releases/{ref}/tables", called(tables, "read_figure_release_tables"), methods=["GET"],
    operation_id="care_figure_releases_tables", summary="The tables of a release: fixed cells, null where withheld",
    responses={**problems(404), 200: shown(SHAPE), 304: {"description": "Not modified"}},
    response_model=None, tags=["figure-releases"],
)  # fmt: skip
