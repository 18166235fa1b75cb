"""Commands on slots: withdraw one that nobody has booked."""

from services.jet.care import access
from services.jet.care.slots import service
from services.jet.care.slots.resource import slots
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for

RULES = {"care_slots_withdraw": access.SLOTS_WRITE}


async def withdraw(session: WriteSession, slot: Record) -> None:
    await service.withdraw(session, slot["id"], slot["withdrawn"])


router = router_for("care")
command(router, slots, "withdraw", "withdrawals", withdraw, "Withdraw a slot that nobody has booked")
