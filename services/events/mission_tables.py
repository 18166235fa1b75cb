"""Who goes on a mission, its stops, and the bodies that it visits."""

from sqlalchemy import Column, Date, ForeignKey, Integer, Table, Text, Uuid

from services.events.tables import METADATA
from services.kit.db.tables import ERASABLE, identity, version

_MISSION = "events.mission.id"

mission_member = Table(
    "mission_member", METADATA, identity(), Column("mission_id", Uuid, ForeignKey(_MISSION), nullable=False),
    Column("office", Text), Column("number", Integer, nullable=False), Column("capacity", Text, nullable=False),
    Column("title", Text), Column("title_en", Text),
    Column("organisation_id", Uuid, ForeignKey("directory.organisation.id")), Column("affiliation", Text),
    Column("affiliation_en", Text), Column("country", Text, ForeignKey("directory.country.alpha2")),
    Column("protocol_rank", Integer), Column("person_number", Text), Column("withdrawn_on", Date), version(),
)  # fmt: skip
mission_member_name = Table(
    "mission_member_name", METADATA,
    Column("member_id", Uuid, ForeignKey("events.mission_member.id"), primary_key=True), Column("office", Text),
    Column("name", Text), info=ERASABLE,
)  # fmt: skip
mission_stop = Table(
    "mission_stop", METADATA, identity(), Column("mission_id", Uuid, nullable=False),
    Column("starts_on", Date, nullable=False), Column("ends_on", Date, nullable=False), Column("office", Text),
    Column("number", Integer, nullable=False), Column("held_on", Date, nullable=False), Column("begins_at", Text),
    Column("place", Text, nullable=False), Column("organisation_id", Uuid, ForeignKey("directory.organisation.id")),
    Column("receiver", Text), Column("purpose", Text), version(),
)  # fmt: skip
mission_host = Table(
    "mission_host", METADATA, identity(), Column("mission_id", Uuid, ForeignKey(_MISSION), nullable=False),
    Column("office", Text), Column("number", Integer, nullable=False),
    Column("organisation_id", Uuid, ForeignKey("directory.organisation.id")), Column("name", Text), version(),
)  # fmt: skip
