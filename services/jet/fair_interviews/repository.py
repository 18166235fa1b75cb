"""The statements of interviews. Whoever books or accepts locks the slot, then the registration, then the interview."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, or_, select, update

from services.jet.career_tables import (
    career_fair,
    fair_exhibitor,
    fair_interview,
    fair_registration,
    interview_slot,
)
from services.jet.fair_interviews.domain import OPEN
from services.jet.tables import capacity_claim
from services.kit.db.session import WriteSession


class Slot(NamedTuple):
    id: UUID
    exhibitor_id: UUID
    organisation_id: UUID
    day_id: UUID
    starts_at: datetime
    ends_at: datetime
    closed: bool
    now: datetime


class Candidate(NamedTuple):
    """A registration as an interview needs it."""

    id: UUID
    participant_id: UUID
    day_id: UUID
    open: bool


class Interview(NamedTuple):
    id: UUID
    state: str
    outcome: str
    starts_at: datetime
    now: datetime


_SLOT = tuple(interview_slot.c[name] for name in Slot._fields[:-2])
_INTERVIEW = tuple(fair_interview.c[name] for name in Interview._fields[:-1])


class Interviews:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def slot(self, identity: UUID) -> Slot | None:
        """One of an exhibitor, or of a fair, that is cancelled is closed too."""
        s, x, f = interview_slot.c, fair_exhibitor.c, career_fair.c
        closed = or_(s.withdrawn, x.cancelled_on.is_not(None), f.cancelled_on.is_not(None))
        statement = (
            select(*_SLOT, closed, func.platform.now())
            .join_from(interview_slot, fair_exhibitor, x.id == s.exhibitor_id)
            .join(career_fair, f.id == s.fair_id)
            .where(s.id == identity)
            .with_for_update(key_share=True, of=interview_slot)
        )
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else Slot._make(row)

    async def candidate(self, identity: UUID) -> Candidate | None:
        r, c = fair_registration.c, capacity_claim.c
        opened = r.consented_at.is_not(None) & (c.state == "confirmed")
        statement = (
            select(r.id, r.participant_id, r.day_id, opened)
            .join_from(fair_registration, capacity_claim, c.id == r.id)
            .where(r.id == identity)
            .with_for_update(key_share=True, of=fair_registration)
        )
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else Candidate._make(row)

    async def keep(self, made: dict[str, Any]) -> None:
        await self._session.execute(insert(fair_interview).values(made))

    async def parts(self, identity: UUID) -> tuple[UUID, UUID]:
        """Its slot and its registration, to be locked before it."""
        t = fair_interview.c
        row = (
            await self._session.execute(select(t.slot_id, t.registration_id).where(t.id == identity))
        ).one()
        return row.slot_id, row.registration_id

    async def lock(self, identity: UUID) -> Interview:
        (found,) = await self._locked(fair_interview.c.id == identity)
        return found

    async def open_of_registrations(self, ids: Sequence[UUID]) -> list[Interview]:
        """Still to come, or under way."""
        return await self._locked(fair_interview.c.registration_id.in_(ids), *_still_open())

    async def open_of_exhibitors(self, ids: Sequence[UUID]) -> list[Interview]:
        return await self._locked(fair_interview.c.exhibitor_id.in_(ids), *_still_open())

    async def open_of_fairs(self, ids: Sequence[UUID]) -> list[Interview]:
        of = select(fair_registration.c.id).where(fair_registration.c.fair_id.in_(ids))
        return await self._locked(fair_interview.c.registration_id.in_(of), *_still_open())

    async def _locked(self, *clauses: ColumnElement[bool]) -> list[Interview]:
        statement = select(*_INTERVIEW, func.platform.now()).where(*clauses).order_by(fair_interview.c.id)
        found = await self._session.execute(statement.with_for_update(key_share=True))
        return [Interview._make(row) for row in found]

    async def move(self, ids: Sequence[UUID], state: str, outcome: str = "none") -> None:
        t = fair_interview
        moved = {"state": state, "outcome": outcome, "row_version": t.c.row_version + 1}
        await self._session.execute(update(t).where(t.c.id.in_(ids)).values(moved))


def _still_open() -> tuple[ColumnElement[bool], ...]:
    t = fair_interview.c
    return t.state.in_(OPEN), t.ends_at > func.platform.now()
