"""What rows take over from the edition that they are of."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from services.grants.tables import edition
from services.kit.db.session import WriteSession
from services.kit.resource import Row


class Edition(NamedTuple):
    id: UUID
    programme_id: UUID
    section: str
    fiscal_year: int


async def take_over(session: WriteSession, rows: Sequence[Row]) -> None:
    """Programme, section and year of each row's edition."""
    e = edition.c
    found = await session.execute(
        select(e.id, e.programme_id, e.section, e.fiscal_year).where(
            e.id.in_({row["edition_id"] for row in rows})
        )
    )
    of = {one.id: Edition(*one) for one in found}
    for row in rows:
        _, row["programme_id"], row["section"], row["fiscal_year"] = of[row["edition_id"]]
