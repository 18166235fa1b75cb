"""Set-based upsert: an equal row does nothing, an overlap raises with its constraint's name.

ON CONFLICT would swallow an overlapping row silently; MERGE does not.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pydantic_core
from sqlalchemy import (
    JSON,
    ColumnElement,
    Integer,
    Subquery,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql

from services.kit.db.session import WriteSession
from services.kit.resource import Change, Row

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
# A table, and which field of the rows fills each of its columns.
Inserted = tuple[Table, Mapping[str, str]]


def _columns(table: Table, rows: Sequence[Row]) -> list[str]:
    given = rows[0].keys()
    # plain text: a key of SQLAlchemy's own kind of str makes JSON several times slower to write
    return [str(column.name) for column in table.columns if column.name in given]


def _type(column: ColumnElement[Any]) -> str:
    return str(column.type.compile(dialect=_DIALECT))


def _records(types: Mapping[str, str]) -> str:
    told = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
    return f"json_to_recordset(CAST(:rows AS json)) AS s(_row integer, {told})"


def _source(table: Table, names: Sequence[str]) -> str:
    return _records({name: _type(table.c[name]) for name in names})


def _json(rows: Sequence[Row], names: Sequence[str]) -> str:
    told = ("_row", *names)
    return pydantic_core.to_json([{name: row[name] for name in told} for row in rows]).decode()


def _on(table: Table, key: Sequence[str]) -> str:
    """Nothing matches by no key."""
    same = (
        f't."{name}" IS NOT DISTINCT FROM s."{name}"'
        if table.c[name].nullable
        else f't."{name}" = s."{name}"'
        for name in key
    )
    return " AND ".join(same) or "false"


def _statement(
    table: Table, names: Sequence[str], key: Sequence[str], insert_only: bool, once: Sequence[str], told: bool
) -> str:
    changed = [name for name in names if name not in key and name not in ("id", "known_from", *once)]
    sets = [f'"{name}" = s."{name}"' for name in changed]
    known = _known(table, names)
    values = {name: f's."{name}"' for name in names} | known
    if "row_version" in table.c:
        sets.append("row_version = t.row_version + 1")
    sets += [f"{name} = {value}" for name, value in known.items()]
    update = ""
    if key and changed and not insert_only:
        mine, theirs = (", ".join(f'{side}."{name}"' for name in changed) for side in "ts")
        update = (
            f"WHEN MATCHED AND ROW({mine}) IS DISTINCT FROM ROW({theirs}) THEN UPDATE SET {', '.join(sets)}"
        )
    quoted = ", ".join(f'"{name}"' for name in values)
    rows = "to_jsonb(old.*) AS before, to_jsonb(new.*) AS after" if told else "NULL AS before, NULL AS after"
    return (
        f"MERGE INTO {table.fullname} AS t USING (SELECT * FROM {_source(table, names)}) AS s ON {_on(table, key)} "
        f"{update} WHEN NOT MATCHED THEN INSERT ({quoted}) VALUES ({', '.join(values.values())}) "
        f'RETURNING s._row, merge_action() AS action, new."{_identity(table)}" AS id, {rows}'
    )


def _identity(table: Table) -> str:
    return "id" if "id" in table.c else str(next(iter(table.primary_key.columns)).name)


async def merge(
    session: WriteSession,
    table: Table,
    rows: Sequence[Row],
    key: Sequence[str],
    *,
    insert_only: bool = False,
    once: Sequence[str] = (),
    told: bool = True,
) -> list[Change]:
    """Rows carry `_row` and the same columns. Returns what changed; `insert_only` leaves matches alone.

    Without a `key` every row is a new record. Without `told` a change says which record, and nothing of its values.
    """
    if not rows:
        return []
    names = _columns(table, rows)
    done = await session.execute(
        text(_statement(table, names, key, insert_only, once, told)), {"rows": _json(rows, names)}
    )
    if not told:
        return [Change(number, action, identity, None, None) for number, action, identity, *_ in done.all()]
    said = _named if table.info.get("erasable") else _whole
    return [Change(row._row, row.action, row.after[_identity(table)], *said(table, row)) for row in done]


async def insert(session: WriteSession, rows: Sequence[Row], parts: Sequence[Inserted]) -> None:
    """New records with what belongs to them, of which nothing is told. The rows travel once, whatever they fill."""
    if not rows:
        return
    types = {field: _type(table.c[column]) for table, fields in parts for column, field in fields.items()}
    made = [_into(table, fields) for table, fields in parts]
    first = "".join(f", p{place} AS ({statement})" for place, statement in enumerate(made[:-1]))
    await session.execute(
        text(f"WITH s AS MATERIALIZED (SELECT * FROM {_records(types)}){first} {made[-1]}"),
        {"rows": _json(rows, list(types))},
    )


def _into(table: Table, fields: Mapping[str, str]) -> str:
    values = {column: f's."{field}"' for column, field in fields.items()} | _known(table, list(fields))
    quoted = ", ".join(f'"{column}"' for column in values)
    return f"INSERT INTO {table.fullname} ({quoted}) SELECT {', '.join(values.values())} FROM s"


def _known(table: Table, names: Sequence[str]) -> dict[str, str]:
    """Since when a fact is known. Asked once: a default is worked out for each row."""
    if "known_from" not in table.c:
        return {}
    now = "(SELECT platform.now())"
    return {"known_from": f'coalesce(s."known_from", {now})' if "known_from" in names else now}


def _whole(_: Table, row: Any) -> tuple[Row | None, Row]:
    return row.before, row.after


def _named(table: Table, row: Any) -> tuple[Row | None, Row]:
    """Of what can be erased: its id and which fields changed, never a value."""
    before = row.before or {}
    keys = {column.name: row.after[column.name] for column in table.primary_key.columns}
    fields = [name for name, value in row.after.items() if name not in keys and before.get(name) != value]
    return None, keys | {"fields": fields}


async def identities(
    session: WriteSession, table: Table, rows: Sequence[Row], key: Sequence[str]
) -> dict[int, Any]:
    """The ids of the records that the rows name by `key`."""
    if not rows:
        return {}
    on = " AND ".join(f't."{name}" = s."{name}"' for name in key)
    found = await session.execute(
        text(f"SELECT s._row, t.id FROM {_source(table, key)} JOIN {table.fullname} AS t ON {on}"),
        {"rows": _json(rows, key)},
    )
    return {row._row: row.id for row in found}


async def unchanged(session: WriteSession, table: Table, rows: Sequence[Row], key: Sequence[str]) -> set[int]:
    """The rows whose record, named by `key`, is as they say."""
    if not rows:
        return set()
    names = _columns(table, rows)
    mine, theirs = (", ".join(f'{side}."{name}"' for name in names) for side in "ts")
    found = await session.scalars(
        text(
            f"SELECT s._row FROM {_source(table, names)} JOIN {table.fullname} AS t ON {_on(table, key)} "
            f"WHERE ROW({mine}) IS NOT DISTINCT FROM ROW({theirs})"
        ),
        {"rows": _json(rows, names)},
    )
    return set(found)


async def alike(
    session: WriteSession, shown: Subquery, rows: Sequence[Row], names: Sequence[str]
) -> set[int]:
    """The rows, each with the `id` of its record, that say what a reader is shown of it."""
    types = {name: _type(shown.c[name]) for name in ("id", *names)}
    columns = [column("_row", Integer), *(column(name, shown.c[name].type) for name in types)]
    given = (
        func.json_to_recordset(cast(bindparam("rows", type_=Text()), JSON))
        .table_valued(*columns)
        .render_derived("s", with_types=True)
    )
    same = [shown.c[name].is_not_distinct_from(given.c[name]) for name in names]
    found = await session.scalars(
        select(given.c["_row"]).join_from(given, shown, shown.c.id == given.c.id).where(*same),
        {"rows": _json(rows, list(types))},
    )
    return set(found)


async def touch(session: WriteSession, table: Table, ids: Sequence[Any]) -> None:
    """Move the version of records whose other parts changed."""
    await session.execute(
        text(
            f"UPDATE {table.fullname} SET row_version = row_version + 1 WHERE id = ANY (CAST(:ids AS uuid[]))"
        ),
        {"ids": [str(value) for value in ids]},
    )
