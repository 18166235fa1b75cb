"""What headcounts are checked against: the runs that they are of, and what has been reported of them."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from services.jet.headcounts.domain import Count
from services.jet.runs.domain import Schedule
from services.jet.training_tables import training_headcount, training_run
from services.kit.db.session import WriteSession


class Reported(NamedTuple):
    """A run, locked, so that two reports of it cannot cross; `counts` by unit and audience."""

    organiser_id: UUID | None
    schedule: Schedule
    counts: dict[tuple[str, str], Count]


async def reported(session: WriteSession, runs: Collection[UUID]) -> tuple[datetime, dict[UUID, Reported]]:
    """Business time, and what stands of each run."""
    r, h = training_run.c, training_headcount.c
    held = await session.execute(
        select(
            r.id, r.organiser_id, *(r[name] for name in Schedule._fields), func.platform.now().label("now")
        )
        .where(r.id.in_(runs))
        .order_by(r.id)
    )
    rows = held.all()
    found = {row.id: Reported(row.organiser_id, Schedule(*row[2:-1]), {}) for row in rows}
    stored = select(h.run_id, h.unit, h.audience, h.value, h.within).where(h.run_id.in_(found))
    for run, unit, *count in await session.execute(stored):
        found[run].counts[(unit, count[0])] = Count(*count)
    return rows[0].now, found
