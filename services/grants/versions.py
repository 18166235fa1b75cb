"""Versions of a document that an edition has: drafted, and frozen by a person. Rules have them, and forms."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Case, Table, case, func, select, update

from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.resource import Change
from services.kit.transitions import Machine

STATES = ("draft", "frozen")


def state(table: Table) -> Case[Any]:
    return case((table.c.frozen_at.is_not(None), "frozen"), else_="draft")


async def frozen(
    session: WriteSession, table: Table, ids: Collection[UUID], *names: str
) -> dict[UUID, tuple[Any, ...]]:
    """Those that are, with what these columns hold."""
    columns = (table.c[name] for name in names)
    found = await session.execute(
        select(table.c.id, *columns).where(table.c.id.in_(ids), table.c.frozen_at.is_not(None))
    )
    return {identity: tuple(values) for identity, *values in found}


async def freeze(session: WriteSession, table: Table, plural: str, machine: Machine, identity: UUID) -> None:
    person = session.scope.human
    this = table.c.id == identity
    before = (await session.scalars(select(state(table)).where(this).with_for_update(of=table))).one()
    step = machine.take("freeze", before)
    sets = {"frozen_at": func.platform.now(), "frozen_by": person, "row_version": table.c.row_version + 1}
    await session.execute(update(table).where(this).values(sets))
    await audit.entry(session, "grants", "freeze", plural, identity, states=(before, step.after))
    await audit.publish(session, "grants", plural, [Change(0, "UPDATE", identity, None, None)])
