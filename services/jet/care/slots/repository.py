"""The statements of slots."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, insert, select, update

from services.jet.care.slots.tables import slot, slot_hold
from services.kit.db.session import WriteSession


class Slot(NamedTuple):
    id: UUID
    counsellor_id: UUID
    organisation_id: UUID
    starts_at: datetime
    ends_at: datetime
    taken: bool
    now: datetime


HELD = exists().where(slot_hold.c.slot_id == slot.c.id)


class Slots:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def now(self) -> datetime:
        found: datetime = (await self._session.execute(select(func.platform.now()))).scalar_one()
        return found

    async def find(self, identity: UUID) -> Slot | None:
        """None where the caller does not see it."""
        s = slot.c
        statement = select(
            s.id, s.counsellor_id, s.organisation_id, s.starts_at, s.ends_at, HELD, func.platform.now()
        ).where(s.id == identity)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else Slot._make(row)

    async def keep(self, made: dict[str, Any]) -> None:
        await self._session.execute(insert(slot).values(made))

    async def withdraw(self, identity: UUID) -> None:
        moved = {"withdrawn": True, "row_version": slot.c.row_version + 1}
        await self._session.execute(update(slot).where(slot.c.id == identity).values(moved))
