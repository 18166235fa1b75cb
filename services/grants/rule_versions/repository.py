"""The statements of versions of rules: which are frozen, and the freezing."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import case, select, text

from services.grants.tables import rule_version
from services.kit.db.session import WriteSession

STATE = case((rule_version.c.frozen_at.is_not(None), "frozen"), else_="draft")


async def frozen(session: WriteSession, ids: Collection[UUID]) -> dict[UUID, tuple[Any, bool]]:
    """Those that are, with their rules and whether these are a sample."""
    v = rule_version.c
    found = await session.execute(
        select(v.id, v.rules, v.sample).where(v.id.in_(ids), v.frozen_at.is_not(None))
    )
    return {row.id: (row.rules, row.sample) for row in found}


async def lock(session: WriteSession, identity: UUID) -> str:
    found = await session.execute(
        select(STATE).where(rule_version.c.id == identity).with_for_update(of=rule_version)
    )
    return str(found.scalar_one())


async def freeze(session: WriteSession, identity: UUID, person: UUID) -> None:
    await session.execute(
        text(
            "UPDATE grants.rule_version SET frozen_at = platform.now(), frozen_by = :person, "
            "row_version = row_version + 1 WHERE id = :id"
        ),
        {"id": identity, "person": person},
    )
