"""Instants told anew where the rules of zones have changed: a fair at ten begins at ten, whatever its law made of the hour.

A wall time that the new rules do not show, or show twice, is left with its old instant and marked for a decision.
"""

from typing import Any

from sqlalchemy import or_, select, update

from services.events.legs.domain import instants
from services.events.tables import leg
from services.kit import audit
from services.kit.db.session import Database, WriteSession
from services.kit.operations import worker_scope
from services.kit.resource import Change
from services.kit.wall_time import RELEASE


async def tell_anew(database: Database) -> None:
    async with database.writing(worker_scope("events")) as session:
        other = or_(leg.c.zone_release != RELEASE, leg.c.zone_problem.is_not(None))
        wanted = (
            select(leg).where(leg.c.zone_release.is_not(None), other).order_by(leg.c.id).with_for_update()
        )
        for row in (await session.execute(wanted)).mappings().all():
            await _tell(session, row)


async def _tell(session: WriteSession, row: Any) -> None:
    told = instants(
        row["time_zone"], row["starts_on"], row["opens_at"], row["ends_on"], row["closes_at"], row["repeated_hour"]
    )  # fmt: skip
    if isinstance(told, list):
        await _store(session, row, zone_problem=told[0][1].code)
        return
    starts, ends = told
    moved = (starts, ends) != (row["starts_at"], row["ends_at"])
    await _store(
        session, row, starts_at=starts, ends_at=ends, zone_release=RELEASE, zone_problem=None,
        sequence=row["sequence"] + moved,
    )  # fmt: skip


async def _store(session: WriteSession, row: Any, **values: Any) -> None:
    changed = {name: value for name, value in values.items() if value != row[name]}
    if not changed:
        return
    counted = changed | {"row_version": leg.c.row_version + 1}
    await session.execute(update(leg).where(leg.c.id == row["id"]).values(counted))
    before = {name: row[name] for name in changed}
    await audit.entry(session, "events", "tell_anew", "legs", row["id"], before=before, after=changed)
    await audit.publish(session, "events", "legs", [Change(0, "UPDATE", row["id"], None, None)])
