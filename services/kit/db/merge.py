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
    return f"jsonb_to_recordset(CAST(:rows AS jsonb)) AS s(_row integer, {types})"


def _json(rows: Sequence[Row], names: Sequence[str]) -> str:
    return pydantic_core.to_json(
        [{"_row": row["_row"]} | {n: row[n] for n in names} for row in rows]
    ).decode()


def _statement(
    table: Table, names: Sequence[str], key: Sequence[str], insert_only: bool, once: Sequence[str]
) -> str:
    on = " AND ".join(
        f't."{name}" IS NOT DISTINCT FROM s."{name}"'
        if table.c[name].nullable
        else f't."{name}" = s."{name}"'
        for name in key
    )
    changed = [name for name in names if name not in key and name not in ("id", "known_from", *once)]
    sets = [f'"{name}" = s."{name}"' for name in changed]
    values = [f's."{name}"' for name in names]
    if "row_version" in table.c:
        sets.append("row_version = t.row_version + 1")
    if "known_from" in table.c:
        known = 'coalesce(s."known_from", platform.now())' if "known_from" in names else "platform.now()"
        sets.append(f"known_from = {known}")
        values = [known if name == "known_from" else value for name, value in zip(names, values, strict=True)]
    update = ""
    if changed and not insert_only:
        mine, theirs = (", ".join(f'{side}."{name}"' for name in changed) for side in "ts")
        update = (
            f"WHEN MATCHED AND ROW({mine}) IS DISTINCT FROM ROW({theirs}) THEN UPDATE SET {', '.join(sets)}"
        )
    quoted = ", ".join(f'"{name}"' for name in names)
    return (
        f"MERGE INTO {table.fullname} AS t USING (SELECT * FROM {_source(table, names)}) AS s ON {on} {update} "
        f"WHEN NOT MATCHED THEN INSERT ({quoted}) VALUES ({', '.join(values)}) "
        f"RETURNING s._row, merge_action() AS action, to_jsonb(old.*) AS before, to_jsonb(new.*) AS after"
    )


async def merge(
    session: WriteSession,
    table: Table,
    rows: Sequence[Row],
    key: Sequence[str],
    *,
    insert_only: bool = False,
    once: Sequence[str] = (),
) -> list[Change]:
    """Rows carry `_row` and the same columns. Returns what changed; `insert_only` leaves matches alone."""
    if not rows:
        return []
    names = _columns(table, rows)
    done = await session.execute(
        text(_statement(table, names, key, insert_only, once)), {"rows": _json(rows, names)}
    )
    identity = "id" if "id" in table.c else next(iter(table.primary_key.columns)).name
    said = _named if table.info.get("erasable") else _whole
    return [Change(row._row, row.action, row.after[identity], *said(table, row)) for row in done]


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


async def touch(session: WriteSession, table: Table, ids: Sequence[Any]) -> None:
    """Move the version of records whose other parts changed."""
    await session.execute(
        text(
            f"UPDATE {table.fullname} SET row_version = row_version + 1 WHERE id = ANY (CAST(:ids AS uuid[]))"
        ),
        {"ids": [str(value) for value in ids]},
    )
