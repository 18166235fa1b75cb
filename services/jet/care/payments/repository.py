"""The statements of payments."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import insert, select, text

from services.jet.care.claims.tables import claim, claim_payment
from services.kit.db.session import WriteSession
from services.kit.ids import uuid7

# All payments take claims in the same order; the second finds them paid.
_APPROVED = """
SELECT m.id, m.case_id, m.granted_yen, m.details FROM care.claim AS m JOIN care.care_case AS c ON c.id = m.case_id
WHERE m.state = 'approved' AND c.person_id IS NOT NULL
    AND care.walled(CAST(:person AS uuid), c.person_id) IS NOT TRUE
ORDER BY m.id FOR NO KEY UPDATE OF m
"""
_PAY = """
UPDATE care.claim SET state = 'paid', payment_id = :payment, pay_on = :pay_on, row_version = row_version + 1
WHERE id = ANY (CAST(:ids AS uuid[]))
"""


class Payable(NamedTuple):
    id: UUID
    case_id: UUID
    granted_yen: int
    details: bytes


class Payments:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def approved(self) -> list[Payable]:
        """Those of people from whom no wall parts the caller, locked."""
        person = self._session.scope.principal.person
        return [Payable(*row) for row in await self._session.execute(text(_APPROVED), {"person": person})]

    async def make(self, pay_on: date, claims: list[Payable]) -> UUID:
        values = {
            "id": uuid7(), "pay_on": pay_on, "made_by": self._session.scope.principal.person, "claims": len(claims),
            "total_yen": sum(one.granted_yen for one in claims),
        }  # fmt: skip
        await self._session.execute(insert(claim_payment).values(**values))
        paid = {"payment": values["id"], "pay_on": pay_on, "ids": [one.id for one in claims]}
        await self._session.execute(text(_PAY), paid)
        return UUID(str(values["id"]))

    async def of(self, payment: UUID) -> list[Payable]:
        c = claim.c
        asked = select(c.id, c.case_id, c.granted_yen, c.details).where(c.payment_id == payment)
        return [Payable(*row) for row in await self._session.execute(asked.order_by(c.id))]
