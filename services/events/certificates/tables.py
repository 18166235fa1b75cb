"""Certificates and, apart and erasable, their holders."""

from sqlalchemy import Column, Date, ForeignKey, Integer, Table, Text, Uuid

from services.events.tables import METADATA
from services.kit.db.tables import ERASABLE, identity, version

certificate = Table(
    "certificate", METADATA, identity(), Column("edition_id", Uuid, nullable=False),
    Column("event_id", Uuid, nullable=False), Column("office", Text), Column("number", Integer, nullable=False),
    Column("organisation_id", Uuid, ForeignKey("directory.organisation.id")),
    Column("certified_on", Date, nullable=False), version(),
)  # fmt: skip
certificate_holder = Table(
    "certificate_holder", METADATA,
    Column("certificate_id", Uuid, ForeignKey("events.certificate.id"), primary_key=True), Column("office", Text),
    Column("holder_name", Text, nullable=False), Column("holder_kana", Text), info=ERASABLE,
)  # fmt: skip
