"""The statements of the Board's cut: who has what reserved on a line, by rank, and what becomes of the entries."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from services.grants.caps import Bid, bid_of
from services.grants.rules import Rules
from services.kit.db.session import WriteSession

# Of all rounds on the line; of two with the same rank the earlier arrival is first.
_RESERVED = """
SELECT h.holder_id, h.reserved_yen, a.rank, a.joint, a.organisation_id, o.kind, r.edition_id, v.rules,
    r.decided_at IS NOT NULL AND r.publish_at <= platform.now() AS published,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(m.id, m.kind)), '[]') FROM directory.organisation AS m
        WHERE m.id = ANY (a.member_ids)) AS members
FROM grants.budget_holding AS h JOIN grants.application AS a ON a.id = h.holder_id
    JOIN directory.organisation AS o ON o.id = a.organisation_id
    JOIN grants.round AS r ON r.id = a.round_id JOIN grants.rule_version AS v ON v.id = r.rule_version_id
WHERE h.line_id = :line AND h.reserved_yen > 0
ORDER BY a.rank NULLS LAST,
    (SELECT min(s.arrived_at) FROM grants.submission AS s WHERE s.application_id = a.id), a.id
"""


class Holder(NamedTuple):
    """An application with what it has reserved. `published`: its applicant knows."""

    bid: Bid
    yen: int
    rank: int | None
    edition: UUID
    rules: Rules
    published: bool


async def reserved(session: WriteSession, line: UUID) -> list[Holder]:
    found = await session.execute(text(_RESERVED), {"line": line})
    return [
        Holder(
            bid_of(row.holder_id, row.organisation_id, row.kind, row.members, joint=row.joint),
            row.reserved_yen, row.rank, row.edition_id, Rules.model_validate(row.rules), row.published,
        )
        for row in found
    ]  # fmt: skip
