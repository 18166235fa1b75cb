"""Interviews are booked, offered, answered, cancelled and held; each step with its audit and its event.

Events name no organisation: an exhibitor may be somebody's employer, whose feed tells nothing of careers.
"""

from collections.abc import Sequence
from uuid import UUID

from services.jet.fair_interviews.domain import (
    INTERVIEW,
    NO_CONSENT,
    OTHER_DAY,
    UNKNOWN_CANDIDATE,
    UNKNOWN_SLOT,
    WITHOUT_CONSENT,
    after,
    bookable,
    why_closed,
)
from services.jet.fair_interviews.repository import Candidate, Interview, Interviews, Slot
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import ACTION_CLOSED, Refused
from services.kit.findings import Finding
from services.kit.ids import uuid7
from services.kit.resource import Change, Row

NAME = "fair-interviews"


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """Slot and registration stay as they are found until the transaction ends."""
    repository = Interviews(session)
    found: dict[int, list[tuple[str, Finding]]] = {}
    for row in rows:
        slot = await repository.slot(row["slot_id"])
        candidate = await repository.candidate(row["candidate_id"])
        row["_slot"], row["_candidate"] = slot, candidate
        found[row["_row"]] = _wrong(slot, candidate)
    return found


def _wrong(slot: Slot | None, candidate: Candidate | None) -> list[tuple[str, Finding]]:
    if slot is None:
        return [("slot_id", UNKNOWN_SLOT)]
    if candidate is None:
        return [("candidate_id", UNKNOWN_CANDIDATE)]
    if candidate.day_id != slot.day_id:
        return [("slot_id", OTHER_DAY)]
    if not candidate.open:
        return [("candidate_id", NO_CONSENT)]
    closed = bookable(slot.closed, slot.starts_at, slot.now)
    return [] if closed is None else [("slot_id", closed)]


async def store(session: WriteSession, rows: list[Row], _insert_only: bool) -> list[Change]:
    return [await _ask(session, row, row["_slot"], row["_candidate"]) for row in rows]


async def _ask(session: WriteSession, row: Row, slot: Slot, candidate: Candidate) -> Change:
    """A participant books; what an exhibitor offers waits for the answer."""
    booked = session.scope.principal.role == "participant"
    made = {
        "id": uuid7(), "slot_id": slot.id, "exhibitor_id": slot.exhibitor_id, "organisation_id": slot.organisation_id,
        "day_id": slot.day_id, "starts_at": slot.starts_at, "ends_at": slot.ends_at, "registration_id": candidate.id,
        "participant_id": candidate.participant_id, "asked_by": "participant" if booked else "exhibitor",
        "state": "booked" if booked else INTERVIEW.initial,
    }  # fmt: skip
    await Interviews(session).keep(made)
    return Change(row["_row"], "INSERT", made["id"], None, made)


async def move(session: WriteSession, identity: UUID, action: str, outcome: str = "none") -> None:
    """One step of one interview. An offer is accepted under the same locks as a slot is booked."""
    repository = Interviews(session)
    if action == "accept":
        slot, registration = await repository.parts(identity)
        await repository.slot(slot)
        candidate = await repository.candidate(registration)
        if candidate is None or not candidate.open:
            raise WITHOUT_CONSENT()
    one = await repository.lock(identity)
    reason = why_closed(action, one.state, one.starts_at, one.now)
    if reason is not None:
        raise Refused(ACTION_CLOSED, reason)
    state = after(action, one.state)
    if (state, outcome) != (one.state, one.outcome):
        await repository.move([identity], state, outcome)
        await _told(session, action, [one], state, {"outcome": outcome})


async def cancel_of_registrations(session: WriteSession, registrations: Sequence[UUID]) -> None:
    """Whoever takes back a consent, or leaves a fair, has no interviews left."""
    if registrations:
        await _cancel(session, await Interviews(session).open_of_registrations(registrations))


async def cancel_of_exhibitors(session: WriteSession, exhibitors: Sequence[UUID]) -> None:
    if exhibitors:
        await _cancel(session, await Interviews(session).open_of_exhibitors(exhibitors))


async def cancel_of_fairs(session: WriteSession, fairs: Sequence[UUID]) -> None:
    if fairs:
        await _cancel(session, await Interviews(session).open_of_fairs(fairs))


async def _cancel(session: WriteSession, found: Sequence[Interview]) -> None:
    if found:
        await Interviews(session).move([one.id for one in found], "cancelled")
        await _told(session, "cancel", found, "cancelled", {})


async def _told(
    session: WriteSession, action: str, found: Sequence[Interview], state: str, note: dict[str, str]
) -> None:
    entries = [audit.Entry(one.id, note, (one.state, state)) for one in found]
    await audit.entries(session, "jet", action, NAME, entries)
    changes = [Change(0, "UPDATE", one.id, None, None) for one in found]
    await audit.publish(session, "jet", NAME, changes)
