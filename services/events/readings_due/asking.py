"""What the worker does each day: who owes a reading is asked for it once it is due, and once more after a week.

The service knows the office that owes it, and no addresses of persons: it is told by the feed and by the list.
"""

from datetime import date, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import insert

from services.events.publication_tables import reading_request
from services.events.readings_due.lines import unread
from services.events.readings_due.resource import due_id
from services.kit import audit, temporal
from services.kit.db.session import Database
from services.kit.operations import worker_scope
from services.kit.resource import Change

AGAIN = timedelta(days=7)


def round_of(asked_on: date | None, rounds: int, today: date) -> int | None:
    """Which request is to be made now, if one is: mirrored by the constraint reading_request_round."""
    if asked_on is None:
        return 1
    return 2 if rounds == 1 and asked_on + AGAIN <= today else None


async def ask(database: Database) -> None:
    missing, q = unread().subquery("missing").c, reading_request.c
    mine = and_(q.metric_id == missing.metric_id, q.due_on == missing.due_on)
    wanted = (
        select(
            missing.metric_id, missing.due_on, due_id(missing.metric_id, missing.due_on).label("id"),
            func.max(q.asked_on).label("asked_on"), func.count(q.round).label("rounds"), temporal.TODAY.label("today"),
        )
        .select_from(missing.metric_id.table)
        .join(reading_request, mine, isouter=True)
        .group_by(missing.metric_id, missing.due_on)
    )  # fmt: skip
    async with database.writing(worker_scope("events")) as session:
        for one in (await session.execute(wanted)).all():
            number = round_of(one.asked_on, one.rounds, one.today)
            if number is None:
                continue
            made = {
                "metric_id": one.metric_id,
                "due_on": one.due_on,
                "round": number,
                "asked_on": one.today,
            }
            # another worker may have asked in the meantime
            asked = await session.execute(
                insert(reading_request).values(made).on_conflict_do_nothing().returning(q.round)
            )
            if asked.first() is None:
                continue
            action = "INSERT" if number == 1 else "UPDATE"
            await audit.publish(
                session, "events", "readings-due", [Change(0, action, one.id, None, None, None)]
            )
            await audit.entry(session, "events", "ask", "readings-due", one.id, after=made)
