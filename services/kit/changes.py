"""The change feed over the outbox: nothing is skipped, however transactions overlap.

A row counts once every transaction that began before it has ended (its xid lies below the snapshot's xmin),
and rows come in the order (xid, id): so no row ever appears behind a cursor that a reader already holds.
"""

from collections.abc import Sequence
from typing import Any

from services.kit.db.session import ReadSession, Record

Place = tuple[str, int, int]

_EPOCH = "SELECT system_identifier::text AS epoch FROM pg_control_system()"
_OWN = "AND organisation_id = ANY ((SELECT directory.visible_organisations())::uuid[])"


async def epoch(session: ReadSession) -> str:
    """Which cluster counts these transactions: a database loaded into another one begins a new feed."""
    row = await session.row(_EPOCH)
    assert row is not None
    return str(row["epoch"])


async def after(session: ReadSession, schema: str, xid: int, identity: int, limit: int) -> Sequence[Record]:
    own = _OWN if session.scope.reach == "own" else ""
    return await session.fetch(
        f"SELECT id, xid::text AS xid, resource, resource_id, action, at, organisation_id FROM {schema}.outbox "
        f"WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) AND (xid, id) > ($1::text::xid8, $2::bigint) {own} "
        "ORDER BY xid, id LIMIT $3",
        str(xid),
        identity,
        limit,
    )


def shown(row: Record) -> dict[str, Any]:
    """Ids only: a reader fetches what its own scope shows."""
    return {
        "resource": row["resource"],
        "id": row["resource_id"],
        "action": row["action"],
        "at": row["at"],
        "organisation_id": row["organisation_id"],
    }
