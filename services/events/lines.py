"""What lines of the report have in common: the order of the offices, and the words that are printed for a choice."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, MetaData, Table, Text, Uuid, case

from services.kit import glossary

# the report's order of offices is that of the directory's ids
office = Table("overseas_office", MetaData(schema="directory"), Column("id", Uuid), Column("code", Text))


def printed(column: ColumnElement[Any], term: str, values: Iterable[str]) -> ColumnElement[Any]:
    """A choice's Japanese title, as tables print it: 現地, 理事会."""
    return case({value: glossary.title(f"{term}.{value}").ja for value in values}, value=column)
