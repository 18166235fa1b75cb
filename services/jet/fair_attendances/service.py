"""A ticket is checked in: one attendance, whoever scans it how often."""

from uuid import UUID

from services.jet.fair_attendances.repository import keep
from services.jet.fair_registrations.domain import UNKNOWN_TICKET, why_no_check_in
from services.jet.fair_registrations.repository import Registrations
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import ACTION_CLOSED, INVALID, FieldError, Refused
from services.kit.ids import uuid7
from services.kit.resource import Change

NAME = "fair-attendances"


async def check_in(session: WriteSession, day: UUID, ticket: UUID) -> UUID:
    """Its own id. Of two at once the database keeps one."""
    found = await Registrations(session).ticket(day, ticket)
    if found is None:
        raise INVALID(
            FieldError("/ticket", UNKNOWN_TICKET.code, UNKNOWN_TICKET.message, UNKNOWN_TICKET.remedy)
        )
    reason = why_no_check_in(found.state, found.held_on, found.today)
    if reason is not None:
        raise Refused(ACTION_CLOSED, reason)
    made = {"id": uuid7(), "registration_id": found.id, "method": "check_in"}
    await keep(session, made)
    await audit.entry(session, "jet", "check_in", NAME, made["id"], after=made)
    await audit.publish(session, "jet", NAME, [Change(0, "INSERT", made["id"], None, None)])
    return UUID(str(made["id"]))
