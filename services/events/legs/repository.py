"""The statements of legs."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, select

from services.events.tables import capacity_pool, edition, leg
from services.kit.db.session import WriteSession
from services.kit.resource import Row


class Legs:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def years(self, editions: set[UUID]) -> dict[UUID, int]:
        found = await self._session.execute(
            select(edition.c.id, edition.c.fiscal_year).where(edition.c.id.in_(editions))
        )
        return {row.id: row.fiscal_year for row in found}

    async def known(self, rows: Sequence[Row]) -> dict[str, RowMapping]:
        """By code, as they stand, with their seats: locked, so that no two writers count on from the same."""
        wanted = (
            select(leg, capacity_pool.c.seats)
            .join_from(leg, capacity_pool, capacity_pool.c.id == leg.c.pool_id, isouter=True)
            .where(leg.c.code.in_({row["code"] for row in rows}))
            .order_by(leg.c.id)
            .with_for_update(of=leg)
        )
        return {row.code: row._mapping for row in await self._session.execute(wanted)}
