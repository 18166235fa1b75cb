"""What lines of the report's tables share: the offices as they are printed, and in which order."""

from sqlalchemy import Column, MetaData, Table, Text, Uuid

printed_office = Table(
    "overseas_office", MetaData(schema="directory"), Column("id", Uuid), Column("code", Text, primary_key=True),
    Column("city_ja", Text), Column("city_en", Text),
)  # fmt: skip
