"""Bookings are made by a participant, cancelled by either side, and recorded by their counsellor; or by an
officer, where the case has left the counsellor since. One that was held is one contact of its channel.

The first booking gives a case its counsellor; from then on only that counsellor's slots can be booked.
"""

from uuid import UUID

from services.jet.care.bookings.domain import BOOKING, NOT_FREE, after, bookable, why_closed
from services.jet.care.bookings.repository import Booking, Bookings
from services.jet.care.cases.service import NAME as CASES
from services.jet.care.cases.service import case_of_caller
from services.jet.care.contacts.service import note_contact
from services.jet.care.slots.repository import Slot, Slots
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import ACTION_CLOSED, Refused
from services.kit.findings import Finding
from services.kit.ids import uuid7
from services.kit.japan.clock import day_in_japan
from services.kit.resource import Change, Row
from services.kit.wall_time import UNKNOWN_ZONE, zone

NAME = "bookings"


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    return {
        row["_row"]: [("time_zone", UNKNOWN_ZONE)] for row in rows if zone(row["time_zone"]) is None
    }  # fmt: skip


async def store(session: WriteSession, rows: list[Row], _insert_only: bool) -> list[Change]:
    return [await _book(session, row) for row in rows]


async def _book(session: WriteSession, row: Row) -> Change:
    case = await case_of_caller(session)
    repository = Bookings(session)
    counsellor = await repository.counsellor_of(case.id)
    # read after the case is locked: whom it is with says which slots are to be seen
    slot = await Slots(session).find(row["slot_id"])
    if slot is None or not bookable(slot.taken, slot.starts_at, slot.now):
        raise NOT_FREE()
    if counsellor is None:
        await _give(session, case.id, slot)
    made = {
        "id": uuid7(), "slot_id": slot.id, "counsellor_id": slot.counsellor_id, "starts_at": slot.starts_at,
        "ends_at": slot.ends_at, "case_id": case.id, "participant_zone": row["time_zone"], "state": BOOKING.initial,
    }  # fmt: skip
    await repository.keep(made)
    told = {"slot_id": slot.id, "case_id": case.id}
    return Change(row["_row"], "INSERT", made["id"], None, told)


async def _give(session: WriteSession, case: UUID, slot: Slot) -> None:
    await Bookings(session).give(case, slot.counsellor_id, slot.organisation_id)
    told = {"counsellor_id": slot.counsellor_id, "organisation_id": slot.organisation_id}
    await audit.entry(session, "care", "assign", CASES, case, after=told)


async def move(session: WriteSession, identity: UUID, action: str) -> None:
    one = await Bookings(session).lock(identity)
    reason = why_closed(action, one.state, one.starts_at, one.now)
    if reason is not None:
        raise Refused(ACTION_CLOSED, reason)
    await _step(session, one, action)


async def release(session: WriteSession, case: UUID, but: UUID | None = None) -> None:
    """What is still to come is cancelled: the case is closed, or goes to another counsellor, who keeps their own."""
    for one in await Bookings(session).to_come(case):
        if one.counsellor_id != but:
            await _step(session, one, "cancel")


async def _step(session: WriteSession, one: Booking, action: str) -> None:
    state, role = after(action, one.state), session.scope.principal.role
    by = role if role in ("participant", "counsellor") else "care"
    await Bookings(session).move(one.id, state, by if state == "cancelled" else None)
    await audit.entry(session, "care", action, NAME, one.id, states=(one.state, state))
    if state == "held":
        channel = await Bookings(session).channel(one.id)
        day = day_in_japan(one.starts_at)
        await note_contact(session, one.case_id, channel, day, counsellor=one.counsellor_id, booking=one.id)
