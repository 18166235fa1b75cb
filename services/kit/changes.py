"""The change feed over the outbox: nothing is skipped, however transactions overlap.

A row counts once every transaction that began before it has ended (its xid lies below the snapshot's xmin),
and rows come in the order (xid, id): so no row ever appears behind a cursor that a reader already holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.kit.auth.scope import Reach, Scope
from services.kit.db.session import ReadSession, Record
from services.kit.resource import Resource

Place = tuple[str, int, int]

_EPOCH = "SELECT system_identifier::text AS epoch FROM pg_control_system()"
_OWN = "organisation_id = ANY ((SELECT directory.visible_organisations())::uuid[])"


async def epoch(session: ReadSession) -> str:
    """Which cluster counts these transactions: a database loaded into another one begins a new feed."""
    row = await session.row(_EPOCH)
    assert row is not None
    return str(row["epoch"])


def reaches(scope: Scope, resources: Iterable[Resource]) -> dict[str, Reach]:
    """The resources whose lists this caller may read, and how far: the feed tells of no others."""
    principal = scope.principal
    made: dict[str, Reach] = {}
    for resource in resources:
        rule = resource.access.get("list")
        reach = rule.roles.get(principal.role) if rule and rule.scope in principal.scopes else None
        if reach in ("all", "own"):
            made[resource.plural] = "own" if scope.reach == "own" else reach
    return made


async def after(
    session: ReadSession, schema: str, reached: Mapping[str, Reach], xid: int, identity: int, limit: int
) -> Sequence[Record]:
    return await session.fetch(
        f"SELECT id, xid::text AS xid, resource, resource_id, action, at, organisation_id FROM {schema}.outbox "
        "WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) AND (xid, id) > ($1::text::xid8, $2::bigint) "
        f"AND (resource = ANY ($4::text[]) OR resource = ANY ($5::text[]) AND {_OWN}) "
        "ORDER BY xid, id LIMIT $3",
        str(xid),
        identity,
        limit,
        *([name for name, reach in reached.items() if reach == wanted] for wanted in ("all", "own")),
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
