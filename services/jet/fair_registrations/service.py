"""Participants register for a day of a fair, consent to be shown, and take either back; each with its audit and event."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from services.jet.career_tables import fair_profile, fair_registration
from services.jet.fair_interviews import service as interviews
from services.jet.fair_registrations.domain import (
    ATTENDED,
    CONSENT,
    HOLDS,
    NOT_REGISTERED_ANY_MORE,
    consent_state,
    registrable,
)
from services.jet.fair_registrations.repository import Registration, Registrations
from services.kit import audit
from services.kit.capacity.domain import Wanted
from services.kit.capacity.service import Capacity
from services.kit.db.merge import merge
from services.kit.db.session import Record, WriteSession
from services.kit.errors import ACTION_CLOSED, EXISTS, Refused
from services.kit.findings import Finding
from services.kit.resource import Change, Row
from services.kit.writer import PATCH, one_alone, with_lesser

NAME = "fair-registrations"
PROFILE = ("display_name", "headline", "languages", "skills", "japanese_ability", "wishes", "cv")


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """Whether the day takes people still; whoever is registered may change the profile while it does."""
    days = await Registrations(session).days({row["day_id"] for row in rows})
    past_facts = session.scope.reach == "all"
    found: dict[int, list[tuple[str, Finding]]] = {}
    for row in rows:
        row["_day"] = day = days[row["day_id"]]
        closed = registrable(day.cancelled, day.closes_at, day.now, past_facts)
        found[row["_row"]] = [] if closed is None else [("day_code", closed)]
    return found


async def store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    """A row of somebody who is registered changes the profile; any other claims a seat, or a number in the queue."""
    repository = Registrations(session)
    if PATCH in rows[0]:
        ids = {row["_row"]: row["id"] for row in rows}
        return await with_lesser(session, fair_registration, {}, await _profiles(session, rows, ids))
    present = await repository.present(rows)
    if gone := [identity for identity, state in present.values() if state not in HOLDS]:
        await repository.withdraw(gone)  # its offer has ended: this is another registration
    ids = {number: identity for number, (identity, state) in present.items() if state in HOLDS}
    if insert_only and ids:
        raise EXISTS()
    new = [row for row in rows if row["_row"] not in ids]
    ids |= {row["_row"]: uuid4() for row in new}  # random: ids of two fairs have nothing in common
    await Capacity(session, "jet", NAME).claim([_wanted(ids[row["_row"]], row) for row in new], publish=False)
    made = [
        {
            "_row": row["_row"], "id": ids[row["_row"]], "fair_id": row["_day"].fair_id, "day_id": row["day_id"],
            "participant_id": row["participant_id"],
        }
        for row in new
    ]  # fmt: skip
    changes = {
        one.row: one for one in await merge(session, fair_registration, made, (), told=one_alone(rows))
    }
    return await with_lesser(session, fair_registration, changes, await _profiles(session, rows, ids))


def _wanted(identity: UUID, row: Row) -> Wanted:
    day = row["_day"]
    return Wanted(identity, day.pool_id, certain=day.now >= day.closes_at)


async def _profiles(session: WriteSession, rows: Sequence[Row], ids: dict[int, UUID]) -> list[Change]:
    told = [
        {"_row": row["_row"], "registration_id": ids[row["_row"]]} | {name: row[name] for name in PROFILE}
        for row in rows
    ]
    merged = await merge(session, fair_profile, told, ("registration_id",))
    return [one.of(ids[one.row], fair_profile.name) for one in merged]


async def consent(session: WriteSession, identity: UUID, fields: Sequence[str]) -> None:
    """Gives a consent, or replaces it: what it names no longer is not seen any more."""
    one = await Registrations(session).lock(identity)
    if one.state not in HOLDS or one.withdrawn_at is not None:
        raise Refused(ACTION_CLOSED, NOT_REGISTERED_ANY_MORE)
    named = list(dict.fromkeys(fields))
    await Registrations(session).consent(identity, named)
    await _told(session, "consent", [one], {"shared_fields": named})


async def withdraw_consent(session: WriteSession, registration: Record) -> None:
    """From the whole fair: whoever registered for two of its days is seen on neither."""
    repository, identity = Registrations(session), registration["id"]
    all_of_them = await repository.at_fair_of(identity)
    given = [one for one in all_of_them if one.consented_at is not None]
    if not given:
        asked = next(one for one in all_of_them if one.id == identity)
        reason = CONSENT.why_closed("withdraw_consent", _consent(asked))
        raise Refused(ACTION_CLOSED, reason or NOT_REGISTERED_ANY_MORE)
    ids = [one.id for one in given]
    await repository.withdraw_consent(ids)
    await _told(session, "withdraw_consent", given, {})
    await interviews.cancel_of_registrations(session, ids)


async def confirm(session: WriteSession, registration: Record) -> None:
    await Capacity(session, "jet", NAME).confirm(registration["id"])


async def withdraw(session: WriteSession, registration: Record) -> None:
    """From the day: the seat goes to who waits, and with the registration goes the consent that it carried."""
    repository, identity = Registrations(session), registration["id"]
    one = await repository.lock(identity)
    if one.attended:
        raise Refused(ACTION_CLOSED, ATTENDED)
    await Capacity(session, "jet", NAME).release([identity])
    if one.consented_at is not None:
        await repository.withdraw_consent([identity])
        await _told(session, "withdraw_consent", [one], {})
    await repository.withdraw([identity])
    await interviews.cancel_of_registrations(session, [identity])


def _consent(one: Registration) -> str:
    return consent_state(one.consented_at, one.consent_withdrawn_at)


async def _told(
    session: WriteSession, action: str, found: Sequence[Registration], note: dict[str, Any]
) -> None:
    after = CONSENT.steps(action)[0].after
    entries = [audit.Entry(one.id, note, (_consent(one), after)) for one in found]
    await audit.entries(session, "jet", action, NAME, entries)
    await audit.publish(session, "jet", NAME, [Change(0, "UPDATE", one.id, None, None) for one in found])
