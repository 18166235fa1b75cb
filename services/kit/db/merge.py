"""Set-based upsert: an equal row does nothing, an overlap raises with its constraint's name.

ON CONFLICT would swallow an overlapping row silently; MERGE does not.
"""

from collections.abc import Sequence
from typing import Any

import pydantic_core
from sqlalchemy import Table, text
from sqlalchemy.dialects import postgresql

from services.kit.db.session import WriteSession
from services.kit.resource import Change, Row

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def _columns(table: Table, rows: Sequence[Row]) -> list[str]:
    given = rows[0].keys()
    # plain text: a key of SQLAlchemy's own kind of str makes JSON several times slower to write
    return [str(column.name) for column in table.columns if column.name in given]


def _source(table: Table, names: Sequence[str]) -> str:
    types = ", ".join(f'"{name}" {table.c[name].type.compile(dialect=_DIALECT)}' for name in names)
    return f"json_to_recordset(CAST(:rows AS json)) AS s(_row integer, {types})"


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


async def insert(session: WriteSession, table: Table, rows: Sequence[Row]) -> None:
    """New records with the same columns, of which nothing is told."""
    if not rows:
        return
    names = _columns(table, rows)
    values = {name: f's."{name}"' for name in names} | _known(table, names)
    quoted = ", ".join(f'"{name}"' for name in values)
    await session.execute(
        text(
            f"INSERT INTO {table.fullname} ({quoted}) SELECT {', '.join(values.values())} FROM {_source(table, names)}"
        ),
        {"rows": _json(rows, names)},
    )


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


async def touch(session: WriteSession, table: Table, ids: Sequence[Any]) -> None:
    """Move the version of records whose other parts changed."""
    await session.execute(
        text(
            f"UPDATE {table.fullname} SET row_version = row_version + 1 WHERE id = ANY (CAST(:ids AS uuid[]))"
        ),
        {"ids": [str(value) for value in ids]},
    )
