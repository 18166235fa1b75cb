"""Events, editions, legs and missions, the seats of legs, and the first wall's clauses over them."""

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
    Table,
    Text,
    Uuid,
    any_,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.sql.elements import SQLCoreOperations

from services.kit.capacity.tables import capacity_tables
from services.kit.db.tables import identity, version

METADATA = MetaData(schema="events")
capacity_pool, capacity_claim = capacity_tables(METADATA)

event = Table(
    "event", METADATA, identity(), Column("code", Text, nullable=False), Column("programme", Text, nullable=False),
    Column("office", Text), Column("name_ja", Text, nullable=False), Column("name_en", Text),
    Column("tags", ARRAY(Text), nullable=False), version(),
)  # fmt: skip
edition = Table(
    "edition", METADATA, identity(), Column("code", Text, nullable=False),
    Column("event_id", Uuid, ForeignKey("events.event.id"), nullable=False), Column("office", Text),
    Column("fiscal_year", Integer, nullable=False), Column("series_number", Integer),
    Column("title_ja", Text, nullable=False), Column("title_en", Text), Column("part", Text, nullable=False),
    Column("host", Text), Column("audience", Text), Column("content", Text), Column("format", Text),
    Column("listing", Text, nullable=False), Column("counted_at", Text, nullable=False),
    Column("standing", Text, nullable=False), Column("standing_reason", Text), Column("next_plan", Text),
    Column("marked", Boolean, nullable=False), Column("public", Boolean, nullable=False), version(),
)  # fmt: skip
leg = Table(
    "leg", METADATA, identity(), Column("code", Text, nullable=False), Column("edition_id", Uuid, nullable=False),
    Column("fiscal_year", Integer, nullable=False), Column("office", Text), Column("number", Integer, nullable=False),
    Column("label", Text), Column("topic", Text), Column("content", Text), Column("format", Text),
    Column("mode", Text), Column("venue", Text), Column("place", Text),
    Column("country", Text, ForeignKey("directory.country.alpha2")), Column("country_printed", Text),
    Column("time_zone", Text, nullable=False), Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False), Column("opens_at", Text), Column("closes_at", Text),
    Column("repeated_hour", Text),
    Column("starts_at", DateTime(timezone=True)), Column("ends_at", DateTime(timezone=True)),
    Column("zone_release", Text), Column("zone_problem", Text), Column("cancelled_on", Date), Column("cancelled_reason", Text),
    Column("sequence", Integer, nullable=False), Column("changed_at", DateTime(timezone=True)),
    Column("pool_id", Uuid, ForeignKey(capacity_pool.c.id)),
    Column("registers_from", DateTime(timezone=True)), Column("registers_until", DateTime(timezone=True)), version(),
)  # fmt: skip
mission = Table(
    "mission", METADATA, identity(), Column("code", Text, nullable=False), Column("programme", Text, nullable=False),
    Column("office", Text), Column("fiscal_year", Integer, nullable=False), Column("title_ja", Text, nullable=False),
    Column("title_en", Text), Column("audience", Text), Column("content", Text),
    Column("starts_on", Date, nullable=False), Column("ends_on", Date, nullable=False),
    Column("places", ARRAY(Text), nullable=False), Column("countries", ARRAY(Text), nullable=False),
    Column("markets", ARRAY(Text), nullable=False), Column("host_id", Uuid, ForeignKey("directory.organisation.id")),
    Column("host_role", Text), Column("and_others", Boolean, nullable=False),
    Column("advisory", Text), Column("outcome", Text), Column("cancelled_on", Date), Column("cancelled_reason", Text),
    Column("marked", Boolean, nullable=False), version(),
)  # fmt: skip


def mine(office: SQLCoreOperations[Any]) -> ColumnElement[bool]:
    """Of the offices that the caller serves for today; none is headquarters'."""
    offices = select(func.events.offices()).scalar_subquery()
    return func.coalesce(office, "") == any_(cast(offices, ARRAY(Text)))


def announced(public: SQLCoreOperations[Any]) -> ColumnElement[bool]:
    """All of it for who serves at an office; for others with this reach, what is announced."""
    serves = select(func.cardinality(func.events.offices()) > 0).scalar_subquery()
    return or_(serves, public)
