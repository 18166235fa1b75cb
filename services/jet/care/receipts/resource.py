"""Receipts (領収書) of claims: which there are. What is on one is served to the claimant and to who decides."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.jet.care import access
from services.jet.care.claims.resource import open_to_caller
from services.jet.care.claims.tables import claim, claim_receipt
from services.jet.care.tables import care_case
from services.kit.fields import equals
from services.kit.resource import Basis, Resource
from services.kit.wire import Instant, Wire


class ClaimReceipt(Wire):
    """`size`: of the file, in bytes."""

    id: UUID
    claim_id: UUID
    media_type: str
    size: int
    added_at: Instant


def source(_: Basis) -> Select[Any]:
    r = claim_receipt.c
    return (
        select(r.id, r.claim_id, r.media_type, r.size, r.added_at, r.row_version)
        .join_from(claim_receipt, claim, claim.c.id == r.claim_id)
        .join(care_case, care_case.c.id == claim.c.case_id)
        .where(open_to_caller(care_case.c.person_id))
    )


claim_receipts = Resource(
    service="care",
    schema="care",
    name="claim_receipt",
    plural="claim-receipts",
    read=ClaimReceipt,
    source=source,
    access={"list": access.CLAIMS, "read": access.CLAIMS},
    itself=lambda person: care_case.c.person_id == person,
    filters={"claim_id": equals(claim_receipt.c.claim_id, UUID)},
    sorts=("added_at",),
)
