"""The statements of awards."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Date, cast, func, insert, select, text, update

from services.grants.decision_tables import award
from services.kit.db.query import array
from services.kit.db.session import WriteSession

_W = award.c
TODAY: Any = cast(select(func.platform.today()).scalar_subquery(), Date)


class Held(NamedTuple):
    """An award as it stands, locked until the transaction ends."""

    id: UUID
    application: UUID
    state: str
    withdrawable_until: date
    today: date


async def lock(session: WriteSession, identity: UUID) -> Held:
    asked = select(_W.id, _W.application_id, _W.state, _W.withdrawable_until, TODAY)
    return Held(*(await session.execute(asked.where(_W.id == identity).with_for_update())).one())


async def keep(session: WriteSession, made: dict[str, Any]) -> None:
    await session.execute(insert(award).values(made))


async def end(session: WriteSession, identity: UUID, state: str, at: datetime, reason: str) -> None:
    sets = {"state": state, "ended_at": at, "ended_reason": reason, "row_version": _W.row_version + 1}
    await session.execute(update(award).where(_W.id == identity).values(sets))


# by arrival, as the letters of the selection
_AWARDS = """
SELECT a.id, a.joint, a.budget, w.amount_yen, w.trace, w.withdrawable_until, r.projects_from, r.projects_to, r.fiscal_year,
    e.reason
FROM grants.award AS w JOIN grants.application AS a ON a.id = w.application_id JOIN grants.round AS r ON r.id = a.round_id
    JOIN grants.selection_entry AS e ON e.application_id = a.id
WHERE a.id = ANY ((SELECT CAST(CAST(:ids AS text) AS uuid[]))::uuid[])
ORDER BY (SELECT min(s.arrived_at) FROM grants.submission AS s WHERE s.application_id = a.id), a.id
"""


class Granted(NamedTuple):
    application: UUID
    joint: bool
    budget: dict[str, object]
    yen: int
    trace: list[dict[str, object]]
    withdrawable_until: date
    projects_from: date
    projects_to: date
    fiscal_year: int
    reason: str | None


async def granted(session: WriteSession, applications: Sequence[UUID]) -> list[Granted]:
    """What the decision notices say."""
    found = await session.execute(text(_AWARDS), {"ids": array(applications)})
    return [Granted(*row) for row in found]
