"""What lines of the report have in common: the words that it prints for a choice, an office, a body."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, Integer, MetaData, Table, Text, Uuid, case, func, or_, select

from services.kit import directory, glossary

MUNICIPALITIES = ("city", "town", "village", "special_ward")
office = Table(
    "overseas_office", MetaData(schema="directory"), Column("id", Uuid), Column("code", Text, primary_key=True),
    Column("city_ja", Text),
    Column("chart_order", Integer),
)  # fmt: skip


def printed(column: ColumnElement[Any], term: str, values: Iterable[str]) -> ColumnElement[Any]:
    """A choice's Japanese title, as tables print it: 現地, 理事会."""
    return case({value: glossary.title(f"{term}.{value}").ja for value in values}, value=column)


def body_type(kind: Any) -> ColumnElement[Any]:
    return case((or_(*(kind == one for one in MUNICIPALITIES)), "municipality"), else_=kind)


def is_local(kind: Any) -> ColumnElement[bool]:
    """Of a local government."""
    return or_(*(kind == one for one in ("prefecture", "designated_city", *MUNICIPALITIES)))


def body_name(body: Any) -> ColumnElement[Any]:
    """An organisation by its name, a municipality with its prefecture's before it: 静岡県三島市."""
    p = directory.organisation.alias("prefecture").c
    above = (
        select(p.name)
        .where(p.kind == "prefecture", func.left(p.code, 2) == func.left(body.code, 2))
        .correlate(body.code.table)
        .scalar_subquery()
    )
    return case((body_type(body.kind) == "municipality", func.concat(above, body.name)), else_=body.name)
