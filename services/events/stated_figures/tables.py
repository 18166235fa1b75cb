"""Figures that the report states beyond its rows."""

from sqlalchemy import Column, Integer, Table, Text

from services.events.tables import METADATA
from services.kit.db.tables import identity, version

stated_figure = Table(
    "stated_figure", METADATA, identity(), Column("code", Text, nullable=False),
    Column("statistic", Text, nullable=False), Column("fiscal_year", Integer, nullable=False),
    Column("label_ja", Text, nullable=False), Column("label_en", Text, nullable=False),
    Column("value", Integer, nullable=False), Column("unit", Text, nullable=False),
    Column("qualifier", Text, nullable=False), Column("source", Text, nullable=False), Column("office", Text),
    version(),
)  # fmt: skip
