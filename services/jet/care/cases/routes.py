"""Commands on cases: CLAIR's officer of counselling opens one for whoever telephones, and assigns it; its counsellor
closes it."""

from typing import Annotated, get_args
from uuid import UUID

from fastapi import Request
from pydantic import ConfigDict, JsonValue
from starlette.responses import Response

from services.jet.care import access
from services.jet.care.bookings.service import release
from services.jet.care.cases import service
from services.jet.care.cases.domain import Outcome
from services.jet.care.cases.resource import cases
from services.jet.care.serving.participants import Whose, participant_of
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.guard import Writing
from services.kit.http.mount import answer, called, reader, router_for
from services.kit.http.openapi import problems
from services.kit.wire import Called, Code, Wire, choice

RULES = {
    "care_cases_create": access.OPENS,
    "care_cases_assign": access.ASSIGNS,
    "care_cases_close": access.CLOSES,
}


_OPENING: JsonValue = {"jet_number": "20240000001", "channel": "phone"}


class Opening(Whose):
    """`channel`: by which the word came, of those that hold today."""

    model_config = ConfigDict(json_schema_extra={"examples": [_OPENING]})

    channel: Annotated[Code, Called("care_channel")]


class Assignment(Wire):
    counsellor_id: UUID
    organisation_code: Code


class Closure(Wire):
    outcome: Annotated[Outcome, choice("care_outcome", get_args(Outcome))]


async def open_for(request: Request, session: Writing, body: Opening) -> Response:
    person = await participant_of(session, body)
    case = await service.open_for(session, person, body.channel)
    return await answer(cases, session, case, request, 201)


async def assign(session: WriteSession, case: Record, body: Assignment) -> None:
    await service.assign(session, case["id"], body.counsellor_id, body.organisation_code)
    await release(session, case["id"], but=body.counsellor_id)


async def close(session: WriteSession, case: Record, body: Closure) -> None:
    await service.close(session, case["id"], body.outcome)
    await release(session, case["id"])


router = router_for("care")
router.add_api_route(
    "/cases", called(open_for, "create_cases", cases), methods=["POST"], status_code=201,
    operation_id="care_cases_create", summary="Open a case on a word that came to an officer, or note it in the open one",
    responses={**problems(409, 413, 415, 422), 201: {"model": reader(cases), "description": "OK"}},
    response_model=None, tags=["cases"],
)  # fmt: skip
command(
    router, cases, "assign", "assignments", assign, "Assign a case to a counsellor, not beyond a wall", body=Assignment,
)  # fmt: skip
command(
    router, cases, "close", "closures", close, "Close a case: it is kept for its time, and then shredded", body=Closure,
)  # fmt: skip
