"""The tables of claims for a clinic's bill, and of what they are judged and paid by."""

from sqlalchemy import (
    BigInteger,
    Column,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import DATERANGE

from services.jet.care.tables import CASE, METADATA
from services.kit.db.tables import identity, version

_YEAR = "extract(year FROM service_on)::integer - (extract(month FROM service_on) < 4)::integer"

subsidy_term = Table(
    "subsidy_term", METADATA, identity(), Column("fiscal_year", Integer, nullable=False),
    Column("subsidy_percent", Integer, nullable=False), Column("cap_yen", Integer, nullable=False), version(),
)  # fmt: skip
exchange_rate = Table(
    "exchange_rate", METADATA, identity(), Column("currency", Text, nullable=False),
    Column("valid_from", Date, nullable=False), Column("valid_to", Date, nullable=False),
    Column("effective", DATERANGE, Computed("daterange(valid_from, valid_to, '[]')", persisted=True)),
    Column("yen_rate", Numeric(18, 6), nullable=False), version(),
)  # fmt: skip
allowance = Table(
    "allowance", METADATA, identity(), Column("person_id", Uuid), Column("fiscal_year", Integer, nullable=False),
    Column("cap_yen", Integer, nullable=False), Column("granted_yen", Integer, nullable=False), version(),
)  # fmt: skip
claim_payment = Table(
    "claim_payment", METADATA, identity(), Column("pay_on", Date, nullable=False), Column("made_on", Date, nullable=False),
    Column("made_by", Uuid, nullable=False), Column("claims", Integer, nullable=False),
    Column("total_yen", Integer, nullable=False), version(),
)  # fmt: skip
claim = Table(
    "claim", METADATA, identity(), Column("case_id", Uuid, ForeignKey(CASE), nullable=False),
    Column("service_on", Date, nullable=False),
    Column("fiscal_year", Integer, Computed(_YEAR, persisted=True), nullable=False),
    Column("currency", Text, nullable=False), Column("amount", Numeric(18, 6), nullable=False),
    Column("details", LargeBinary, nullable=False), Column("answer", LargeBinary),
    Column("state", Text, nullable=False), Column("submitted_at", DateTime(timezone=True)),
    Column("decided_at", DateTime(timezone=True)), Column("decided_by", Uuid), Column("amount_yen", BigInteger),
    Column("granted_yen", Integer), Column("pay_on", Date), Column("payment_id", Uuid, ForeignKey("care.claim_payment.id")), version(),
)  # fmt: skip
claim_receipt = Table(
    "claim_receipt", METADATA, identity(), Column("claim_id", Uuid, ForeignKey("care.claim.id"), nullable=False),
    Column("media_type", Text, nullable=False), Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False), Column("added_at", DateTime(timezone=True), nullable=False), version(),
)  # fmt: skip
claim_figure = Table(
    "claim_figure", METADATA, Column("fiscal_year", Integer, primary_key=True), Column("claims", Integer, nullable=False),
    Column("persons", Integer, nullable=False), Column("yen", Integer, nullable=False),
)  # fmt: skip
