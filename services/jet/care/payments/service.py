"""Use cases of payments: all that is approved is paid on a day, and its file is made of what was sealed."""

from datetime import date
from typing import Any
from uuid import UUID

from services.jet.care.cases.repository import Cases
from services.jet.care.claims.repository import Claims, opened
from services.jet.care.payments import domain
from services.jet.care.payments.repository import Payments
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import ABSENT
from services.kit.resource import Change, Row

NAME = "claim-payments"


async def store(session: WriteSession, rows: list[Row], _: bool) -> list[Change]:
    (row,) = rows
    if row["pay_on"] < await Claims(session).today():
        raise domain.PAID_BEFORE()
    payments = Payments(session)
    approved = await payments.approved()
    if not approved:
        raise domain.NOTHING_TO_PAY()
    made = await payments.make(row["pay_on"], approved)
    told = [audit.Entry(one.id, {}, ("approved", "paid")) for one in approved]
    await audit.entries(session, "care", "pay", "claims", told)
    return [Change(row["_row"], "INSERT", made, None, None)]


async def lines(session: WriteSession, payment: UUID, pay_on: date) -> list[list[Any]]:
    """What the bank is given; that the accounts were read is noted before they are."""
    paid, cases = await Payments(session).of(payment), Cases(session)
    by, made = domain.PaymentSettings().transfer_name, []
    for one in paid:
        key = await cases.key(one.case_id)
        if key is None:
            raise ABSENT()
        made.append(domain.line(opened(key, one.id, bytes(one.details)), one.granted_yen, pay_on, by))
    await audit.entry(session, "care", "read", NAME, payment, subjects=[one.id for one in paid])
    return made
