"""The command of the door of a room: a ticket is scanned."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictInt

from services.jet import access
from services.jet.attendances import service
from services.jet.attendances.resource import training_attendances
from services.jet.sessions.resource import training_sessions
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Wire

RULES = {"jet_training_sessions_check_in": access.TRAINS}


class CheckIn(Wire):
    """`persons`: how many of the party have come; all of it where nothing is said."""

    ticket: UUID
    persons: Annotated[StrictInt, Field(ge=1, le=99)] | None = None


async def check_in(session: WriteSession, held: Record, body: CheckIn) -> UUID:
    return await service.check_in(session, held["id"], body.ticket, body.persons)


router = router_for("jet")
command(
    router, training_sessions, "check_in", "check-ins", check_in,
    "Check in with a ticket; a second scan is told when the first was", body=CheckIn, answers=training_attendances,
)  # fmt: skip
