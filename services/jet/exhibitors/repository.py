"""When fairs open, and which days they have."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from services.jet.career_tables import career_fair, career_fair_day
from services.kit.db.session import WriteSession


class Fair(NamedTuple):
    """`opens_at`: of its first day; None where it has none yet."""

    numbers: list[int]
    opens_at: datetime | None
    now: datetime


async def fairs(session: WriteSession, ids: Iterable[UUID]) -> dict[UUID, Fair]:
    f, d = career_fair.c, career_fair_day.c
    numbers = func.array_remove(func.array_agg(d.number), None)
    found = await session.execute(
        select(f.id, numbers, func.min(d.opens_at), func.platform.now())
        .join_from(career_fair, career_fair_day, d.fair_id == f.id, isouter=True)
        .where(f.id.in_(set(ids)))
        .group_by(f.id)
    )
    return {row[0]: Fair._make(row[1:]) for row in found}
