"""The tables of grants, and the first wall's clauses over them."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
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
from sqlalchemy.sql.elements import SQLCoreOperations

from services.kit.db.tables import identity, version

METADATA = MetaData(schema="grants")
_EDITION = "grants.edition.id"

programme = Table(
    "programme", METADATA, identity(), Column("code", Text, nullable=False), Column("section", Text, nullable=False),
    Column("kind", Text, nullable=False), Column("name_ja", Text, nullable=False),
    Column("name_en", Text, nullable=False), Column("legal_text", Text), Column("retired_on", Date), version(),
)  # fmt: skip
edition = Table(
    "edition", METADATA, identity(), Column("code", Text, nullable=False),
    Column("programme_id", Uuid, ForeignKey("grants.programme.id"), nullable=False),
    Column("section", Text, nullable=False), Column("fiscal_year", Integer, nullable=False),
    Column("name_ja", Text, nullable=False), Column("name_en", Text, nullable=False), version(),
)  # fmt: skip
category = Table(
    "category", METADATA, identity(), Column("edition_id", Uuid, ForeignKey(_EDITION), nullable=False),
    Column("section", Text, nullable=False), Column("code", Text, nullable=False),
    Column("name_ja", Text, nullable=False), Column("name_en", Text, nullable=False), version(),
)  # fmt: skip
rule_version = Table(
    "rule_version", METADATA, identity(), Column("edition_id", Uuid, ForeignKey(_EDITION), nullable=False),
    Column("section", Text, nullable=False), Column("number", Integer, nullable=False),
    Column("code", Text, nullable=False), Column("rules", JSONB, nullable=False),
    Column("sample", Boolean, nullable=False), Column("frozen_at", DateTime(timezone=True)),
    Column("frozen_by", Uuid), version(),
)  # fmt: skip
form_version = Table(
    "form_version", METADATA, identity(), Column("edition_id", Uuid, ForeignKey(_EDITION), nullable=False),
    Column("section", Text, nullable=False), Column("number", Integer, nullable=False),
    Column("code", Text, nullable=False), Column("form_schema", JSONB, nullable=False),
    Column("frozen_at", DateTime(timezone=True)), Column("frozen_by", Uuid), version(),
)  # fmt: skip
grant_round = Table(
    "round", METADATA, identity(), Column("code", Text, nullable=False),
    Column("edition_id", Uuid, ForeignKey(_EDITION), nullable=False), Column("programme_id", Uuid, nullable=False),
    Column("section", Text, nullable=False), Column("fiscal_year", Integer, nullable=False),
    Column("rule_version_id", Uuid, ForeignKey("grants.rule_version.id")),
    Column("form_version_id", Uuid, ForeignKey("grants.form_version.id")),
    Column("parent_id", Uuid, ForeignKey("grants.round.id")), Column("number", SmallInteger, nullable=False),
    Column("opens_at", DateTime(timezone=True), nullable=False),
    Column("closes_at", DateTime(timezone=True), nullable=False), Column("publish_at", DateTime(timezone=True)),
    Column("projects_from", Date, nullable=False), Column("projects_to", Date, nullable=False),
    Column("budget_conditional", Boolean, nullable=False), Column("work_from_decision", Boolean, nullable=False),
    Column("announced_at", DateTime(timezone=True)), Column("cancelled_at", DateTime(timezone=True)),
    Column("cancelled_reason", Text), Column("budget_line_id", Uuid), Column("decided_at", DateTime(timezone=True)),
    Column("decided_by", Uuid), Column("told_at", DateTime(timezone=True)), version(),
)  # fmt: skip
round_extension = Table(
    "round_extension", METADATA, identity(),
    Column("round_id", Uuid, ForeignKey("grants.round.id"), nullable=False),
    Column("closed_at", DateTime(timezone=True), nullable=False),
    Column("closes_at", DateTime(timezone=True), nullable=False), Column("reason", Text, nullable=False),
    Column("extended_at", DateTime(timezone=True), nullable=False), Column("extended_by", Uuid, nullable=False),
    version(),
)  # fmt: skip


def mine(section: SQLCoreOperations[Any]) -> ColumnElement[bool]:
    """Of the sections that the caller serves in today."""
    sections = select(func.grants.sections()).scalar_subquery()
    return section == any_(cast(sections, ARRAY(Text)))


def own(section: SQLCoreOperations[Any], announced: ColumnElement[bool]) -> ColumnElement[bool]:
    """An officer's own; of others with this reach, what is announced."""
    officer = select(func.platform.caller_is("grant_officer")).scalar_subquery()
    return or_(mine(section), and_(not_(officer), announced))


def announced(stands: ColumnElement[bool]) -> ColumnElement[bool]:
    """That an announced round stands on it."""
    return select(grant_round.c.id).where(stands, grant_round.c.announced_at.is_not(None)).exists()
