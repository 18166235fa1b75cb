"""Core statements compiled once per shape and run on the bare connection."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql.compiler import SQLCompiler

_DIALECT = asyncpg.dialect()  # type: ignore[no-untyped-call]


def array(values: Iterable[object]) -> str:
    """The literal of an array of ids, numbers or days, which need no quotes: the driver takes longer over a list."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


@dataclass(frozen=True, slots=True)
class Query:
    """SQL with its bind names in the order of its placeholders, and the constants it was built with."""

    sql: str
    names: tuple[str, ...]
    constants: dict[str, object]

    def values(self, given: dict[str, object]) -> list[object]:
        return [given[name] if name in given else self.constants[name] for name in self.names]


def compiled(statement: Executable) -> Query:
    made = statement.compile(dialect=_DIALECT)  # type: ignore[attr-defined]
    assert isinstance(made, SQLCompiler)
    constants = dict(made.params)
    if not made.post_compile_params:
        return Query(str(made), tuple(made.positiontup or ()), constants)
    # `column.in_(values)`: each of the values has a place of its own
    written = made.construct_expanded_state(constants)
    constants |= written.additional_parameters
    return Query(written.statement, tuple(written.positiontup or ()), constants)
