"""The daily copy of the roster, by which an adviser who serves is walled off from the colleagues of the prefecture, and
loses the cases that they have of them.

It is taken of everybody alike, so that to take it tells of nobody.
"""

from collections.abc import AsyncIterable
from datetime import timedelta
from typing import Any

from services.jet.care.cases.repository import Cases
from services.jet.care.person_walls.service import leave
from services.jet.care.serving import repository
from services.jet.care.serving.client import roster
from services.jet.care.serving.settings import RosterSettings
from services.kit.db.session import Database
from services.kit.log import log
from services.kit.operations import worker_scope

# the days for which one copy serves, should the next be late
AHEAD = 3
TAKEN = ("participant_id", "jet_number", "organisation_code", "host_code", "starts_on", "ends_on")


class Emptied(Exception):
    """A roster of nobody, where there was somebody: rather an old copy than no walls."""


async def copy_roster(
    database: Database, settings: RosterSettings | None = None, transport: Any = None
) -> int:
    """How many rows the copy has now."""
    settings = settings or RosterSettings()
    if not (settings.door and settings.care_client):
        log.warning("roster_not_copied", reason="no client is set (KAKEHASHI_CARE_CLIENT)")
        return 0
    async with database.writing(worker_scope("care")) as session:
        today = await repository.today(session)
    days = [today + timedelta(days=number) for number in range(AHEAD + 1)]
    return await store(database, roster(settings, days, transport))


async def store(database: Database, told: AsyncIterable[dict[str, Any]]) -> int:
    """The old copy goes when the new one is there whole."""
    taken = {tuple(one[name] for name in TAKEN) async for one in told}
    rows = [dict(zip(TAKEN, one, strict=True)) for one in taken]
    async with database.writing(worker_scope("care")) as session:
        if not rows and await repository.holds(session):
            raise Emptied
        await repository.replace(session, rows)
        await leave(session, await Cases(session).parted())
    log.info("roster_copied", rows=len(rows))
    return len(rows)
