"""The tables of career fairs: days, exhibitors, registrations with consent, attendance, interviews."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE

from services.jet.tables import METADATA
from services.kit.db.tables import ERASABLE, identity, version

_FAIR, _DAY, _REGISTRATION = "jet.career_fair.id", "jet.career_fair_day.id", "jet.fair_registration.id"
_INSTANT = DateTime(timezone=True)


def _span(first: str, last: str) -> Column[object]:
    """Half-open; made by the database."""
    return Column("span", TSTZRANGE, Computed(f"tstzrange({first}, {last})", persisted=True))


career_fair = Table(
    "career_fair", METADATA, identity(), Column("code", Text, nullable=False),
    Column("fiscal_year", Integer, nullable=False), Column("name_ja", Text, nullable=False),
    Column("name_en", Text, nullable=False), Column("organiser_id", Uuid), Column("granted", Boolean, nullable=False),
    Column("counted_by", Text, nullable=False), Column("candidates_until", _INSTANT, nullable=False),
    Column("cancelled_on", Date), Column("cancelled_reason", Text), version(),
)  # fmt: skip
career_fair_day = Table(
    "career_fair_day", METADATA, identity(), Column("fair_id", Uuid, ForeignKey(_FAIR), nullable=False),
    Column("number", SmallInteger, nullable=False), Column("code", Text, nullable=False),
    Column("held_on", Date, nullable=False), Column("opens_at", _INSTANT, nullable=False),
    Column("closes_at", _INSTANT, nullable=False), _span("opens_at", "closes_at"),
    Column("venue", Text, nullable=False), Column("pool_id", Uuid, nullable=False),
    Column("reported_participants", Integer), Column("reported_jet_participants", Integer),
    Column("reported_exhibitors", Integer), Column("qualifier", Text, nullable=False),
    Column("method", Text), Column("reported_on", Date), version(),
)  # fmt: skip
fair_exhibitor = Table(
    "fair_exhibitor", METADATA, identity(), Column("fair_id", Uuid, ForeignKey(_FAIR), nullable=False),
    Column("organisation_id", Uuid, nullable=False), Column("day_numbers", ARRAY(SmallInteger), nullable=False),
    Column("booth", Text), Column("description_ja", Text), Column("description_en", Text),
    Column("wanted_skills", ARRAY(Text), nullable=False), Column("wanted_languages", ARRAY(Text), nullable=False),
    Column("wanted_japanese_level", Text), Column("cancelled_on", Date), version(),
)  # fmt: skip
fair_registration = Table(
    "fair_registration", METADATA, identity(), Column("fair_id", Uuid, ForeignKey(_FAIR), nullable=False),
    Column("day_id", Uuid, ForeignKey(_DAY), nullable=False),
    Column("participant_id", Uuid, ForeignKey("jet.participant.id"), nullable=False),
    Column("ticket", Uuid, nullable=False), Column("registered_at", _INSTANT, nullable=False),
    Column("consented_at", _INSTANT), Column("consent_withdrawn_at", _INSTANT),
    Column("shared_fields", ARRAY(Text), nullable=False), Column("withdrawn_at", _INSTANT), version(),
)  # fmt: skip
fair_profile = Table(
    "fair_profile", METADATA, Column("registration_id", Uuid, ForeignKey(_REGISTRATION), primary_key=True),
    Column("display_name", Text), Column("headline", Text), Column("wishes", Text), Column("cv", Text),
    Column("languages", ARRAY(Text), nullable=False), Column("skills", ARRAY(Text), nullable=False),
    Column("japanese_ability", Text), info=ERASABLE,
)  # fmt: skip
fair_attendance = Table(
    "fair_attendance", METADATA, identity(), Column("registration_id", Uuid, ForeignKey(_REGISTRATION), nullable=False),
    Column("method", Text, nullable=False), Column("recorded_at", _INSTANT, nullable=False), version(),
)  # fmt: skip
interview_slot = Table(
    "interview_slot", METADATA, identity(),
    Column("exhibitor_id", Uuid, ForeignKey("jet.fair_exhibitor.id"), nullable=False),
    Column("organisation_id", Uuid, nullable=False), Column("fair_id", Uuid, ForeignKey(_FAIR), nullable=False),
    Column("day_id", Uuid, ForeignKey(_DAY), nullable=False), Column("table_no", SmallInteger, nullable=False),
    Column("starts_at", _INSTANT, nullable=False), Column("ends_at", _INSTANT, nullable=False),
    _span("starts_at", "ends_at"), Column("withdrawn", Boolean, nullable=False), version(),
)  # fmt: skip
interview_hold = Table(
    "interview_hold", METADATA, Column("slot_id", Uuid, ForeignKey("jet.interview_slot.id"), primary_key=True)
)
fair_interview = Table(
    "fair_interview", METADATA, identity(), Column("slot_id", Uuid, ForeignKey("jet.interview_slot.id"), nullable=False),
    Column("exhibitor_id", Uuid, nullable=False), Column("organisation_id", Uuid, nullable=False),
    Column("day_id", Uuid, nullable=False), Column("starts_at", _INSTANT, nullable=False),
    Column("ends_at", _INSTANT, nullable=False), _span("starts_at", "ends_at"),
    Column("registration_id", Uuid, ForeignKey(_REGISTRATION), nullable=False),
    Column("participant_id", Uuid, ForeignKey("jet.participant.id"), nullable=False),
    Column("asked_by", Text, nullable=False), Column("asked_at", _INSTANT, nullable=False),
    Column("state", Text, nullable=False), Column("outcome", Text, nullable=False), version(),
)  # fmt: skip
