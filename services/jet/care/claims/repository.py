"""The statements of claims: what is sealed in them, what they are judged by, and the allowance, locked."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, insert, select, text, update

from services.jet.care.cases.repository import CLAIM_WAITS, Cases
from services.jet.care.claims.tables import claim, exchange_rate, subsidy_term
from services.jet.care.keys import CaseKey
from services.kit.db.session import WriteSession
from services.kit.errors import ABSENT

_FOUND = """
SELECT m.id, m.case_id, c.person_id, m.service_on, m.fiscal_year, m.currency, m.amount, m.state, m.details, m.answer,
    (SELECT count(*) FROM care.claim_receipt AS r WHERE r.claim_id = m.id) AS receipts
FROM care.claim AS m JOIN care.care_case AS c ON c.id = m.case_id WHERE m.id = :id
"""
# Who comes second waits here for the first, and sees what that one was granted.
_ALLOWANCE = """
INSERT INTO care.allowance AS a (person_id, fiscal_year, cap_yen) VALUES (:person, :year, :cap)
ON CONFLICT (person_id, fiscal_year)
    DO UPDATE SET cap_yen = greatest(excluded.cap_yen, a.granted_yen), row_version = a.row_version + 1
RETURNING a.granted_yen
"""
# Nobody has touched such a case since it was opened, and nothing was said in it: who books, or gives it to a counsellor,
# or takes it away from one, moves its version.
_OVER = f"""
SELECT c.id FROM care.care_case AS c
WHERE c.state = 'open' AND c.row_version = 1 AND (CAST(:case AS uuid) IS NULL OR c.id = :case)
    AND EXISTS (SELECT FROM care.claim AS m WHERE m.case_id = c.id)
    AND NOT {CLAIM_WAITS}
    AND NOT EXISTS (SELECT FROM care.contact AS t WHERE t.case_id = c.id)
ORDER BY c.id
"""


class Found(NamedTuple):
    """A claim as it stands; `details` and `answer` are sealed. Of a shredded case there is no person."""

    id: UUID
    case_id: UUID
    person_id: UUID | None
    service_on: date
    fiscal_year: int
    currency: str
    amount: Decimal
    state: str
    details: bytes
    answer: bytes | None
    receipts: int


class Terms(NamedTuple):
    percent: int
    cap: int


class Claims:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def today(self) -> date:
        day: date = (await self._session.execute(select(func.platform.today()))).scalar_one()
        return day

    async def now(self) -> datetime:
        at: datetime = (await self._session.execute(select(func.platform.now()))).scalar_one()
        return at

    async def found(self, identity: UUID) -> Found:
        return await self._one(_FOUND, identity)

    async def locked(self, identity: UUID) -> Found:
        """Nobody else changes it while the transaction lasts."""
        return await self._one(_FOUND + "FOR NO KEY UPDATE OF m", identity)

    async def _one(self, statement: str, identity: UUID) -> Found:
        row = (await self._session.execute(text(statement), {"id": identity})).one_or_none()
        if row is None:
            raise ABSENT()
        return Found(*row)

    async def add(self, identity: UUID, case: UUID, key: CaseKey, row: dict[str, Any], details: Any) -> None:
        values = _values(row) | {"id": identity, "case_id": case, "details": sealed(key, identity, details)}
        await self._session.execute(insert(claim).values(**values))

    async def change(self, identity: UUID, **values: Any) -> None:
        moved = update(claim).where(claim.c.id == identity)
        await self._session.execute(moved.values(**values, row_version=claim.c.row_version + 1))

    async def rewrite(self, identity: UUID, key: CaseKey, row: dict[str, Any], details: Any) -> None:
        await self.change(identity, **_values(row), details=sealed(key, identity, details))

    async def key(self, of: Found) -> CaseKey:
        found = await Cases(self._session).key(of.case_id)
        if found is None:
            raise ABSENT()
        return found

    async def over(self, since: int, case: UUID | None = None) -> list[UUID]:
        """Open cases in which nothing but claims was ever said, none of which is still to be decided, to be paid, or to
        be handed in for a fiscal year from `since` on; all such, or the one if it is such."""
        return list(await self._session.scalars(text(_OVER), {"since": since, "case": case}))

    async def terms(self, fiscal_year: int) -> Terms | None:
        """Those of the year, or of the latest before it."""
        t = subsidy_term.c
        asked = select(t.subsidy_percent, t.cap_yen).where(t.fiscal_year <= fiscal_year)
        row = (await self._session.execute(asked.order_by(t.fiscal_year.desc()).limit(1))).one_or_none()
        return None if row is None else Terms(*row)

    async def rate(self, currency: str, day: date) -> Decimal | None:
        r = exchange_rate.c
        asked = select(r.yen_rate).where(r.currency == currency, r.valid_from <= day, r.valid_to >= day)
        found: Decimal | None = (await self._session.execute(asked)).scalar_one_or_none()
        return found

    async def allowance(self, person: UUID, year: int, cap: int) -> int:
        """Locks it; what it has granted so far."""
        values = {"person": person, "year": year, "cap": cap}
        so_far: int = (await self._session.execute(text(_ALLOWANCE), values)).scalar_one()
        return so_far


def _values(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "service_on": row["service_on"],
        "currency": row["currency"],
        "amount": Decimal(row["amount"]),
    }


def sealed(key: CaseKey, identity: UUID, details: dict[str, Any]) -> bytes:
    said = {name: value for name, value in details.items() if value is not None}
    return key.seal(json.dumps(said, ensure_ascii=False), f"claim.details {identity}")


def opened(key: CaseKey, identity: UUID, details: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(key.read(details, f"claim.details {identity}"))
    return found


def sealed_answer(key: CaseKey, identity: UUID, answer: str) -> bytes:
    return key.seal(answer, f"claim.answer {identity}")


def opened_answer(key: CaseKey, identity: UUID, answer: bytes) -> str:
    return key.read(answer, f"claim.answer {identity}")
