"""The days of the missions that stops are of."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from services.events.tables import mission
from services.kit.db.session import WriteSession


async def days_of(session: WriteSession, missions: set[UUID]) -> dict[UUID, tuple[date, date]]:
    """Held as they are until the stops are stored: the stops copy them."""
    wanted = (
        select(mission.c.id, mission.c.starts_on, mission.c.ends_on)
        .where(mission.c.id.in_(missions))
        .order_by(mission.c.id)
        .with_for_update(read=True, key_share=True)
    )
    return {row.id: (row.starts_on, row.ends_on) for row in await session.execute(wanted)}
