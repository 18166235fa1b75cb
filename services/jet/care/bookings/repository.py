"""The statements of bookings. Whoever books locks the case first; the slot is decided by its hold."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, insert, select, update

from services.jet.care.slots.tables import booking, slot
from services.jet.care.tables import care_case
from services.kit.db.session import ReadSession, Record, WriteSession
from services.kit.ids import PersonId

_APPOINTMENTS = """
SELECT b.id, b.row_version, b.starts_at, b.ends_at, b.participant_zone, b.changed_at, b.state = 'cancelled' AS cancelled
FROM care.booking AS b JOIN care.care_case AS c ON c.id = b.case_id
WHERE c.person_id = $1 ORDER BY b.starts_at, b.id
"""


class Booking(NamedTuple):
    id: UUID
    case_id: UUID
    counsellor_id: UUID
    state: str
    starts_at: datetime
    now: datetime


_FIELDS = tuple(booking.c[name] for name in Booking._fields[:-1])


class Bookings:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def counsellor_of(self, case: UUID) -> UUID | None:
        """Whose the case is to counsel, which does not change until the transaction ends."""
        statement = (
            select(care_case.c.counsellor_id).where(care_case.c.id == case).with_for_update(key_share=True)
        )
        return (await self._session.execute(statement)).scalar_one_or_none()

    async def give(self, case: UUID, counsellor: UUID, organisation: UUID) -> None:
        """A case that has no counsellor yet gets one."""
        moved = {
            "counsellor_id": counsellor, "organisation_id": organisation, "row_version": care_case.c.row_version + 1,
        }  # fmt: skip
        await self._session.execute(update(care_case).where(care_case.c.id == case).values(moved))

    async def keep(self, made: dict[str, Any]) -> None:
        await self._session.execute(insert(booking).values(made))

    async def lock(self, identity: UUID) -> Booking:
        (found,) = await self._locked(booking.c.id == identity)
        return found

    async def to_come(self, case: UUID) -> list[Booking]:
        still = booking.c.starts_at > func.platform.now()
        return await self._locked(booking.c.case_id == case, booking.c.state == "booked", still)

    async def channel(self, identity: UUID) -> str:
        asked = (
            select(slot.c.channel)
            .join_from(booking, slot, slot.c.id == booking.c.slot_id)
            .where(booking.c.id == identity)
        )
        found: str = (await self._session.execute(asked)).scalar_one()
        return found

    async def _locked(self, *clauses: Any) -> list[Booking]:
        statement = select(*_FIELDS, func.platform.now()).where(*clauses).order_by(booking.c.id)
        found = await self._session.execute(statement.with_for_update(key_share=True))
        return [Booking._make(row) for row in found]

    async def move(self, identity: UUID, state: str, cancelled_by: str | None) -> None:
        t = booking
        moved = {
            "state": state, "cancelled_by": cancelled_by, "changed_at": func.platform.now(),
            "row_version": t.c.row_version + 1,
        }  # fmt: skip
        await self._session.execute(update(t).where(t.c.id == identity).values(moved))


async def appointments(session: ReadSession, person: PersonId | None) -> list[Record]:
    return list(await session.fetch(_APPOINTMENTS, person))
