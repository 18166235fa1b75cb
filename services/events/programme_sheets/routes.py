"""The programme sheet of a mission, to be printed. It shows names: it is for officers, and who read it is noted."""

from typing import Any
from urllib.parse import quote

from fastapi import Request
from starlette.responses import Response

from services.events import access
from services.events.mission_members.resource import mission_members
from services.events.missions.resource import missions
from services.events.programme_sheets import repository
from services.events.programme_sheets.paper import paper
from services.kit import papers
from services.kit.http import listing, reads
from services.kit.http.guard import OfRecord
from services.kit.http.mount import Reference, called, router_for
from services.kit.http.negotiate import only
from services.kit.http.openapi import problems

RULES = {"events_missions_programme_sheet": access.NAMES_OF_MISSIONS}


async def show(request: Request, session: OfRecord, ref: Reference) -> Response:
    only(request.headers.get("accept", ""), papers.MEDIA_TYPE)
    mission = await listing.find(missions, session, ref)
    told = await repository.sheet(session, mission["id"])
    await reads.note(mission_members, request, [one["id"] for one in told.members])
    named = quote(f"日程表-{mission['code']}.pdf", safe="")
    headers = listing.VARY | {
        "Content-Disposition": f"inline; filename=\"programme-{mission['code']}.pdf\"; filename*=UTF-8''{named}",
        "Content-Language": "ja, en",
    }
    return Response(await paper(mission, told), media_type=papers.MEDIA_TYPE, headers=headers)


PAPER: dict[str, Any] = {
    "description": "The sheet, to be shown or printed",
    "content": {papers.MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
}
router = router_for("events")
router.add_api_route(
    "/missions/{ref}/programme-sheet", called(show, "print_missions"), methods=["GET"],
    operation_id="events_missions_programme_sheet",
    summary="Programme sheet of a mission (日程表), members in the order of protocol (PDF)",
    responses={**problems(404, 409), 200: PAPER}, response_class=Response, response_model=None, tags=["missions"],
)  # fmt: skip
