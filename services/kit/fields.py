"""Small pieces of declarations: filters, search, periods."""

from typing import Annotated, Any

from pydantic import StringConstraints
from sqlalchemy.sql.elements import SQLCoreOperations

from services.kit.directory import organisation_is
from services.kit.japan.names import search_key
from services.kit.resource import Filter
from services.kit.wire import Day

Short = Annotated[str, StringConstraints(min_length=1, max_length=200)]


def equals(column: SQLCoreOperations[Any], annotation: Any = Short) -> Filter:
    return Filter(annotation, lambda given: column == given)


def organisation(column: SQLCoreOperations[Any]) -> Filter:
    """By the organisation's id or its code."""
    return Filter(Short, lambda given: organisation_is(column, given))


def _pattern(given: str) -> str:
    key = search_key(given)
    for special in "\\%_":
        key = key.replace(special, "\\" + special)
    return f"%{key}%"


def search(column: SQLCoreOperations[Any]) -> Filter:
    """Anywhere in a stored search key, whatever the width, case, kana or accents typed."""
    return Filter(Short, lambda given: column.like(given, escape="\\"), _pattern)


def holds_on(effective: SQLCoreOperations[Any]) -> Filter:
    """Facts that hold on a day."""
    return Filter(Day, lambda given: effective.op("@>")(given))
