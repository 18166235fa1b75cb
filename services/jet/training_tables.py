"""The tables of training: courses, editions, runs, sessions, enrolments, attendance, headcounts, awards, support lines."""

from sqlalchemy import (
    ARRAY,
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

_COURSE = "jet.training_course.id"

training_course = Table(
    "training_course", METADATA, identity(), Column("code", Text, nullable=False), Column("kind", Text, nullable=False),
    Column("title_ja", Text, nullable=False), Column("title_en", Text, nullable=False),
    Column("employer_informed", Boolean, nullable=False), Column("retired_on", Date), version(),
)  # fmt: skip
training_edition = Table(
    "training_edition", METADATA, identity(), Column("code", Text, nullable=False),
    Column("course_id", Uuid, ForeignKey(_COURSE), nullable=False), Column("fiscal_year", Integer, nullable=False),
    Column("name_ja", Text, nullable=False), Column("name_en", Text, nullable=False),
    Column("audiences", ARRAY(Text), nullable=False), Column("delivery", Text, nullable=False),
    Column("listing", Text, nullable=False), Column("counted_by", Text, nullable=False),
    Column("report_line", SmallInteger), Column("audience_text", Text), Column("place_text", Text),
    Column("date_text", Text), Column("date_precision", Text), Column("requires_id", Uuid, ForeignKey(_COURSE)), Column("from_year", SmallInteger),
    Column("completion_percent", SmallInteger, nullable=False), Column("hours", SmallInteger),
    Column("not_held_reason", Text), version(),
)  # fmt: skip
training_run = Table(
    "training_run", METADATA, identity(), Column("code", Text, nullable=False),
    Column("edition_id", Uuid, ForeignKey("jet.training_edition.id"), nullable=False),
    Column("fiscal_year", Integer, nullable=False), Column("number", SmallInteger), Column("stream", Text), Column("arrival_group", Text), Column("organiser_id", Uuid), Column("starts_on", Date),
    Column("ends_on", Date), Column("date_precision", Text, nullable=False), Column("date_text", Text),
    Column("place", Text), Column("audience_text", Text), Column("enrol_by", Text, nullable=False),
    Column("enrol_from", DateTime(timezone=True)), Column("enrol_until", DateTime(timezone=True)),
    Column("cancelled_on", Date), Column("cancelled_reason", Text), Column("pool_id", Uuid, nullable=False), version(),
)  # fmt: skip
training_session = Table(
    "training_session", METADATA, identity(),
    Column("run_id", Uuid, ForeignKey("jet.training_run.id"), nullable=False),
    Column("number", SmallInteger, nullable=False), Column("form", Text, nullable=False), Column("component", Text),
    Column("title_ja", Text), Column("title_en", Text), Column("place", Text),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False), version(),
)  # fmt: skip
training_attendee = Table(
    "training_attendee", METADATA, identity(), Column("organisation_id", Uuid),
    Column("digest", LargeBinary, nullable=False), version(),
)  # fmt: skip
attendee_detail = Table(
    "attendee_detail", METADATA,
    Column("attendee_id", Uuid, ForeignKey("jet.training_attendee.id"), primary_key=True),
    Column("name", Text, nullable=False), Column("email", Text), info=ERASABLE,
)  # fmt: skip
training_enrolment = Table(
    "training_enrolment", METADATA, identity(),
    Column("run_id", Uuid, ForeignKey("jet.training_run.id"), nullable=False),
    Column("participant_id", Uuid, ForeignKey("jet.participant.id")),
    Column("attendee_id", Uuid, ForeignKey("jet.training_attendee.id")), Column("audience", Text, nullable=False),
    Column("organisation_id", Uuid), Column("nominated", Boolean, nullable=False),
    Column("ticket", Uuid, nullable=False), Column("enrolled_at", DateTime(timezone=True), nullable=False),
    Column("superseded", Boolean, nullable=False), version(),
)  # fmt: skip
training_attendance = Table(
    "training_attendance", METADATA, identity(), Column("enrolment_id", Uuid, nullable=False),
    Column("session_id", Uuid, nullable=False), Column("run_id", Uuid, nullable=False),
    Column("attendance", Text, nullable=False), Column("persons", SmallInteger, nullable=False),
    Column("method", Text, nullable=False), Column("recorded_at", DateTime(timezone=True), nullable=False), version(),
)  # fmt: skip
meeting_presence = Table(
    "meeting_presence", METADATA, identity(), Column("enrolment_id", Uuid, nullable=False),
    Column("session_id", Uuid, nullable=False), Column("run_id", Uuid, nullable=False),
    Column("joined_at", DateTime(timezone=True), nullable=False),
    Column("left_at", DateTime(timezone=True), nullable=False), version(),
)  # fmt: skip
learning_progress = Table(
    "learning_progress", METADATA, identity(),
    Column("enrolment_id", Uuid, ForeignKey("jet.training_enrolment.id"), nullable=False),
    Column("percent", SmallInteger, nullable=False), Column("read_on", Date, nullable=False),
    Column("finished_on", Date), version(),
)  # fmt: skip
certificate_series = Table(
    "certificate_series", METADATA, Column("fiscal_year", Integer, primary_key=True),
    Column("drawn", Integer, nullable=False),
)  # fmt: skip
training_completion = Table(
    "training_completion", METADATA, identity(),
    Column("enrolment_id", Uuid, ForeignKey("jet.training_enrolment.id"), nullable=False),
    Column("course_id", Uuid, ForeignKey(_COURSE), nullable=False), Column("fiscal_year", Integer, nullable=False),
    Column("participant_id", Uuid, ForeignKey("jet.participant.id")),
    Column("attendee_id", Uuid, ForeignKey("jet.training_attendee.id")), Column("organisation_id", Uuid),
    Column("completed_on", Date, nullable=False), Column("certificate_number", Integer, nullable=False),
    Column("awarded_at", DateTime(timezone=True), nullable=False), version(),
)  # fmt: skip
training_headcount = Table(
    "training_headcount", METADATA, identity(),
    Column("run_id", Uuid, ForeignKey("jet.training_run.id"), nullable=False), Column("organisation_id", Uuid),
    Column("audience", Text, nullable=False), Column("within", Text), Column("unit", Text, nullable=False),
    Column("value", Integer, nullable=False), Column("qualifier", Text, nullable=False),
    Column("method", Text, nullable=False), Column("reported_on", Date, nullable=False), version(),
)  # fmt: skip
organisation_support = Table(
    "organisation_support", METADATA, identity(), Column("organisation_id", Uuid, nullable=False),
    Column("fiscal_year", Integer, nullable=False), Column("kind", Text, nullable=False),
    Column("supported_on", Date, nullable=False), Column("content", Text), version(),
)  # fmt: skip
