"""The table of vendors' monthly returns."""

from sqlalchemy import BigInteger, Column, Computed, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import DATERANGE

from services.jet.care.tables import METADATA
from services.kit.db.tables import identity, version

vendor_return = Table(
    "vendor_return", METADATA, identity(), Column("organisation_id", Uuid, nullable=False),
    Column("fiscal_year", Integer, nullable=False), Column("month", Integer, nullable=False),
    Column("channel", Text, nullable=False), Column("unit", Text, nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("counted", DATERANGE, Computed("daterange(fiscal_year, month)"), nullable=False), version(),
)  # fmt: skip
