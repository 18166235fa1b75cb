"""The tables of applications and of what belongs to one, and the first wall's clauses over them."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    and_,
    any_,
    cast,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.grants.tables import METADATA, mine
from services.kit.db.tables import identity, version

_APPLICATION = "grants.application.id"

application = Table(
    "application", METADATA, identity(),
    Column("round_id", Uuid, ForeignKey("grants.round.id"), nullable=False), Column("section", Text, nullable=False),
    Column("organisation_id", Uuid, nullable=False), Column("department", Text, nullable=False),
    Column("project_number", SmallInteger, nullable=False), Column("category_code", Text),
    Column("title", Text, nullable=False), Column("joint", Boolean, nullable=False),
    Column("channel", Text, nullable=False),
    Column("form_version_id", Uuid, ForeignKey("grants.form_version.id")),
    Column("answers", JSONB, nullable=False), Column("budget", JSONB, nullable=False),
    Column("left_over", JSONB, nullable=False), Column("form_change", JSONB(none_as_null=True)),
    Column("state", Text, nullable=False), Column("member_ids", ARRAY(Uuid), nullable=False),
    Column("sent_by", Uuid), Column("approved_by", Uuid), Column("closes_at", DateTime(timezone=True)),
    Column("extension_reason", Text), Column("extended_by", Uuid), Column("accepted_on", Date),
    Column("ended_reason", Text), Column("rank", Integer), Column("country_codes", ARRAY(Text), nullable=False), version(),
)  # fmt: skip
member = Table(
    "application_member", METADATA, identity(), Column("application_id", Uuid, ForeignKey(_APPLICATION), nullable=False),
    Column("lead_id", Uuid, nullable=False), Column("organisation_id", Uuid, nullable=False),
    Column("share_yen", BigInteger, nullable=False), Column("consented_at", DateTime(timezone=True)),
    Column("consented_by", Uuid), version(),
)  # fmt: skip
file = Table(
    "application_file", METADATA, identity(), Column("application_id", Uuid, ForeignKey(_APPLICATION), nullable=False),
    Column("document_code", Text, nullable=False), Column("blob_id", Uuid, nullable=False),
    Column("file_name", Text, nullable=False), Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False), Column("sha256", LargeBinary, nullable=False),
    Column("verdict", Text, nullable=False), Column("arrived_at", DateTime(timezone=True), nullable=False),
    Column("removed_at", DateTime(timezone=True)), version(),
)  # fmt: skip
correction = Table(
    "correction", METADATA, identity(), Column("application_id", Uuid, ForeignKey(_APPLICATION), nullable=False),
    Column("number", Integer, nullable=False), Column("fields", ARRAY(Text), nullable=False),
    Column("documents", ARRAY(Text), nullable=False), Column("reason", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("requested_at", DateTime(timezone=True), nullable=False), Column("requested_by", Uuid), version(),
)  # fmt: skip
submission = Table(
    "submission", METADATA, identity(), Column("application_id", Uuid, ForeignKey(_APPLICATION), nullable=False),
    Column("number", Integer, nullable=False), Column("receipt_number", Text, nullable=False),
    Column("channel", Text, nullable=False), Column("arrived_at", DateTime(timezone=True), nullable=False),
    Column("entered_at", DateTime(timezone=True), nullable=False), Column("submitted_by", Uuid, nullable=False),
    Column("requested_yen", BigInteger, nullable=False), Column("computed_yen", BigInteger, nullable=False),
    Column("eligible", Boolean, nullable=False), Column("snapshot", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False), version(),
)  # fmt: skip
declared_relation = Table(
    "declared_relation", METADATA, identity(), Column("person_id", Uuid, nullable=False),
    Column("organisation_id", Uuid), Column("application_id", Uuid, ForeignKey(_APPLICATION)),
    Column("reason", Text, nullable=False), Column("valid_from", Date, nullable=False), Column("valid_to", Date),
    Column("declared_at", DateTime(timezone=True), nullable=False), version(),
)  # fmt: skip
panel = Table(
    "panel", METADATA, identity(), Column("round_id", Uuid, ForeignKey("grants.round.id"), nullable=False),
    Column("section", Text, nullable=False), Column("rubric", JSONB, nullable=False),
    Column("ranked_at", DateTime(timezone=True)), Column("ranked_by", Uuid), version(),
)  # fmt: skip
panel_member = Table(
    "panel_member", METADATA, identity(), Column("panel_id", Uuid, ForeignKey("grants.panel.id"), nullable=False),
    Column("section", Text, nullable=False), Column("person_id", Uuid, nullable=False),
    Column("joined_at", DateTime(timezone=True), nullable=False), version(),
)  # fmt: skip
review = Table(
    "review", METADATA, identity(), Column("panel_id", Uuid, ForeignKey("grants.panel.id"), nullable=False),
    Column("application_id", Uuid, ForeignKey(_APPLICATION), nullable=False),
    Column("reviewer_id", Uuid, nullable=False), Column("assigned_at", DateTime(timezone=True), nullable=False),
    Column("scores", JSONB(none_as_null=True)), Column("remark", Text), Column("sealed_at", DateTime(timezone=True)),
    Column("counted", Boolean), version(),
)  # fmt: skip


def applicant() -> Any:
    """The organisation that the caller is of, where it is one that applies."""
    return select(func.grants.applicant()).scalar_subquery()


def leads() -> ColumnElement[bool]:
    """That the caller's organisation is the one that applies."""
    return func.coalesce(application.c.organisation_id == applicant(), False)


def caller() -> Any:
    return select(cast(func.platform.caller("person"), Uuid)).scalar_subquery()


def in_conflict(person: Any) -> ColumnElement[bool]:
    """With the application at hand, by the facts of today."""
    a = application.c
    bodies = func.array_prepend(a.organisation_id, a.member_ids)
    return func.grants.in_conflict(person, a.id, a.round_id, bodies, type_=Boolean)


def handles() -> ColumnElement[bool]:
    """Officers of its section who are in no conflict with it."""
    return and_(mine(application.c.section), not_(in_conflict(caller())))


def within_reach() -> ColumnElement[bool]:
    """Those officers, who applies, and who joins."""
    return or_(handles(), leads(), applicant() == any_(application.c.member_ids))
