"""The command of the door of a room: a ticket is scanned."""

from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import Field, StrictInt
from starlette.responses import Response

from services.jet import access
from services.jet.attendances import service
from services.jet.attendances.resource import training_attendances
from services.kit.http import listing
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, called, reader, router_for
from services.kit.http.openapi import problems
from services.kit.wire import Wire

RULES = {"jet_training_sessions_check_in": access.TRAINS}


class CheckIn(Wire):
    """`persons`: how many of the party have come; all of it where nothing is said."""

    ticket: UUID
    persons: Annotated[StrictInt, Field(ge=1, le=99)] | None = None


async def check_in(request: Request, session: Writing, ref: Reference, body: CheckIn) -> Response:
    identity = await service.check_in(session, ref, body.ticket, body.persons)
    reading = await listing.inside(session)
    answer = await listing.read(training_attendances, reading, str(identity), request, session)
    answer.status_code = 201
    return answer


router = router_for("jet")
router.add_api_route(
    "/training-sessions/{ref}/check-ins", called(check_in, "check_in_training_sessions", training_attendances),
    methods=["POST"], status_code=201, operation_id="jet_training_sessions_check_in",
    summary="Check in with a ticket; a second scan is told when the first was",
    responses={
        **problems(404, 409, 413, 415, 422), 201: {"model": reader(training_attendances), "description": "OK"},
    },
    response_model=None, tags=["training-attendances"],
)  # fmt: skip
