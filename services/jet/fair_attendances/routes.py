"""Checking people in at a fair: the ticket of a registration, once, on the day itself."""

from uuid import UUID

from services.jet import access
from services.jet.fair_attendances import service
from services.jet.fair_attendances.resource import fair_attendances
from services.jet.fair_days.resource import career_fair_days
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Wire

RULES = {"jet_career_fair_days_check_in": access.FAIRS_WRITE}


class CheckIn(Wire):
    ticket: UUID


async def check_in(session: WriteSession, day: Record, body: CheckIn) -> UUID:
    return await service.check_in(session, day["id"], body.ticket)


router = router_for("jet")
command(
    router, career_fair_days, "check_in", "check-ins", check_in,
    "Check in the holder of a ticket, once, on the day itself", body=CheckIn, answers=fair_attendances,
)  # fmt: skip
