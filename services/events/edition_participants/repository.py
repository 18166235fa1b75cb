"""The legs that participants may have joined."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import select

from services.events.tables import leg
from services.kit.db.session import WriteSession


async def legs_of(session: WriteSession, editions: set[UUID]) -> dict[UUID, set[int]]:
    """Their numbers, by edition."""
    found: dict[UUID, set[int]] = defaultdict(set)
    wanted = select(leg.c.edition_id, leg.c.number).where(leg.c.edition_id.in_(editions))
    for row in await session.execute(wanted):
        found[row.edition_id].add(row.number)
    return found
