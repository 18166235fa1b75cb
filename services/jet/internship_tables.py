"""The tables of internships: programmes, hosts, applications, runs of the assignment, and what follows it."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
)

from services.jet.tables import METADATA
from services.kit.db.tables import ERASABLE, identity, version

_PROGRAMME = "jet.internship_programme.id"
_ASSIGNMENT = "jet.internship_assignment.id"

internship_programme = Table(
    "internship_programme", METADATA, identity(), Column("code", Text, nullable=False),
    Column("fiscal_year", Integer, nullable=False), Column("name_ja", Text, nullable=False),
    Column("name_en", Text, nullable=False), Column("organiser_id", Uuid), Column("granted", Boolean, nullable=False),
    Column("content_ja", Text), Column("content_en", Text), Column("apply_from", DateTime(timezone=True)),
    Column("apply_until", DateTime(timezone=True)), Column("date_start", Date, nullable=False),
    Column("date_end", Date, nullable=False), Column("cancelled_on", Date), Column("cancelled_reason", Text),
    Column("participants_reported", Integer), Column("jet_participants_reported", Integer),
    Column("host_bodies_reported", Integer), version(),
)  # fmt: skip
internship_period = Table(
    "internship_period", METADATA, identity(),
    Column("programme_id", Uuid, ForeignKey(_PROGRAMME), nullable=False),
    Column("period_no", SmallInteger, nullable=False), Column("label_ja", Text, nullable=False),
    Column("label_en", Text, nullable=False), Column("date_start", Date, nullable=False),
    Column("date_end", Date, nullable=False), Column("note", Text), version(),
)  # fmt: skip
internship_host = Table(
    "internship_host", METADATA, identity(), Column("code", Text, nullable=False),
    Column("programme_id", Uuid, ForeignKey(_PROGRAMME), nullable=False),
    Column("organisation_id", Uuid, nullable=False), Column("places", SmallInteger, nullable=False),
    Column("place", Text), Column("prefecture", Text), Column("content_ja", Text), Column("content_en", Text),
    Column("min_year", SmallInteger, nullable=False), Column("japanese_level", Text, nullable=False),
    Column("languages", ARRAY(Text), nullable=False), version(),
)  # fmt: skip
internship_application = Table(
    "internship_application", METADATA, identity(),
    Column("programme_id", Uuid, ForeignKey(_PROGRAMME), nullable=False),
    Column("participant_id", Uuid, ForeignKey("jet.participant.id"), nullable=False),
    Column("state", Text, nullable=False), Column("first_host_id", Uuid, nullable=False),
    Column("second_host_id", Uuid), Column("third_host_id", Uuid), Column("japanese_level", Text, nullable=False),
    Column("languages", ARRAY(Text), nullable=False), Column("submitted_at", DateTime(timezone=True), nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)), version(),
)  # fmt: skip
internship_application_text = Table(
    "internship_application_text", METADATA,
    Column("application_id", Uuid, ForeignKey("jet.internship_application.id"), primary_key=True),
    Column("kind", Text, primary_key=True), Column("content", Text), Column("shared", Boolean, nullable=False),
    info=ERASABLE,
)  # fmt: skip
internship_assignment_run = Table(
    "internship_assignment_run", METADATA, identity(),
    Column("programme_id", Uuid, ForeignKey(_PROGRAMME), nullable=False), Column("number", Integer, nullable=False),
    Column("state", Text, nullable=False), Column("seed", Text, nullable=False),
    Column("input_sha256", LargeBinary, nullable=False), Column("applicants", Integer, nullable=False),
    Column("kept", Integer, nullable=False), Column("assigned", Integer, nullable=False),
    Column("first_met", Integer, nullable=False), Column("second_met", Integer, nullable=False),
    Column("third_met", Integer, nullable=False), Column("unassigned", Integer, nullable=False),
    Column("places", Integer, nullable=False), Column("places_left", Integer, nullable=False),
    Column("objective", BigInteger, nullable=False), Column("bound", BigInteger, nullable=False),
    Column("milliseconds", Integer, nullable=False), Column("made_at", DateTime(timezone=True), nullable=False),
    Column("published_at", DateTime(timezone=True)), version(),
)  # fmt: skip
internship_result = Table(
    "internship_result", METADATA, identity(), Column("run_id", Uuid, nullable=False),
    Column("programme_id", Uuid, nullable=False), Column("application_id", Uuid, nullable=False),
    Column("participant_id", Uuid, nullable=False), Column("host_id", Uuid), Column("preference", SmallInteger),
    Column("kept", Boolean, nullable=False), Column("lottery_number", Integer), Column("first_outcome", Text),
    Column("second_outcome", Text), Column("third_outcome", Text), Column("explanation_ja", Text, nullable=False),
    Column("explanation_en", Text, nullable=False), version(),
)  # fmt: skip
internship_assignment = Table(
    "internship_assignment", METADATA, identity(), Column("application_id", Uuid, nullable=False),
    Column("programme_id", Uuid, nullable=False), Column("participant_id", Uuid, nullable=False),
    Column("host_id", Uuid, nullable=False), Column("organisation_id", Uuid, nullable=False), Column("run_id", Uuid),
    Column("state", Text, nullable=False), Column("attended_pretraining", Boolean), Column("completed_on", Date),
    Column("assigned_at", DateTime(timezone=True), nullable=False), Column("withdrawn_at", DateTime(timezone=True)),
    Column("intern_evaluated_at", DateTime(timezone=True)), Column("host_evaluated_at", DateTime(timezone=True)),
    version(),
)  # fmt: skip
internship_record = Table(
    "internship_record", METADATA, identity(),
    Column("assignment_id", Uuid, ForeignKey(_ASSIGNMENT), nullable=False), Column("worked_on", Date, nullable=False),
    Column("worked_minutes", SmallInteger, nullable=False), version(),
)  # fmt: skip
internship_record_text = Table(
    "internship_record_text", METADATA,
    Column("record_id", Uuid, ForeignKey("jet.internship_record.id"), primary_key=True),
    Column("record_text", Text, nullable=False), Column("host_comment", Text), info=ERASABLE,
)  # fmt: skip
internship_evaluation = Table(
    "internship_evaluation", METADATA, identity(),
    Column("assignment_id", Uuid, ForeignKey(_ASSIGNMENT), nullable=False), Column("evaluator", Text, nullable=False),
    Column("preparation", SmallInteger, nullable=False), Column("communication", SmallInteger, nullable=False),
    Column("work", SmallInteger, nullable=False), Column("learning", SmallInteger, nullable=False),
    Column("overall", SmallInteger, nullable=False), Column("evaluated_at", DateTime(timezone=True), nullable=False),
    version(),
)  # fmt: skip
internship_evaluation_text = Table(
    "internship_evaluation_text", METADATA,
    Column("evaluation_id", Uuid, ForeignKey("jet.internship_evaluation.id"), primary_key=True),
    Column("evaluation_text", Text), info=ERASABLE,
)  # fmt: skip
