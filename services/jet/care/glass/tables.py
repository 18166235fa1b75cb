"""The table of openings, which outlive the case that they were of and name nobody but who worked."""

from sqlalchemy import Column, DateTime, ForeignKey, Table, Text, Uuid

from services.jet.care.tables import CASE, METADATA
from services.kit.db.tables import identity, version

glass_opening = Table(
    "glass_opening", METADATA, identity(), Column("case_id", Uuid, ForeignKey(CASE), nullable=False),
    Column("reason", Text, nullable=False), Column("state", Text, nullable=False),
    Column("requested_by", Uuid, nullable=False), Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("decided_by", Uuid),
    *(Column(name, DateTime(timezone=True)) for name in ("decided_at", "expires_at", "ended_at", "told_at")), version(),
    Column("pseudonym", Text, nullable=False),
)  # fmt: skip
