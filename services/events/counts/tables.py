"""Counts of legs, editions and missions; columns of the database's making say what one is of and how it adds."""

from typing import Any

from sqlalchemy import Boolean, Column, Computed, Date, ForeignKey, Integer, Table, Text, Uuid
from sqlalchemy.types import TypeEngine

from services.events.tables import METADATA
from services.kit.db.tables import identity, version


def _made(name: str, kind: type[TypeEngine[Any]], sql: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, kind, Computed(sql, persisted=True), nullable=nullable)


attendance_count = Table(
    "attendance_count", METADATA, identity(), Column("code", Text, nullable=False),
    Column("edition_id", Uuid, ForeignKey("events.edition.id")), Column("leg_id", Uuid),
    Column("mission_id", Uuid, ForeignKey("events.mission.id")), Column("office", Text),
    Column("subject", Text, nullable=False), Column("unit", Text, nullable=False),
    Column("value", Integer, nullable=False), Column("qualifier", Text, nullable=False),
    Column("person_times", Boolean, nullable=False), Column("within_code", Text), Column("within_value", Integer),
    Column("country", Text, ForeignKey("directory.country.alpha2")), Column("capacity", Text), Column("label", Text),
    Column("method", Text), Column("source", Text), Column("counted_on", Date),
    _made("record_id", Uuid, "coalesce(leg_id, mission_id, edition_id)"),
    _made(
        "counted_at", Text,
        "CASE WHEN mission_id IS NULL AND subject <> 'certified' "
        "THEN CASE WHEN leg_id IS NULL THEN 'edition' ELSE 'leg' END END",
        nullable=True,
    ),
    _made("part", Boolean, "within_code IS NOT NULL"),
    _made("whole_is_part", Boolean, "CASE WHEN within_code IS NOT NULL THEN false END", nullable=True),
    _made(
        "broken_down_by", Text,
        "CASE WHEN country IS NOT NULL AND capacity IS NOT NULL THEN 'country_and_capacity' "
        "WHEN country IS NOT NULL THEN 'country' WHEN capacity IS NOT NULL THEN 'capacity' ELSE 'nothing' END",
    ),
    _made("counted_for", Text, "CASE WHEN method IS NOT DISTINCT FROM 'organiser' THEN 'organiser' ELSE 'own' END"),
    version(),
)  # fmt: skip
