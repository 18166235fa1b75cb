"""The tables of the jet schema. Temporal keys and PERIOD keys stand in its migrations."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import DATERANGE

from services.kit.db.tables import ERASABLE, identity, term, version
from services.kit.temporal import known_view

METADATA = MetaData(schema="jet")
_PARTICIPANT = "jet.participant.id"

participant = Table(
    "participant", METADATA, identity(), Column("jet_number", Text, nullable=False), version()
)
person_detail = Table(
    "person_detail", METADATA, Column("participant_id", Uuid, ForeignKey(_PARTICIPANT), primary_key=True),
    Column("family_name", Text, nullable=False), Column("given_name", Text), Column("middle_name", Text),
    Column("name_kana", Text), Column("birth_on", Date), Column("email", Text),
    Column("search_key", Text, nullable=False), info=ERASABLE,
)  # fmt: skip
participation = Table(
    "participation", METADATA, identity(), Column("participant_id", Uuid, ForeignKey(_PARTICIPANT), nullable=False),
    Column("programme_year", Integer, nullable=False), Column("job_type", Text, nullable=False),
    Column("arrival_group", Text, nullable=False), Column("nationality", Text, nullable=False),
    Column("state", Text, nullable=False), Column("left_on", Date), Column("effective", DATERANGE, nullable=False),
    Column("known_from", DateTime(timezone=True), nullable=False),
)  # fmt: skip
placement = Table(
    "placement", METADATA, identity(), Column("participant_id", Uuid, ForeignKey(_PARTICIPANT), nullable=False),
    Column("organisation_id", Uuid, nullable=False), Column("programme_year", Integer, nullable=False),
    Column("decided_on", Date, nullable=False), version(),
)  # fmt: skip
appointment = Table(
    "appointment", METADATA, identity(), Column("participant_id", Uuid, ForeignKey(_PARTICIPANT), nullable=False),
    Column("organisation_id", Uuid, nullable=False), Column("programme_year", Integer, nullable=False),
    Column("job_type", Text, nullable=False), *term(), version(),
)  # fmt: skip
workplace = Table(
    "workplace", METADATA, identity(), Column("appointment_id", Uuid, nullable=False),
    Column("organisation_id", Uuid, nullable=False), Column("position", SmallInteger, nullable=False),
    Column("name", Text, nullable=False), Column("kind", Text, nullable=False), Column("school_level", Text),
    Column("municipality_id", Uuid), Column("days_per_week", SmallInteger), *term(),
)  # fmt: skip
arrangement = Table(
    "arrangement", METADATA, identity(), Column("appointment_id", Uuid, nullable=False),
    Column("organisation_id", Uuid, nullable=False), Column("housing_type", Text),
    Column("housing_rent_yen", Integer), Column("housing_provider", Text), *term(),
)  # fmt: skip
supervisor = Table(
    "supervisor", METADATA, Column("appointment_id", Uuid, primary_key=True),
    Column("organisation_id", Uuid, nullable=False), Column("name", Text), Column("phone", Text), Column("email", Text),
    info=ERASABLE,
)  # fmt: skip
early_termination = Table(
    "early_termination", METADATA, identity(),
    Column("participant_id", Uuid, ForeignKey(_PARTICIPANT), nullable=False),
    Column("effective_on", Date, nullable=False), Column("initiated_by", Text, nullable=False),
    Column("reason", Text, nullable=False), Column("received_at", DateTime(timezone=True), nullable=False),
    Column("row_version", BigInteger, nullable=False),
)  # fmt: skip

participation_known = known_view(participation)
appointment_known = known_view(appointment)
workplace_known = known_view(workplace)
