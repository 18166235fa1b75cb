"""The tables of the jet schema. Temporal keys and PERIOD keys stand in its migrations."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import DATERANGE

from services.kit.capacity.tables import capacity_tables
from services.kit.db.tables import ERASABLE, identity, term, version
from services.kit.temporal import known_view

METADATA = MetaData(schema="jet")
_PARTICIPANT = "jet.participant.id"

capacity_pool, capacity_claim = capacity_tables(METADATA)

participant = Table(
    "participant", METADATA, identity(), Column("jet_number", Text, nullable=False), version()
)
person_detail = Table(
    "person_detail", METADATA, Column("participant_id", Uuid, ForeignKey(_PARTICIPANT), primary_key=True),
    Column("family_name", Text, nullable=False), Column("given_name", Text), Column("middle_name", Text),
    Column("name_kana", Text), Column("birth_on", Date), Column("email", Text),
    Column("search_key", Text, nullable=False), Column("former_names", Text), Column("former_key", Text), info=ERASABLE,
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
placement_survey = Table(
    "placement_survey", METADATA, identity(), Column("programme_year", Integer, nullable=False),
    Column("host_deadline_at", DateTime(timezone=True), nullable=False),
    Column("clair_deadline_at", DateTime(timezone=True), nullable=False), version(),
)  # fmt: skip
placement_consolidation = Table(
    "placement_consolidation", METADATA, identity(), Column("organisation_id", Uuid, nullable=False),
    Column("programme_year", Integer, nullable=False), Column("state", Text, nullable=False),
    Column("receipt_number", Text, nullable=False), Column("arrived_at", DateTime(timezone=True), nullable=False),
    Column("late", Boolean, nullable=False), Column("members", Integer, nullable=False),
    Column("seats", Integer, nullable=False), Column("sha256", LargeBinary, nullable=False),
    Column("approved_at", DateTime(timezone=True)), version(),
)  # fmt: skip
placement_submission = Table(
    "placement_submission", METADATA, identity(), Column("organisation_id", Uuid, nullable=False),
    Column("programme_year", Integer, nullable=False), Column("state", Text, nullable=False),
    Column("submitted_at", DateTime(timezone=True)), Column("late", Boolean), Column("consolidation_id", Uuid),
    version(),
)  # fmt: skip
placement_receipt = Table(
    "placement_receipt", METADATA, identity(), Column("submission_id", Uuid, nullable=False),
    Column("organisation_id", Uuid, nullable=False), Column("receipt_number", Text, nullable=False),
    Column("arrived_at", DateTime(timezone=True), nullable=False), Column("late", Boolean, nullable=False),
    Column("sha256", LargeBinary, nullable=False), Column("import_id", Uuid), Column("submitted_by_id", Uuid), version(),
)  # fmt: skip
placement_remark = Table(
    "placement_remark", METADATA, identity(), Column("submission_id", Uuid, nullable=False),
    Column("organisation_id", Uuid, nullable=False), Column("line", SmallInteger), Column("field", Text),
    Column("remark", Text, nullable=False), Column("made_at", DateTime(timezone=True), nullable=False), version(),
)  # fmt: skip
placement_request = Table(
    "placement_request", METADATA, identity(), Column("organisation_id", Uuid, nullable=False),
    Column("programme_year", Integer, nullable=False), Column("line", SmallInteger, nullable=False),
    Column("entry", Text, nullable=False), Column("participant_id", Uuid), Column("organisation_answer", Text),
    Column("exceptional", Boolean, nullable=False), Column("job_type", Text, nullable=False),
    Column("arrival_group", Text), Column("seats", SmallInteger, nullable=False), Column("wished_nationality", Text),
    Column("sister_city", Text), Column("japanese_level", Text), Column("elementary", Boolean, nullable=False),
    Column("junior_high", Boolean, nullable=False), Column("senior_high", Boolean, nullable=False),
    Column("special_needs", Boolean, nullable=False), Column("driving", Text), Column("urban_class", Text),
    Column("climate", Text), Column("housing_type", Text), Column("housing_rent_yen", Integer),
    Column("housing_provider", Text), Column("pay_table", Text), version(),
)  # fmt: skip
reappointment_answer = Table(
    "reappointment_answer", METADATA, identity(), Column("participant_id", Uuid, nullable=False),
    Column("programme_year", Integer, nullable=False), Column("answer", Text, nullable=False),
    Column("answered_at", DateTime(timezone=True), nullable=False), version(),
)  # fmt: skip

participation_known = known_view(participation)
appointment_known = known_view(appointment)
workplace_known = known_view(workplace)
