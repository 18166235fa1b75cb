"""What lines of the report have in common: the words that it prints for a choice, an office; what a local government is."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, Integer, MetaData, Table, Text, Uuid, case, or_

from services.kit import directory, glossary

office = Table(
    "overseas_office", MetaData(schema="directory"), Column("id", Uuid), Column("code", Text, primary_key=True),
    Column("city_ja", Text),
    Column("chart_order", Integer),
)  # fmt: skip


def printed(column: ColumnElement[Any], term: str, values: Iterable[str]) -> ColumnElement[Any]:
    """A choice's Japanese title, as tables print it: 現地, 理事会."""
    return case({value: glossary.title(f"{term}.{value}").ja for value in values}, value=column)


def is_local(kind: Any) -> ColumnElement[bool]:
    """Of a local government."""
    return or_(kind == "prefecture", kind == "designated_city", directory.municipal(kind))
