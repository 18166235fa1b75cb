"""The tables of budget lines, of their ledger and of caps. What keeps them stands in their migration."""

from sqlalchemy import BigInteger, Column, Date, DateTime, ForeignKey, Integer, Table, Text, Uuid

from services.grants.tables import METADATA
from services.kit.db.tables import identity, version

_LINE, _HOLDER = "grants.budget_line.id", "grants.application.id"

budget_line = Table(
    "budget_line", METADATA, identity(), Column("code", Text, nullable=False), Column("fiscal_year", Integer, nullable=False),
    Column("section", Text, nullable=False), Column("name_ja", Text, nullable=False),
    Column("name_en", Text, nullable=False), Column("planned_yen", BigInteger, nullable=False),
    Column("appropriated_yen", BigInteger), Column("appropriated_on", Date),
    Column("appropriated_at", DateTime(timezone=True)), version(),
)  # fmt: skip
budget_balance = Table(
    "budget_balance", METADATA, Column("line_id", Uuid, ForeignKey(_LINE), primary_key=True),
    Column("source_yen", BigInteger, nullable=False), Column("available_yen", BigInteger, nullable=False),
    Column("reserved_yen", BigInteger, nullable=False), Column("committed_yen", BigInteger, nullable=False),
)  # fmt: skip
budget_holding = Table(
    "budget_holding", METADATA, Column("line_id", Uuid, ForeignKey(_LINE), primary_key=True),
    Column("holder_id", Uuid, ForeignKey(_HOLDER), primary_key=True), Column("reserved_yen", BigInteger, nullable=False),
    Column("committed_yen", BigInteger, nullable=False),
)  # fmt: skip
ledger_posting = Table(
    "ledger_posting", METADATA, identity(), Column("line_id", Uuid, ForeignKey(_LINE), nullable=False),
    Column("kind", Text, nullable=False), Column("holder_id", Uuid, ForeignKey(_HOLDER)), Column("other_line_id", Uuid, ForeignKey(_LINE)),
    Column("reason", Text), Column("posted_at", DateTime(timezone=True), nullable=False), Column("posted_by", Uuid),
)  # fmt: skip
ledger_entry = Table(
    "ledger_entry", METADATA, identity(),
    Column("posting_id", Uuid, ForeignKey("grants.ledger_posting.id"), nullable=False),
    Column("line_id", Uuid, ForeignKey(_LINE), nullable=False), Column("account", Text, nullable=False),
    Column("amount_yen", BigInteger, nullable=False),
)  # fmt: skip
budget_cap = Table(
    "budget_cap", METADATA, identity(), Column("edition_id", Uuid, ForeignKey("grants.edition.id"), nullable=False), Column("section", Text, nullable=False),
    Column("kind", Text, nullable=False), Column("holder_id", Uuid, nullable=False), Column("limit_yen", BigInteger, nullable=False),
    Column("taken_yen", BigInteger, nullable=False), version(),
)  # fmt: skip
