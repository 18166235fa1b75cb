"""Registrations for legs; who they are of stands apart."""

from sqlalchemy import Boolean, Column, DateTime, ForeignKey, Integer, LargeBinary, Table, Text, Uuid

from services.events.tables import METADATA, capacity_claim, leg
from services.kit.db.tables import ERASABLE, version

registration = Table(
    "registration", METADATA, Column("id", Uuid, ForeignKey(capacity_claim.c.id), primary_key=True),
    Column("leg_id", Uuid, ForeignKey(leg.c.id), nullable=False), Column("office", Text),
    Column("organisation_id", Uuid, ForeignKey("directory.organisation.id")),
    Column("digest", LargeBinary, nullable=False), Column("registered_at", DateTime(timezone=True), nullable=False),
    Column("over", Boolean, nullable=False), Column("checked_in_at", DateTime(timezone=True)),
    Column("persons", Integer), version(),
)  # fmt: skip
registration_person = Table(
    "registration_person", METADATA,
    Column("registration_id", Uuid, ForeignKey(registration.c.id), primary_key=True),
    Column("name", Text, nullable=False), Column("email", Text, nullable=False), Column("affiliation", Text),
    Column("search_key", Text, nullable=False), info=ERASABLE,
)  # fmt: skip
