"""Commands on registrations: take the seat that is offered, withdraw, check in at the door, undo a wrong check-in."""

from typing import Annotated

from pydantic import Field, StrictInt

from services.events import access
from services.events.registrations import service
from services.events.registrations.resource import registrations
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Called, Wire

RULES = {
    "events_registrations_confirm": access.REGISTERS,
    "events_registrations_withdraw": access.REGISTERS,
    "events_registrations_check_in": access.CHECKS_IN,
    "events_registrations_undo_check_in": access.CHECKS_IN,
}


class CheckIn(Wire):
    """`persons`: how many of the party have come; all of it where nothing is said."""

    persons: Annotated[StrictInt, Field(ge=1, le=20), Called("registration_persons")] | None = None


async def check_in(session: WriteSession, one: Record, body: CheckIn) -> None:
    await service.check_in(session, one, body.persons)


router = router_for("events")
for verb, noun, act, summary in (
    ("confirm", "confirmations", service.confirm, "Take the seats that are offered, before the offer ends"),
    ("withdraw", "withdrawals", service.withdraw, "Withdraw; the seats are offered to who waits next"),
    (
        "undo_check_in",
        "check-in-cancellations",
        service.undo_check_in,
        "Undo a check-in that was a mistake",
    ),
):
    command(router, registrations, verb, noun, act, summary)
command(
    router, registrations, "check_in", "check-ins", check_in,
    "Check in who has come, from the first day at the venue on", body=CheckIn,
)  # fmt: skip
