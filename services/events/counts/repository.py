"""What counts are checked against: the records that they are of, and what has been counted of these."""

from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_, select

from services.events.counts.domain import Count, Level
from services.events.counts.tables import attendance_count
from services.events.tables import edition, leg
from services.kit.db.session import WriteSession
from services.kit.resource import Row


class Counted(NamedTuple):
    """An edition, and whether a leg of it is meant."""

    edition_id: UUID
    counted_at: Level


async def editions(session: WriteSession, rows: Sequence[Row]) -> dict[UUID, Counted]:
    """By the id of a leg or an edition that rows name."""
    e, t = edition.c, leg.c
    of_legs = (
        select(t.id, e.id, e.counted_at)
        .join_from(leg, edition, e.id == t.edition_id)
        .where(t.id.in_({row["leg_id"] for row in rows if row["leg_id"] is not None}))
    )
    themselves = select(e.id, e.id, e.counted_at).where(
        e.id.in_({row["edition_id"] for row in rows if row["edition_id"] is not None})
    )
    found: dict[UUID, Counted] = {}
    for statement in (of_legs, themselves):
        for identity, *of in await session.execute(statement):
            found[identity] = Counted(*of)
    return found


async def counts(
    session: WriteSession, records: Collection[UUID], codes: Collection[str]
) -> dict[UUID, dict[str, Count]]:
    """What stands of each record, by code, and what has one of the codes elsewhere: locked, so that two files of a record
    cannot cross."""
    c = attendance_count.c
    named = (c.within_code if name == "within" else c[name] for name in Count._fields)
    wanted = (
        select(c.record_id, *named)
        .where(or_(c.record_id.in_(records), c.code.in_(codes)))
        .order_by(c.id)
        .with_for_update()
    )
    found: dict[UUID, dict[str, Count]] = {record: {} for record in records}
    for record, *values in await session.execute(wanted):
        found.setdefault(record, {})[values[0]] = Count(*values)
    return found
