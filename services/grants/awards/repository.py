"""The statements of awards."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Date, cast, func, insert, select, update

from services.grants.decision_tables import award
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
