"""Payments (振込) of approved claims: all that are approved, on one day."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from services.jet.care import access
from services.jet.care.claims.resource import open_to_caller
from services.jet.care.claims.tables import claim, claim_payment
from services.jet.care.payments import domain, service
from services.jet.care.tables import care_case
from services.kit.resource import Basis, Part, Resource
from services.kit.wire import Day, Wire, Yen


class ClaimPaymentWrite(Wire):
    pay_on: Day


class ClaimPayment(ClaimPaymentWrite):
    """`claims`: how many it pays."""

    id: UUID
    made_on: Day
    claims: int
    total_yen: Yen


def source(_: Basis) -> Select[Any]:
    """Whom a wall parts from one of its claims does not find the payment."""
    p = claim_payment.c
    seen = (
        select(func.count())
        .select_from(claim)
        .join(care_case, care_case.c.id == claim.c.case_id)
        .where(claim.c.payment_id == p.id, open_to_caller(care_case.c.person_id))
    )
    columns = (p.id, p.pay_on, p.made_on, p.claims, p.total_yen, p.row_version)
    return select(*columns).where(p.claims == seen.scalar_subquery())


claim_payments = Resource(
    service="care",
    schema="care",
    name="claim_payment",
    plural="claim-payments",
    read=ClaimPayment,
    write=ClaimPaymentWrite,
    source=source,
    access={"list": access.PAYMENTS, "read": access.PAYMENTS, "create": access.DECIDES_CLAIMS},
    sorts=("pay_on",),
    parts=(Part(claim_payment, ("id",)),),
    store=service.store,
    constraints={"claim_payment_ahead": domain.PAID_BEFORE},
)
