"""The one path on which participations change state: guarded by the table, audited in the same transaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update

from services.jet.participants.domain import PARTICIPATION
from services.jet.tables import participation
from services.kit import audit
from services.kit.db.session import WriteSession

SINGLE = 20


async def advance(session: WriteSession, action: str, participants: Sequence[Any]) -> None:
    """Take the latest participation of each person one step; those that the step does not fit stay.

    A handful is audited person by person; a file's rows are in the audit row of the file.
    """
    step = PARTICIPATION.transition(action)
    latest = (
        select(participation.c.participant_id, func.max(participation.c.programme_year).label("year"))
        .where(participation.c.participant_id.in_(participants))
        .group_by(participation.c.participant_id)
        .subquery()
    )
    before = participation.alias("before")
    moved = await session.execute(
        update(participation)
        .where(
            participation.c.participant_id == latest.c.participant_id,
            participation.c.programme_year == latest.c.year,
            participation.c.id == before.c.id,
            participation.c.state.in_(step.before),
            participation.c.state != step.after,
        )
        .values(state=step.after)
        .returning(participation.c.participant_id, before.c.state)
    )
    rows = moved.all()
    for row in rows if len(rows) <= SINGLE else ():
        await audit.entry(
            session, "jet", action, "participations", row.participant_id, states=(row.state, step.after)
        )
