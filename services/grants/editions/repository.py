"""What editions are checked against: their programmes, and the editions that have their codes."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from services.grants.tables import edition, programme
from services.kit.db.session import WriteSession
from services.kit.resource import Row


class Owner(NamedTuple):
    id: UUID
    section: str
    retired_on: date | None


async def programmes(session: WriteSession, ids: Collection[UUID]) -> dict[UUID, Owner]:
    """Which section each belongs to, and when it ended; they stay as they are until the transaction ends."""
    p = programme.c
    statement = select(p.id, p.section, p.retired_on).where(p.id.in_(ids)).order_by(p.id)
    return {row.id: Owner(*row) for row in await session.execute(statement.with_for_update(read=True))}


async def named(session: WriteSession, rows: Sequence[Row]) -> dict[str, tuple[UUID, int]]:
    """Programme and year of the editions that have the codes of these rows."""
    e = edition.c
    found = await session.execute(
        select(e.code, e.programme_id, e.fiscal_year).where(e.code.in_({row["code"] for row in rows}))
    )
    return {row.code: (row.programme_id, row.fiscal_year) for row in found}
