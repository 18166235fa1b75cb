"""The shared directory as every service reads it, and the first wall's clause over it.

The registry alone writes these tables; the others hold SELECT and foreign keys.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Date,
    MetaData,
    Table,
    Text,
    Uuid,
    any_,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import DATERANGE
from sqlalchemy.sql.elements import SQLCoreOperations

METADATA = MetaData(schema="directory")

organisation = Table(
    "organisation", METADATA,
    Column("id", Uuid, primary_key=True), Column("code", Text), Column("name", Text), Column("name_en", Text),
    Column("kind", Text), Column("valid_from", Date), Column("valid_to", Date),
)  # fmt: skip
hierarchy = Table(
    "hierarchy", METADATA,
    Column("member_id", Uuid), Column("host_id", Uuid), Column("effective", DATERANGE),
)  # fmt: skip
country = Table(
    "country", METADATA, Column("id", Uuid), Column("alpha2", Text, primary_key=True),
    Column("name_ja", Text), Column("name_en", Text),
)  # fmt: skip


def visible(column: SQLCoreOperations[Any]) -> ColumnElement[bool]:
    """Rows of the organisations that the caller sees; evaluated once a statement."""
    seen = select(func.directory.visible_organisations()).scalar_subquery()
    return column == any_(cast(seen, ARRAY(Uuid)))


def organisation_is(column: SQLCoreOperations[Any], given: ColumnElement[Any]) -> ColumnElement[bool]:
    """`given` may be an id or a code."""
    found = select(organisation.c.id).where(
        or_(organisation.c.code == given, cast(organisation.c.id, Text) == func.lower(given))
    )
    return column == found.scalar_subquery()
