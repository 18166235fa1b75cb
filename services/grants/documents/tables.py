"""The table of documents, and the first wall's clause of when an applicant is shown one."""

from sqlalchemy import (
    Column,
    ColumnElement,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    and_,
    func,
    or_,
)

from services.grants.tables import METADATA
from services.kit.db.tables import identity, version

document = Table(
    "document", METADATA, identity(), Column("section", Text, nullable=False),
    Column("fiscal_year", Integer, nullable=False), Column("series", Text, nullable=False),
    Column("number", Integer, nullable=False), Column("sign", Text, nullable=False),
    Column("code", Text, Computed("sign || '第' || number || '号'", persisted=True), nullable=False),
    Column("kind", Text, nullable=False),
    Column("application_id", Uuid, ForeignKey("grants.application.id"), nullable=False),
    Column("issued_on", Date, nullable=False), Column("shown_from", DateTime(timezone=True)),
    Column("content", Text, nullable=False), Column("sha256", LargeBinary, nullable=False),
    Column("void_at", DateTime(timezone=True)), Column("void_by", Uuid), Column("void_reason", Text), version(),
)  # fmt: skip


def shown() -> ColumnElement[bool]:
    """To who applies and who joins."""
    d = document.c
    return and_(d.void_at.is_(None), or_(d.shown_from.is_(None), d.shown_from <= func.platform.now()))
