"""Checking people in at a fair: the ticket of a registration, once, on the day itself."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from services.jet import access
from services.jet.fair_attendances import service
from services.jet.fair_attendances.resource import fair_attendances
from services.jet.fair_days.resource import career_fair_days
from services.kit.http import listing
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, called, reader, router_for
from services.kit.http.openapi import problems
from services.kit.wire import Wire

OPERATION = "jet_career_fair_days_check_in"
RULES = {OPERATION: access.FAIRS_WRITE}


class CheckIn(Wire):
    ticket: UUID


async def check_in(request: Request, session: Writing, ref: Reference, body: CheckIn) -> Response:
    day = await listing.find(career_fair_days, await listing.inside(session), ref)
    identity = await service.check_in(session, day["id"], body.ticket)
    reading = await listing.inside(session)
    response = await listing.read(fair_attendances, reading, str(identity), request, session)
    response.status_code = 201
    return response


router = router_for("jet")
router.add_api_route(
    "/career-fair-days/{ref}/check-ins", called(check_in, "check_in_career_fair_days", fair_attendances),
    methods=["POST"], status_code=201, operation_id=OPERATION,
    summary="Check in the holder of a ticket, once, on the day itself",
    responses={**problems(404, 409, 413, 415, 422), 201: {"model": reader(fair_attendances), "description": "OK"}},
    response_model=None, tags=["career-fair-days"],
)  # fmt: skip
