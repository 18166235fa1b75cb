"""Commands on cases: CLAIR's officer of counselling assigns one, and its counsellor closes it."""

from typing import Annotated, get_args
from uuid import UUID

from services.jet.care import access
from services.jet.care.bookings.service import release
from services.jet.care.cases import service
from services.jet.care.cases.domain import Outcome
from services.jet.care.cases.resource import cases
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Code, Wire, choice

RULES = {"care_cases_assign": access.ASSIGNS, "care_cases_close": access.CLOSES}


class Assignment(Wire):
    counsellor_id: UUID
    organisation_code: Code


class Closure(Wire):
    outcome: Annotated[Outcome, choice("care_outcome", get_args(Outcome))]


async def assign(session: WriteSession, case: Record, body: Assignment) -> None:
    await service.assign(session, case["id"], body.counsellor_id, body.organisation_code)
    await release(session, case["id"], but=body.counsellor_id)


async def close(session: WriteSession, case: Record, body: Closure) -> None:
    await service.close(session, case["id"], body.outcome)
    await release(session, case["id"])


router = router_for("care")
command(
    router, cases, "assign", "assignments", assign, "Assign a case to a counsellor, not beyond a wall", body=Assignment,
)  # fmt: skip
command(
    router, cases, "close", "closures", close, "Close a case: it is kept for its time, and then shredded", body=Closure,
)  # fmt: skip
