"""Commands on interviews: accept or refuse an offer, cancel, and record what became of it."""

from typing import Annotated, Literal, get_args

from services.jet import access
from services.jet.fair_interviews import service
from services.jet.fair_interviews.domain import NO_OUTCOME
from services.jet.fair_interviews.resource import Outcome, fair_interviews
from services.kit.db.session import Record, WriteSession
from services.kit.errors import INVALID, FieldError
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Wire, choice

RULES = {
    "jet_fair_interviews_accept": access.ANSWERS_OFFER,
    "jet_fair_interviews_decline": access.ANSWERS_OFFER,
    "jet_fair_interviews_cancel": access.MEETS,
    "jet_fair_interviews_record": access.RECORDS_MEETINGS,
}
Held = Literal["met", "no_show"]


class Result(Wire):
    """Whether they met, and what came of it; it may be recorded again."""

    held: Annotated[Held, choice("interview_held", get_args(Held))]
    outcome: Annotated[Outcome, choice("interview_outcome", get_args(Outcome))] = "none"


async def accept(session: WriteSession, interview: Record) -> None:
    await service.move(session, interview["id"], "accept")


async def decline(session: WriteSession, interview: Record) -> None:
    await service.move(session, interview["id"], "decline")


async def cancel(session: WriteSession, interview: Record) -> None:
    await service.move(session, interview["id"], "cancel")


async def record(session: WriteSession, interview: Record, body: Result) -> None:
    met = body.held == "met"
    if not met and body.outcome != "none":
        raise INVALID(FieldError("/outcome", NO_OUTCOME.code, NO_OUTCOME.message, NO_OUTCOME.remedy))
    await service.move(session, interview["id"], "meet" if met else "miss", body.outcome)


router = router_for("jet")
for act, verb, noun, summary in (
    (accept, "accept", "acceptances", "Accept the interview that an exhibitor offers"),
    (decline, "decline", "refusals", "Refuse the interview that an exhibitor offers"),
    (cancel, "cancel", "cancellations", "Cancel an interview that is still to come"),
):
    command(router, fair_interviews, verb, noun, act, summary)
command(
    router, fair_interviews, "record", "results", record, "Record whether they met, and what came of it", body=Result
)  # fmt: skip
