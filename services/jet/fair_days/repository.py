"""The days that rows name, with their pools of seats."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from services.jet.career_tables import career_fair_day
from services.jet.tables import capacity_pool
from services.kit.db.merge import identities
from services.kit.db.session import WriteSession
from services.kit.resource import Row


class Held(NamedTuple):
    id: UUID
    pool_id: UUID
    seats: int | None


async def held(session: WriteSession, rows: Sequence[Row], key: Sequence[str]) -> dict[int, Held]:
    """By row; a row that makes a new day has none."""
    ids = await identities(session, career_fair_day, rows, key)
    d, p = career_fair_day.c, capacity_pool.c
    statement = select(d.id, d.pool_id, p.seats).join_from(career_fair_day, capacity_pool, p.id == d.pool_id)
    found: dict[Any, Held] = {
        row.id: Held(*row) for row in await session.execute(statement.where(d.id.in_(set(ids.values()))))
    }
    return {number: found[identity] for number, identity in ids.items()}
