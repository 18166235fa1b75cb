"""Proofs that a case was shredded (廃棄証明): the fingerprint of the key that is gone, for the data protection officer."""

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    ForeignKey,
    LargeBinary,
    Select,
    Table,
    Uuid,
    func,
    literal,
    select,
)

from services.jet.care import access
from services.jet.care.tables import CASE, METADATA
from services.kit.db.tables import identity
from services.kit.fields import equals
from services.kit.resource import Basis, Resource
from services.kit.wire import Called, Day, Instant, Wire

shred_proof = Table(
    "shred_proof", METADATA, identity(), Column("case_id", Uuid, ForeignKey(CASE), nullable=False),
    Column("fingerprint", LargeBinary, nullable=False), Column("kept_until", Date, nullable=False),
    Column("shredded_at", DateTime(timezone=True), nullable=False),
)  # fmt: skip


class ShredProof(Wire):
    """`fingerprint`: SHA-256 of the key, in hexadecimal."""

    id: UUID
    case_id: UUID
    fingerprint: str
    kept_until: Annotated[Day, Called("keep_until")]
    shredded_at: Instant


def source(_: Basis) -> Select[Any]:
    p = shred_proof.c
    return select(
        p.id, p.case_id, func.encode(p.fingerprint, "hex").label("fingerprint"), p.kept_until, p.shredded_at,
        literal(1).label("row_version"),
    )  # fmt: skip


shred_proofs = Resource(
    service="care",
    schema="care",
    name="shred_proof",
    plural="shred-proofs",
    read=ShredProof,
    source=source,
    access={"list": access.LOG, "read": access.LOG},
    filters={"case_id": equals(shred_proof.c.case_id, UUID)},
    sorts=("shredded_at",),
)
