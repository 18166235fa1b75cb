"""The tables of slots and bookings. Their walls stand in the migration."""

from sqlalchemy import Boolean, Column, Computed, DateTime, ForeignKey, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import TSTZRANGE

from services.jet.care.tables import CASE, METADATA
from services.kit.db.tables import identity, version

_INSTANT = DateTime(timezone=True)


def _span() -> Column[object]:
    return Column("span", TSTZRANGE, Computed("tstzrange(starts_at, ends_at)", persisted=True))


slot = Table(
    "slot", METADATA, identity(), Column("counsellor_id", Uuid, nullable=False),
    Column("organisation_id", Uuid, nullable=False), Column("counsellor_name", Text),
    Column("time_zone", Text, nullable=False), Column("local_start", DateTime, nullable=False),
    Column("starts_at", _INSTANT, nullable=False), Column("ends_at", _INSTANT, nullable=False), _span(),
    Column("channel", Text, nullable=False), Column("withdrawn", Boolean, nullable=False), version(),
)  # fmt: skip
slot_hold = Table(
    "slot_hold", METADATA, Column("slot_id", Uuid, ForeignKey("care.slot.id"), primary_key=True)
)
booking = Table(
    "booking", METADATA, identity(), Column("slot_id", Uuid, ForeignKey("care.slot.id"), nullable=False),
    Column("counsellor_id", Uuid, nullable=False), Column("starts_at", _INSTANT, nullable=False),
    Column("ends_at", _INSTANT, nullable=False), _span(), Column("case_id", Uuid, ForeignKey(CASE), nullable=False),
    Column("participant_zone", Text), Column("state", Text, nullable=False),
    Column("cancelled_by", Text), Column("booked_at", _INSTANT, nullable=False),
    Column("changed_at", _INSTANT, nullable=False), version(),
)  # fmt: skip
