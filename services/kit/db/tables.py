"""Columns that tables share. Constraints that no declaration can say (temporal keys, PERIOD keys, exclusion)
stand in the migrations; a test holds these declarations against the database's catalogue."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB

# Of a table marked so the audit keeps ids and names of fields, never a value: it could not be erased there.
ERASABLE = {"erasable": True}
# Whether this is a database to try things in: its papers are samples.
CLOCK = Table("clock", MetaData(schema="platform"), Column("sandbox", Boolean, nullable=False))


def identity() -> Column[object]:
    return Column("id", Uuid, primary_key=True)


def version() -> Column[object]:
    return Column("row_version", BigInteger, nullable=False)


def validity() -> tuple[Column[object], ...]:
    """From and to, both inclusive and either open, with the range that the database makes of them."""
    made = Computed("daterange(valid_from, valid_to, '[]')", persisted=True)
    return Column("valid_from", Date), Column("valid_to", Date), Column("effective", DATERANGE, made)


def known_from() -> Column[object]:
    """Since when a fact is known."""
    return Column("known_from", DateTime(timezone=True), nullable=False)


def term() -> tuple[Column[object], ...]:
    """A fact's first and last day, its range, and since when it is known."""
    made = Computed("daterange(starts_on, ends_on, '[]')", persisted=True)
    return (
        Column("starts_on", Date, nullable=False),
        Column("ends_on", Date, nullable=False),
        Column("effective", DATERANGE, made),
        known_from(),
    )


def audit_entry(schema: str) -> Table:
    """The audit of a service, as it is read."""
    return Table(
        "audit_entry", MetaData(schema=schema), Column("id", Uuid), Column("at", DateTime(True)), Column("xid", Text),
        Column("client", Text), Column("person_id", Uuid), Column("role", Text), Column("organisation_id", Uuid),
        Column("request_id", Text),
        Column("action", Text), Column("resource", Text), Column("resource_id", Uuid), Column("from_state", Text),
        Column("to_state", Text), Column("before", JSONB), Column("after", JSONB), Column("subjects", ARRAY(Uuid)),
    )  # fmt: skip
