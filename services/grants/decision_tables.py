"""The tables of selections, of what becomes of each application in one, and of awards. Their migration says what keeps them."""

from sqlalchemy import BigInteger, Column, Date, DateTime, ForeignKey, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.grants.tables import METADATA
from services.kit.db.tables import identity, version

_ROUND, _APPLICATION, _LINE = "grants.round.id", "grants.application.id", "grants.budget_line.id"

selection = Table(
    "selection", METADATA, identity(), Column("round_id", Uuid, ForeignKey(_ROUND), nullable=False),
    Column("section", Text, nullable=False), Column("drawn_up_at", DateTime(timezone=True), nullable=False),
    Column("drawn_up_by", Uuid, nullable=False), Column("decided_at", DateTime(timezone=True)),
    Column("decided_by", Uuid), version(),
)  # fmt: skip
selection_entry = Table(
    "selection_entry", METADATA, identity(),
    Column("selection_id", Uuid, ForeignKey("grants.selection.id"), nullable=False),
    Column("round_id", Uuid, ForeignKey(_ROUND), nullable=False),
    Column("application_id", Uuid, ForeignKey(_APPLICATION), nullable=False), Column("standing", Text, nullable=False),
    Column("computed_yen", BigInteger, nullable=False), Column("amount_yen", BigInteger, nullable=False),
    Column("reason", Text), Column("trace", JSONB, nullable=False), Column("verdict", JSONB, nullable=False),
    Column("changed_by", Uuid), Column("ended_at", DateTime(timezone=True)), Column("ended_reason", Text), version(),
)  # fmt: skip
award = Table(
    "award", METADATA, identity(), Column("application_id", Uuid, ForeignKey(_APPLICATION), nullable=False),
    Column("round_id", Uuid, ForeignKey(_ROUND), nullable=False),
    Column("budget_line_id", Uuid, ForeignKey(_LINE), nullable=False),
    Column("rule_version_id", Uuid, ForeignKey("grants.rule_version.id"), nullable=False),
    Column("amount_yen", BigInteger, nullable=False), Column("trace", JSONB, nullable=False),
    Column("verdict", JSONB, nullable=False), Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("decided_by", Uuid, nullable=False), Column("withdrawable_until", Date, nullable=False),
    Column("state", Text, nullable=False), Column("ended_at", DateTime(timezone=True)), Column("ended_reason", Text),
    version(),
)  # fmt: skip
