"""The tables of what is published of a fiscal year, and the views of what else is counted in it."""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Integer, Table, Text, Uuid

from services.jet.care.tables import METADATA
from services.kit.db.tables import identity, version

_RELEASE = "care.figure_release.id"

figure_release = Table(
    "figure_release", METADATA, identity(), Column("fiscal_year", Integer, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False), Column("threshold", Integer, nullable=False),
    Column("rounding", Integer, nullable=False), Column("protection", Integer, nullable=False), version(),
)  # fmt: skip
figure_total = Table(
    "figure_total", METADATA, Column("release_id", Uuid, ForeignKey(_RELEASE), primary_key=True),
    Column("row_no", Integer, primary_key=True), Column("service", Text, nullable=False), Column("channel_code", Text),
    Column("channel", Text), Column("audience", Text, nullable=False), Column("cases", BigInteger),
    Column("persons", BigInteger), Column("times", BigInteger),
)  # fmt: skip
figure_cell = Table(
    "figure_cell", METADATA, Column("release_id", Uuid, ForeignKey(_RELEASE), primary_key=True),
    Column("cut", Text, primary_key=True), Column("channel", Text, primary_key=True), Column("part", Text, primary_key=True),
    Column("unit", Text, primary_key=True), Column("value", BigInteger),
)  # fmt: skip
release_reading = Table(
    "release_reading", METADATA, identity(), Column("release_id", Uuid, ForeignKey(_RELEASE), nullable=False),
    Column("read_at", DateTime(timezone=True), nullable=False), Column("client", Text, nullable=False),
    Column("role", Text, nullable=False), Column("person_id", Uuid), version(),
)  # fmt: skip
