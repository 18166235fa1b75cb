"""The statements of the ledger: what is locked, and what is posted."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import pydantic_core
from sqlalchemy import func, select, text, update

from services.grants.ledger.domain import Account, Balance, Cap, CapKey, Holding, Kind
from services.grants.ledger.tables import budget_balance, budget_holding, budget_line
from services.kit.db.session import WriteSession
from services.kit.errors import ABSENT
from services.kit.ids import uuid7

# A posting and its two entries are one statement, of each of several as well.
_POST = """
WITH given AS (
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id uuid, line_id uuid, kind text, holder_id uuid,
        other_line_id uuid, reason text, debit text, credit text, yen bigint)
), posted AS (
    INSERT INTO grants.ledger_posting (id, line_id, kind, holder_id, other_line_id, reason)
    SELECT id, line_id, kind, holder_id, other_line_id, reason FROM given
)
INSERT INTO grants.ledger_entry (posting_id, line_id, account, amount_yen)
SELECT id, line_id, debit, -yen FROM given UNION ALL SELECT id, line_id, credit, yen FROM given
"""
# One statement makes the rows that are missing and locks them all, always in the order of their keys: of two who take
# from the same caps one waits before it holds any that the other wants. A limit that was lowered below what is taken
# takes nothing back.
_LOCK_CAPS = """
INSERT INTO grants.budget_cap AS c (edition_id, section, kind, holder_id, limit_yen)
SELECT r.edition_id, e.section, r.kind, r.holder_id, r.limit_yen FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r(edition_id uuid, kind text, holder_id uuid, limit_yen bigint) JOIN grants.edition AS e ON e.id = r.edition_id
ORDER BY 1, 3, 4
ON CONFLICT (edition_id, kind, holder_id)
    DO UPDATE SET limit_yen = greatest(excluded.limit_yen, c.taken_yen), row_version = c.row_version + 1
RETURNING c.edition_id, c.kind, c.holder_id, c.limit_yen, c.taken_yen
"""
_TAKE = """
UPDATE grants.budget_cap SET taken_yen = taken_yen + :yen, row_version = row_version + 1
WHERE edition_id = :edition AND kind = :kind AND holder_id = :holder RETURNING id
"""


class Posting(NamedTuple):
    """`yen` goes from `debit` to `credit`."""

    line: UUID
    kind: Kind
    debit: Account
    credit: Account
    yen: int
    holder: UUID | None = None
    other_line: UUID | None = None
    reason: str | None = None


class Books:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def lock(self, lines: Iterable[UUID]) -> dict[UUID, Balance]:
        """The lines in the order of their ids, until the transaction ends; then how they stand, which is asked anew:
        a statement that waited for a lock sees the rest as it was before."""
        wanted = sorted(set(lines))
        line, balance = budget_line.c, budget_balance.c
        locked = select(line.id).where(line.id.in_(wanted)).order_by(line.id)
        await self._session.execute(locked.with_for_update(key_share=True))
        asked = (
            select(
                line.id, line.appropriated_at.is_not(None), balance.source_yen, balance.available_yen,
                balance.reserved_yen, balance.committed_yen,
            )
            .join_from(budget_line, budget_balance, balance.line_id == line.id)
            .where(line.id.in_(wanted))
        )  # fmt: skip
        found = {one: Balance(*rest) for one, *rest in await self._session.execute(asked)}
        if found.keys() != set(wanted):
            raise ABSENT()
        return found

    async def holding(self, line: UUID, holder: UUID) -> Holding:
        (found,) = await self._holdings(
            budget_holding.c.line_id == line, budget_holding.c.holder_id == holder
        ) or [Holding(holder, 0, 0)]
        return found

    async def holdings(self, line: UUID) -> list[Holding]:
        return await self._holdings(budget_holding.c.line_id == line)

    async def _holdings(self, *where: Any) -> list[Holding]:
        h = budget_holding.c
        asked = select(h.holder_id, h.reserved_yen, h.committed_yen).where(*where).order_by(h.holder_id)
        return [Holding(*row) for row in await self._session.execute(asked)]

    async def post(self, postings: Sequence[Posting]) -> None:
        rows = [
            {
                "id": uuid7(), "line_id": one.line, "kind": one.kind, "holder_id": one.holder,
                "other_line_id": one.other_line, "reason": one.reason, "debit": one.debit, "credit": one.credit,
                "yen": one.yen,
            }
            for one in postings
        ]  # fmt: skip
        await self._session.execute(text(_POST), {"rows": pydantic_core.to_json(rows).decode()})

    async def plan(self, line: UUID, yen: int) -> None:
        await self._change(line, planned_yen=yen)

    async def appropriate(self, line: UUID, yen: int, day: date) -> None:
        await self._change(
            line, appropriated_yen=yen, appropriated_on=day, appropriated_at=func.platform.now()
        )

    async def _change(self, line: UUID, **values: Any) -> None:
        changed = update(budget_line).where(budget_line.c.id == line)
        await self._session.execute(changed.values(**values, row_version=budget_line.c.row_version + 1))

    async def today(self) -> date:
        day: date = (await self._session.execute(select(func.platform.today()))).scalar_one()
        return day

    async def lock_caps(self, limits: Mapping[CapKey, int]) -> dict[CapKey, Cap]:
        rows = [
            {"edition_id": key.edition, "kind": key.kind, "holder_id": key.holder, "limit_yen": limit}
            for key, limit in limits.items()
        ]
        found = await self._session.execute(text(_LOCK_CAPS), {"rows": pydantic_core.to_json(rows).decode()})
        made = {CapKey(row[0], row[1], row[2]): Cap(row[3], row[4]) for row in found}
        if made.keys() != limits.keys():
            raise ABSENT()
        return made

    async def take(self, key: CapKey, yen: int) -> UUID:
        """Below zero it is given back."""
        values = {"edition": key.edition, "kind": key.kind, "holder": key.holder, "yen": yen}
        found: UUID | None = (await self._session.execute(text(_TAKE), values)).scalar_one_or_none()
        if found is None:
            raise ABSENT()
        return found
