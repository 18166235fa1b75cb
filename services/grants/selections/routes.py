"""The decision on a round, signed by a person, and what a person of an applicant gives up."""

from services.grants import access
from services.grants.applications.resource import applications
from services.grants.selections import service
from services.grants.selections.resource import selections
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Line, Wire

RULES = {
    "grants_selections_decide": access.HANDLES,
    "grants_applications_withdraw": access.WITHDRAWS,
    "grants_applications_decline": access.WITHDRAWS,
}


class GivingUp(Wire):
    ended_reason: Line


async def decide(session: WriteSession, one: Record) -> None:
    await service.decide(session, one["id"])


async def withdraw(session: WriteSession, one: Record, body: GivingUp) -> None:
    await service.withdraw(session, one["id"], body.ended_reason)


async def decline(session: WriteSession, one: Record, body: GivingUp) -> None:
    await service.decline(session, one["id"], body.ended_reason)


router = router_for("grants")
command(
    router, selections, "decide", "decisions", decide,
    "Decide the selection of a round: amounts are reserved, and nobody is told before the instant of publication",
)  # fmt: skip
command(router, applications, "withdraw", "withdrawals", withdraw, "Withdraw it (取下げ)", body=GivingUp)
command(
    router, applications, "decline", "declinations", decline, "Decline (辞退) what was published as selected",
    body=GivingUp,
)  # fmt: skip
