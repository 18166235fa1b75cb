"""The statements of registrations: whose they are, locked in the order of their ids, and what is shared of them; and
what calendars hold of them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import pydantic_core
from sqlalchemy import ColumnElement, Integer, Select, Uuid, bindparam, func, or_, select, text, update

from services.jet.career_tables import (
    career_fair,
    career_fair_day,
    fair_attendance,
    fair_interview,
    fair_registration,
)
from services.jet.tables import capacity_claim
from services.kit import directory
from services.kit.capacity.tables import shown_state
from services.kit.db.query import compiled
from services.kit.db.session import ReadSession, Record, WriteSession
from services.kit.resource import Row


class Day(NamedTuple):
    id: UUID
    fair_id: UUID
    pool_id: UUID
    closes_at: datetime
    cancelled: bool
    now: datetime


class Registration(NamedTuple):
    """A locked registration; `state` is its claim's as readers see it."""

    id: UUID
    fair_id: UUID
    participant_id: UUID
    state: str
    consented_at: datetime | None
    consent_withdrawn_at: datetime | None
    withdrawn_at: datetime | None
    attended: bool


class Ticket(NamedTuple):
    """Whom a check-in is for."""

    id: UUID
    state: str
    held_on: date
    today: date


_PRESENT = """
SELECT r.row, t.id, CASE WHEN c.state = 'offered' AND c.offer_ends_at <= platform.now() THEN 'lapsed' ELSE c.state END
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r("row" integer, day_id uuid, participant_id uuid)
JOIN jet.fair_registration AS t
    ON t.day_id = r.day_id AND t.participant_id = r.participant_id AND t.withdrawn_at IS NULL
JOIN jet.capacity_claim AS c ON c.id = t.id
"""
NOW: Any = func.platform.now()


def _attended() -> ColumnElement[bool]:
    return (
        select(fair_attendance.c.id)
        .where(fair_attendance.c.registration_id == fair_registration.c.id)
        .exists()
    )


class Registrations:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def days(self, ids: set[UUID]) -> dict[UUID, Day]:
        d, f = career_fair_day.c, career_fair.c
        statement = select(
            d.id, d.fair_id, d.pool_id, d.closes_at, f.cancelled_on.is_not(None), NOW
        ).join_from(career_fair_day, career_fair, f.id == d.fair_id)
        found = await self._session.execute(statement.where(d.id.in_(ids)))
        return {row[0]: Day._make(row) for row in found}

    async def present(self, rows: Sequence[Row]) -> dict[int, tuple[UUID, str]]:
        """Id and state of the registration that each row's person has for its day."""
        given = [
            {"row": row["_row"], "day_id": row["day_id"], "participant_id": row["participant_id"]}
            for row in rows
        ]
        found = await self._session.execute(text(_PRESENT), {"rows": pydantic_core.to_json(given).decode()})
        return {row[0]: (row[1], row[2]) for row in found}

    async def at_fair_of(self, identity: UUID) -> list[Registration]:
        """All that the same person has at the same fair, the one asked for among them."""
        one = fair_registration.alias("asked").c
        same = select(one.id).where(
            one.id == identity,
            one.fair_id == fair_registration.c.fair_id,
            one.participant_id == fair_registration.c.participant_id,
        )
        return await self._locked(same.exists())

    async def lock(self, identity: UUID) -> Registration:
        (found,) = await self._locked(fair_registration.c.id == identity)
        return found

    async def _locked(self, clause: ColumnElement[bool]) -> list[Registration]:
        r, c = fair_registration.c, capacity_claim.c
        statement = (
            select(
                r.id, r.fair_id, r.participant_id, shown_state(capacity_claim), r.consented_at,
                r.consent_withdrawn_at, r.withdrawn_at, _attended(),
            )
            .join_from(fair_registration, capacity_claim, c.id == r.id)
            .where(clause)
            .order_by(r.id)
            .with_for_update(key_share=True, of=fair_registration)
        )  # fmt: skip
        return [Registration._make(row) for row in await self._session.execute(statement)]

    async def ticket(self, day: UUID, ticket: UUID) -> Ticket | None:
        r, d, c = fair_registration.c, career_fair_day.c, capacity_claim.c
        statement = (
            select(r.id, c.state, d.held_on, func.platform.today())
            .join_from(fair_registration, career_fair_day, d.id == r.day_id)
            .join(capacity_claim, c.id == r.id)
            .where(r.ticket == ticket, r.day_id == day, r.withdrawn_at.is_(None))
        )
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else Ticket._make(row)

    async def consent(self, identity: UUID, fields: Sequence[str]) -> None:
        await self._set([identity], consented_at=NOW, consent_withdrawn_at=None, shared_fields=list(fields))

    async def withdraw_consent(self, ids: Sequence[UUID]) -> None:
        await self._set(ids, consented_at=None, consent_withdrawn_at=NOW, shared_fields=[])

    async def withdraw(self, ids: Sequence[UUID]) -> None:
        """Out of the fair's day: no consent stands without a registration."""
        await self._set(ids, consented_at=None, shared_fields=[], withdrawn_at=NOW)

    async def _set(self, ids: Sequence[UUID], **values: Any) -> None:
        t = fair_registration
        values["row_version"] = t.c.row_version + 1
        await self._session.execute(update(t).where(t.c.id.in_(ids)).values(values))


def _agenda(identity: Any, starts: Any, ends: Any, cancelled: Any, *versions: Any) -> Select[Any]:
    """Entries of a calendar with their place; those of a year, or what is not over for longer than one."""
    f, d, year = career_fair.c, career_fair_day.c, bindparam("year", type_=Integer())
    recent = year.is_(None) & (ends >= func.platform.now() - text("interval '1 year'"))
    version: Any = f.row_version + d.row_version
    for one in versions:
        version = version + one
    return (
        select(
            identity.label("id"), starts.label("starts_at"), ends.label("ends_at"), d.venue.label("place"),
            d.code.label("code"), f.name_ja, f.name_en, cancelled.label("cancelled"), version.label("version"),
        )
        .where(or_(f.fiscal_year == year, recent))
        .order_by(starts, identity)
    )  # fmt: skip


def _days() -> Select[Any]:
    f, d = career_fair.c, career_fair_day.c
    made = _agenda(d.id, d.opens_at, d.closes_at, f.cancelled_on.is_not(None))
    return made.add_columns(func.uuid_extract_timestamp(d.id).label("made_at")).join_from(
        career_fair_day, career_fair, f.id == d.fair_id
    )


def _own_days() -> Select[Any]:
    f, d, r, c = career_fair.c, career_fair_day.c, fair_registration.c, capacity_claim.c
    gone = f.cancelled_on.is_not(None) | r.withdrawn_at.is_not(None)
    made = _agenda(r.id, d.opens_at, d.closes_at, gone, r.row_version, c.row_version)
    return (
        made.add_columns(r.registered_at.label("made_at"))
        .join_from(fair_registration, career_fair_day, d.id == r.day_id)
        .join(career_fair, f.id == d.fair_id)
        .join(capacity_claim, c.id == r.id)
        .where(r.participant_id == bindparam("person", type_=Uuid()))
        .where(or_(c.state == "confirmed", r.withdrawn_at.is_not(None)))
    )


def _interviews() -> Select[Any]:
    f, d, i, o = career_fair.c, career_fair_day.c, fair_interview.c, directory.organisation.c
    made = _agenda(
        i.id, i.starts_at, i.ends_at, or_(i.state == "declined", i.state == "cancelled"), i.row_version
    )
    return (
        made.add_columns(i.asked_at.label("made_at"), o.name.label("organisation_name"))
        .join_from(fair_interview, career_fair_day, d.id == i.day_id)
        .join(career_fair, f.id == d.fair_id)
        .join(directory.organisation, o.id == i.organisation_id)
        .where(i.participant_id == bindparam("person", type_=Uuid()), i.state != "requested")
    )


DAYS, OWN_DAYS, INTERVIEWS = compiled(_days()), compiled(_own_days()), compiled(_interviews())


async def days(session: ReadSession, year: int | None) -> Sequence[Record]:
    return await session.fetch(DAYS.sql, *DAYS.values({"year": year}))


async def own_days(session: ReadSession, year: int | None, person: UUID | None) -> Sequence[Record]:
    return await session.fetch(OWN_DAYS.sql, *OWN_DAYS.values({"year": year, "person": person}))


async def interviews(session: ReadSession, year: int | None, person: UUID | None) -> Sequence[Record]:
    return await session.fetch(INTERVIEWS.sql, *INTERVIEWS.values({"year": year, "person": person}))
