"""The statements of consolidations."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update

from services.jet.tables import placement_consolidation
from services.kit.db.session import WriteSession


class Consolidations:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def keep(self, act: dict[str, Any]) -> None:
        await self._session.execute(insert(placement_consolidation).values(act))

    async def lock(self, identity: UUID) -> tuple[str, UUID]:
        """State and host authority, which stay as they are until the transaction ends."""
        c = placement_consolidation.c
        found = await self._session.execute(
            select(c.state, c.organisation_id).where(c.id == identity).with_for_update()
        )
        row = found.one()
        return row.state, row.organisation_id

    async def move(self, identity: UUID, state: str) -> None:
        t = placement_consolidation
        moved = {"state": state, "approved_at": func.platform.now(), "row_version": t.c.row_version + 1}
        await self._session.execute(update(t).where(t.c.id == identity).values(moved))
