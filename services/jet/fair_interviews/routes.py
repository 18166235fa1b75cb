"""Commands on interviews: accept or refuse an offer, cancel, and record what became of it."""

from typing import Annotated, Any, Literal, get_args

from fastapi import Request
from starlette.responses import Response

from services.jet import access
from services.jet.fair_interviews import service
from services.jet.fair_interviews.domain import NO_OUTCOME
from services.jet.fair_interviews.resource import Outcome, fair_interviews
from services.kit.errors import INVALID, FieldError
from services.kit.http import listing
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, called, reader, router_for
from services.kit.http.openapi import problems
from services.kit.wire import Wire, choice

RULES = {
    "jet_fair_interviews_accept": access.ANSWERS_OFFER,
    "jet_fair_interviews_decline": access.ANSWERS_OFFER,
    "jet_fair_interviews_cancel": access.MEETS,
    "jet_fair_interviews_record": access.RECORDS_MEETINGS,
}
ANSWER = {"model": reader(fair_interviews), "description": "OK"}
Held = Literal["met", "no_show"]


class Result(Wire):
    """Whether they met, and what came of it; it may be recorded again."""

    held: Annotated[Held, choice("interview_held", get_args(Held))]
    outcome: Annotated[Outcome, choice("interview_outcome", get_args(Outcome))] = "none"


async def _moved(request: Request, session: Any, ref: str, action: str, outcome: str = "none") -> Response:
    found = await listing.find(fair_interviews, await listing.inside(session), ref)
    await service.move(session, found["id"], action, outcome)
    reading = await listing.inside(session)
    response = await listing.read(fair_interviews, reading, str(found["id"]), request, session)
    response.status_code = 201
    return response


async def accept(request: Request, session: Writing, ref: Reference) -> Response:
    return await _moved(request, session, ref, "accept")


async def decline(request: Request, session: Writing, ref: Reference) -> Response:
    return await _moved(request, session, ref, "decline")


async def cancel(request: Request, session: Writing, ref: Reference) -> Response:
    return await _moved(request, session, ref, "cancel")


async def record(request: Request, session: Writing, ref: Reference, body: Result) -> Response:
    met = body.held == "met"
    if not met and body.outcome != "none":
        raise INVALID(FieldError("/outcome", NO_OUTCOME.code, NO_OUTCOME.message, NO_OUTCOME.remedy))
    return await _moved(request, session, ref, "meet" if met else "miss", body.outcome)


router = router_for("jet")
for handler, verb, noun, summary in (
    (accept, "accept", "acceptances", "Accept the interview that an exhibitor offers"),
    (decline, "decline", "refusals", "Refuse the interview that an exhibitor offers"),
    (cancel, "cancel", "cancellations", "Cancel an interview that is still to come"),
    (record, "record", "results", "Record whether they met, and what came of it"),
):
    router.add_api_route(
        f"/fair-interviews/{{ref}}/{noun}", called(handler, f"{verb}_fair_interviews", fair_interviews),
        methods=["POST"], status_code=201, operation_id=f"jet_fair_interviews_{verb}", summary=summary,
        responses={**problems(404, 409, 413, 415, 422), 201: ANSWER}, response_model=None, tags=["fair-interviews"],
    )  # fmt: skip
