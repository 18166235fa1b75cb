"""The statements of the register."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from services.events.certificates.tables import certificate, certificate_holder
from services.events.tables import edition, event
from services.kit.db.session import WriteSession
from services.kit.resource import Row


async def take_over(session: WriteSession, rows: Sequence[Row]) -> None:
    """Event and office of each row's edition."""
    e = edition.c
    wanted = select(e.id, e.event_id, e.office).where(e.id.in_({row["edition_id"] for row in rows}))
    of = {row.id: row for row in await session.execute(wanted)}
    for row in rows:
        _, row["event_id"], row["office"] = of[row["edition_id"]]


async def lock(session: WriteSession, events: set[UUID]) -> None:
    """Whoever draws numbers of an event waits here for whoever does so before."""
    held = select(event.c.id).where(event.c.id.in_(events)).order_by(event.c.id)
    await session.execute(held.with_for_update(key_share=True))


async def last(session: WriteSession, events: set[UUID]) -> dict[UUID, int]:
    """The highest number of each event."""
    c = certificate.c
    found = await session.execute(
        select(c.event_id, func.max(c.number)).where(c.event_id.in_(events)).group_by(c.event_id)
    )
    return {row[0]: row[1] for row in found}


async def numbers(session: WriteSession, rows: Sequence[Row]) -> dict[tuple[UUID, str, date], int]:
    """Of holders of these editions, by edition, name and day."""
    c, h = certificate.c, certificate_holder.c
    found = await session.execute(
        select(c.edition_id, h.holder_name, c.certified_on, c.number)
        .join_from(certificate, certificate_holder, h.certificate_id == c.id)
        .where(c.edition_id.in_({row["edition_id"] for row in rows}))
    )
    return {(row[0], row[1], row[2]): row[3] for row in found}
