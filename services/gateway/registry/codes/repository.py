"""Finding organisations by the codes they have or had: each by an index, never by reading the table."""

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from uuid import UUID

from services.kit.db.session import ReadSession, Record

_DATA = Path(__file__).parents[1] / "data"
# By code or by 法人番号, each key in its own index.
_FOUND = """
WITH named AS (
    SELECT o.code AS matched, o.* FROM directory.organisation AS o WHERE o.code = ANY ($1::text[])
    UNION ALL
    SELECT o.corporate_number, o.* FROM directory.organisation AS o WHERE o.corporate_number = ANY ($1::text[])
)
SELECT o.matched, o.id, o.code, o.name, o.name_kana, o.name_en, o.kind, o.corporate_number, o.valid_from, o.valid_to,
       daterange(o.valid_from, o.valid_to, '[]') @> platform.today() AS in_force,
       host.code AS host_code, host.name AS host_name
FROM named AS o
LEFT JOIN directory.hierarchy AS h ON h.member_id = o.id AND h.effective @> platform.today()
LEFT JOIN directory.organisation AS host ON host.id = h.host_id
ORDER BY o.code
"""
# However many mergers lie between, each organisation once and the first hundred of each side: UNION ends also where
# somebody has entered a circle.
_KIN = """
WITH RECURSIVE kin AS (
    SELECT 'successors' AS side, s.predecessor_id AS root, s.successor_id AS id, s.kind, s.effective_on
    FROM directory.successor AS s WHERE s.predecessor_id = ANY ($1::uuid[])
    UNION ALL
    SELECT 'predecessors', s.successor_id, s.predecessor_id, s.kind, s.effective_on
    FROM directory.successor AS s WHERE s.successor_id = ANY ($1::uuid[])
), chain AS (
    SELECT side, root, id, kind, effective_on FROM kin
    UNION
    SELECT c.side, c.root, CASE c.side WHEN 'successors' THEN s.successor_id ELSE s.predecessor_id END,
           s.kind, s.effective_on
    FROM chain AS c JOIN directory.successor AS s
        ON (c.side = 'successors' AND s.predecessor_id = c.id) OR (c.side = 'predecessors' AND s.successor_id = c.id)
), once AS (
    SELECT DISTINCT ON (side, root, id) * FROM chain WHERE id <> root ORDER BY side, root, id, effective_on
), ranked AS (
    SELECT c.*, o.code, o.name, row_number() OVER (PARTITION BY c.side, c.root ORDER BY c.effective_on, o.code) AS place
    FROM once AS c JOIN directory.organisation AS o ON o.id = c.id
)
SELECT side, root, code, name, kind AS succession, effective_on FROM ranked WHERE place <= 100
ORDER BY effective_on, code
"""
_SOURCE = """
SELECT name AS code_list, version, source, source_on FROM directory.code_list WHERE name = $1 AND version = $2
"""


async def find(session: ReadSession, codes: Sequence[str]) -> Sequence[Record]:
    return await session.fetch(_FOUND, list(codes))


async def kin(session: ReadSession, organisations: Sequence[UUID]) -> Sequence[Record]:
    """Those that they came from and those that followed them, near and far, by date; no one is its own."""
    return await session.fetch(_KIN, list(organisations))


async def source(session: ReadSession, name: str, version: str) -> Record | None:
    """Where the codes of this version of a list were taken from, as the list itself says."""
    return await session.row(_SOURCE, name, version)


@cache
def shipped(name: str) -> tuple[str, frozenset[str]]:
    """The version of a list whose codes lie beside the registry, and the codes."""
    version = next(row["version"] for row in _rows("code_lists") if row["name"] == name)
    return version, frozenset(row["code"] for row in _rows(name))


def _rows(name: str) -> list[dict[str, str]]:
    with (_DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
