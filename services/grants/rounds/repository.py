"""The statements of rounds: the state by the clock, what is stored of those that rows name, and what commands do."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import DateTime, Table, and_, case, cast, func, or_, select, text

from services.grants.ledger.tables import budget_line
from services.grants.tables import form_version, grant_round, rule_version
from services.kit.db.session import Record, WriteSession
from services.kit.resource import Row

_NOW: Any = cast(select(func.platform.now()).scalar_subquery(), DateTime(timezone=True))
_R = grant_round.c
# `domain.state`, on the database's clock
STATE = case(
    (_R.cancelled_at.is_not(None), "cancelled"),
    (_R.announced_at.is_(None), "draft"),
    (and_(_R.decided_at.is_not(None), _R.publish_at > _NOW), "decided"),
    (_R.decided_at.is_not(None), "published"),
    (_R.opens_at > _NOW, "announced"),
    (_R.closes_at > _NOW, "open"),
    else_="closed",
)
# announced or open: what somebody can still apply for
COMING = and_(_R.announced_at.is_not(None), _R.cancelled_at.is_(None), _R.closes_at > _NOW)
# what an announcement fixes
ANNOUNCED = (
    "edition_id", "rule_version_id", "form_version_id", "parent_id", "number", "opens_at", "closes_at", "projects_from", "projects_to",
    "budget_conditional", "work_from_decision",
)  # fmt: skip


async def stored(session: WriteSession, rows: Sequence[Row]) -> dict[str, Record]:
    """The rounds that rows name by their code, locked; with `stays`, whether they change no more."""
    stays = func.coalesce(_R.announced_at, _R.cancelled_at).is_not(None).label("stays")
    apart = (
        _R.publish_at,
        _R.cancelled_at,
        _R.announced_at,
        _R.budget_line_id,
        _R.decided_at,
        _NOW.label("now"),
    )
    found = await session.execute(
        select(_R.code, stays, *(_R[name] for name in ANNOUNCED), *apart)
        .where(_R.code.in_([row["code"] for row in rows]))
        .order_by(_R.id)
        .with_for_update(of=grant_round)
    )
    return {row.code: dict(row._mapping) for row in found}


async def editions_of(session: WriteSession, table: Table, ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Which edition each version of rules, or of forms, belongs to."""
    found = await session.execute(select(table.c.id, table.c.edition_id).where(table.c.id.in_(ids)))
    return {row.id: row.edition_id for row in found}


async def lines(session: WriteSession, ids: Collection[UUID]) -> dict[UUID, tuple[str, int]]:
    """Section and year of budget lines."""
    b = budget_line.c
    found = await session.execute(select(b.id, b.section, b.fiscal_year).where(b.id.in_(ids)))
    return {row.id: (row.section, row.fiscal_year) for row in found}


async def parents(session: WriteSession, ids: Collection[UUID]) -> dict[UUID, tuple[UUID, int]]:
    """Edition and number of the rounds that others follow."""
    found = await session.execute(select(_R.id, _R.edition_id, _R.number).where(_R.id.in_(ids)))
    return {row.id: (row.edition_id, row.number) for row in found}


class Held(NamedTuple):
    """A round as it stands, locked until the transaction ends."""

    state: str
    opens_at: datetime
    closes_at: datetime
    publish_at: datetime | None
    rules_frozen: bool
    form_drafted: bool
    budgeted: bool
    now: datetime


async def lock(session: WriteSession, identity: UUID) -> Held:
    frozen = and_(rule_version.c.id == _R.rule_version_id, rule_version.c.frozen_at.is_not(None))
    drafted = and_(form_version.c.id == _R.form_version_id, form_version.c.frozen_at.is_(None))
    found = await session.execute(
        select(
            STATE, _R.opens_at, _R.closes_at, _R.publish_at, select(rule_version.c.id).where(frozen).exists(),
            select(form_version.c.id).where(drafted).exists(),
            or_(_R.budget_conditional, _R.budget_line_id.is_not(None)), _NOW.label("now"),
        )
        .where(_R.id == identity)
        .with_for_update(of=grant_round)
    )  # fmt: skip
    return Held(*found.one())


async def announce(session: WriteSession, identity: UUID) -> None:
    await _set(session, identity, "announced_at = platform.now()")


async def give_form(session: WriteSession, identity: UUID, version: UUID) -> None:
    await _set(session, identity, "form_version_id = :version", version=version)


async def cancel(session: WriteSession, identity: UUID, reason: str) -> None:
    await _set(session, identity, "cancelled_at = platform.now(), cancelled_reason = :reason", reason=reason)


async def extend(
    session: WriteSession, identity: UUID, held: Held, closes_at: datetime, reason: str, person: UUID
) -> UUID:
    """The id of the extension."""
    await _set(session, identity, "closes_at = :closes_at", closes_at=closes_at)
    made = await session.execute(
        text(
            "INSERT INTO grants.round_extension (round_id, closed_at, closes_at, reason, extended_by) "
            "VALUES (:id, :closed_at, :closes_at, :reason, :person) RETURNING id"
        ),
        {
            "id": identity, "closed_at": held.closes_at, "closes_at": closes_at, "reason": reason, "person": person,
        },
    )  # fmt: skip
    found: UUID = made.scalar_one()
    return found


async def _set(session: WriteSession, identity: UUID, sets: str, **values: object) -> None:
    await session.execute(
        text(f"UPDATE grants.round SET {sets}, row_version = row_version + 1 WHERE id = :id"),
        {"id": identity, **values},
    )
