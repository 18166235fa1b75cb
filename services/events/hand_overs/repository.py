"""The statements of hand-overs."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, insert, select, update

from services.events.hand_overs.matters import LIVE, NUMBER
from services.events.log_tables import hand_over, hand_over_matter
from services.kit.db.session import WriteSession


class Held(NamedTuple):
    """A hand-over, locked."""

    id: UUID
    state: str
    leaving_id: UUID
    successor_id: UUID | None
    now: datetime


async def lock(session: WriteSession, identity: UUID) -> Held:
    h = hand_over.c
    asked = select(h.id, h.state, h.leaving_id, h.successor_id, func.platform.now()).where(h.id == identity)
    return Held(*(await session.execute(asked.with_for_update())).one())


async def step(session: WriteSession, of: Held, state: str, **sets: object) -> None:
    h = hand_over.c
    await session.execute(
        update(hand_over).where(h.id == of.id).values(state=state, row_version=h.row_version + 1, **sets)
    )


async def keep(session: WriteSession, of: Held) -> int:
    """Of a draft that is signed: what is open, as it stands now."""
    names = ("hand_over_id", "office", "number", "kind", "reference", "title", "due_on")
    one, h = LIVE.c, hand_over.c
    told = (
        select(one.hand_over_id, h.office, NUMBER, one.kind, one.reference, one.title, one.due_on)
        .join_from(LIVE, hand_over, h.id == one.hand_over_id)
        .where(h.id == of.id)
    )
    kept = await session.execute(
        insert(hand_over_matter).from_select(names, told).returning(hand_over_matter.c.id)
    )
    return len(kept.all())


async def unticked(session: WriteSession, identity: UUID) -> int:
    m = hand_over_matter.c
    asked = select(func.count()).where(m.hand_over_id == identity, m.ticked_at.is_(None))
    return int((await session.execute(asked)).scalar_one())


async def tick(session: WriteSession, matter: UUID, at: datetime | None) -> None:
    m = hand_over_matter.c
    await session.execute(
        update(hand_over_matter).where(m.id == matter).values(ticked_at=at, row_version=m.row_version + 1)
    )


async def untick_all(session: WriteSession, identity: UUID) -> list[UUID]:
    m = hand_over_matter.c
    ticked = update(hand_over_matter).where(m.hand_over_id == identity, m.ticked_at.is_not(None))
    undone = await session.execute(
        ticked.values(ticked_at=None, row_version=m.row_version + 1).returning(m.id)
    )
    return list(undone.scalars())
