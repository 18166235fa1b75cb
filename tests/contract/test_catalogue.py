"""The database's catalogue against what the sources declare, and against the walls."""

import asyncio
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table, create_mock_engine, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.types import TypeEngine

from migrations.histories import APPLICATIONS, DOOR, HISTORIES
from migrations.run import config, migrate
from services.kit.db.migration import Schema
from services.postgres import PrivatePostgres
from tests.support.sql import fetch

DIALECT = create_mock_engine("postgresql+asyncpg://", lambda *_: None).dialect
ROOT = Path(__file__).resolve().parents[2]
OURS = f"ANY (ARRAY[{', '.join(repr(name) for name in HISTORIES)}]::name[])"
# Tables without row-level security, and why.
OPEN = {
    "alembic_version": "granted to nobody but its owner",
    "clock": "everybody reads it; a trigger and a column grant hold the writer",
    "pgqueuer": "ids of jobs alone, and granted to one application",
    "pgqueuer_log": "as pgqueuer",
    "pgqueuer_schedules": "as pgqueuer",
    "pgqueuer_statistics": "as pgqueuer",
}
TEMPORAL = {
    ("care", "channel_pkey"),
    ("care", "contact_channel_fkey"),
    ("care", "vendor_return_channel_fkey"),
    ("directory", "hierarchy_one_host"),
    ("directory", "organisation_role_once"),
    ("directory", "post_once"),
    ("directory", "secondment_one_home"),
    ("jet", "appointment_one_at_a_time"),
    ("jet", "appointment_period"),
    ("jet", "arrangement_one_at_a_time"),
    ("jet", "arrangement_within_appointment"),
    ("jet", "career_fair_day_open"),
    ("jet", "interview_slot_within_day"),
    ("jet", "workplace_one_per_position"),
    ("jet", "workplace_within_appointment"),
}


def declared() -> list[Table]:
    """Every table that a `tables.py` or `…_tables.py` declares, and the columns of the directory that the kit reads."""
    files = [*sorted((ROOT / "services").rglob("*tables.py")), ROOT / "services/kit/directory.py"]
    modules = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    found = (value for name in modules for value in vars(importlib.import_module(name)).values())
    return [value for value in found if isinstance(value, Table)]


def _kind(kind: TypeEngine[Any]) -> str:
    return str(kind.compile(dialect=DIALECT))


def _compare(connection: Connection) -> list[str]:
    looking = inspect(connection)
    wrong = []
    for table in declared():
        stored = {one["name"]: one for one in looking.get_columns(table.name, schema=table.schema)}
        partial = table.metadata.schema == "directory" and "row_version" not in table.c
        view = table.name.endswith("_known")
        for column in table.columns:
            place = f"{table.schema}.{table.name}.{column.name}"
            if column.name not in stored:
                wrong.append(f"{place} is not in the database")
                continue
            found = stored[column.name]
            kind = _kind(found["type"])
            if kind != _kind(column.type):
                wrong.append(f"{place} is {kind}, declared {_kind(column.type)}")
            if found["nullable"] != column.nullable and not (partial or view or column.computed):
                wrong.append(f"{place} is nullable: {found['nullable']}, declared {column.nullable}")
    return wrong


async def _run(url: str, work: Callable[[Connection], list[str]]) -> list[str]:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def test_declared_tables_are_those_of_the_database(postgres: PrivatePostgres) -> None:
    assert len(declared()) > 20
    assert asyncio.run(_run(postgres.url(), _compare)) == []


def test_every_table_is_walled(postgres: PrivatePostgres) -> None:
    rows = fetch(
        postgres.url(),
        "SELECT c.relnamespace::regnamespace::text || '.' || c.relname, c.relname, "
        "c.relrowsecurity AND c.relforcerowsecurity, "
        "EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid AND p.polroles = ARRAY[c.relowner] "
        "AND pg_get_expr(p.polqual, c.oid) = 'true' AND p.polcmd = '*') "
        f"FROM pg_class AS c WHERE c.relkind = 'r' AND c.relnamespace::regnamespace::name = {OURS}",
    )
    assert len(rows) > 50
    assert {
        name for name, table, walled, owned in rows if not (walled and owned) and table not in OPEN
    } == set()
    assert {table for _, table, walled, _ in rows if not walled} == OPEN.keys()


def test_an_open_table_is_granted_to_no_stranger(postgres: PrivatePostgres) -> None:
    """Nobody but owners touches versions; the job queue belongs to one application."""
    for table in ("alembic_version", "pgqueuer"):
        for schema in HISTORIES.values():
            name = f"{schema.name}.{table}"
            if fetch(postgres.url(), f"SELECT to_regclass('{name}') IS NULL")[0][0]:
                continue
            for role in (*APPLICATIONS, DOOR):
                granted = fetch(postgres.url(), f"SELECT has_table_privilege('{role}', '{name}', 'SELECT')")[
                    0
                ][0]
                assert granted == (table == "pgqueuer" and role == schema.application), (name, role)


def test_views_see_no_more_than_their_reader(postgres: PrivatePostgres) -> None:
    rows = fetch(
        postgres.url(),
        "SELECT relname, 'security_invoker=true' = ANY (coalesce(reloptions, '{}')) FROM pg_class "
        f"WHERE relkind IN ('v', 'm') AND relnamespace::regnamespace::name = {OURS}",
    )
    assert len(rows) >= 3
    assert [name for name, invoker in rows if not invoker] == []


# whom a wall of counselling parts is held by it, and must not be shown it: a yes or no, of two persons
# so is whoever is in conflict with an application, or has not sealed a score; and no ranking leaves one out unseen
# everybody is told of adopted projects, and of applications some read figures: of their tables they read no row
# what was taken is kept by the steps themselves, and is read through the figures
# the application reads the balance of a budget line, and only the entries of its ledger change it
# whether a posting is balanced is asked at the end of a transaction of who is shown no ledger; no decision leaves one out
OWNERS_RIGHTS = [
    ("care.walled(uuid,uuid)",),
    ("events.withdrawn_legs()",),
    ("grants.application_form()",),
    ("grants.application_steps()",),
    ("grants.budget_line_opened()",),
    ("grants.counted_applications(date,timestamp with time zone)",),
    ("grants.document_numbered()",),
    ("grants.documents_follow()",),
    ("grants.in_conflict(uuid,uuid,uuid,uuid[])",),
    ("grants.ledger_balanced()",),
    ("grants.ledger_kept()",),
    ("grants.panel_ranks_all()",),
    ("grants.public_awards(date,timestamp with time zone)",),
    ("grants.round_carries_all()",),
    ("grants.selection_decides()",),
    ("grants.serves(uuid,text)",),
    ("grants.unblinded(uuid,uuid,uuid)",),
]


def test_no_function_runs_with_its_owners_rights(postgres: PrivatePostgres) -> None:
    rows = fetch(
        postgres.url(),
        f"SELECT oid::regprocedure::text FROM pg_proc WHERE prosecdef AND pronamespace::regnamespace::name = {OURS} ORDER BY 1",
    )
    assert rows == OWNERS_RIGHTS


def test_applications_own_nothing_and_stand_above_no_wall(postgres: PrivatePostgres) -> None:
    roles = ", ".join(f"'{role}'" for role in (*APPLICATIONS, DOOR))
    owned = fetch(
        postgres.url(),
        "SELECT o.owner::regrole::text FROM (SELECT relowner AS owner FROM pg_class UNION SELECT proowner FROM pg_proc "
        "UNION SELECT nspowner FROM pg_namespace UNION SELECT typowner FROM pg_type) AS o "
        f"WHERE o.owner::regrole::text IN ({roles})",
    )
    above = fetch(
        postgres.url(),
        "SELECT r.rolname FROM pg_roles AS r LEFT JOIN pg_auth_members AS m ON m.member = r.oid "
        f"WHERE r.rolname IN ({roles}) "
        "AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR m.roleid IS NOT NULL)",
    )
    assert (owned, above) == ([], [])


def test_temporal_keys_are_where_they_are_expected(postgres: PrivatePostgres) -> None:
    rows = fetch(
        postgres.url(),
        "SELECT connamespace::regnamespace::text, conname::text FROM pg_constraint "
        f"WHERE conperiod AND connamespace::regnamespace::name = {OURS}",
    )
    assert set(rows) == TEMPORAL


def test_no_key_crosses_schemas_but_into_the_directory(postgres: PrivatePostgres) -> None:
    rows = fetch(
        postgres.url(),
        "SELECT k.conname, t.relnamespace::regnamespace::text FROM pg_constraint AS k JOIN pg_class AS t ON t.oid = k.confrelid "
        f"WHERE k.contype = 'f' AND k.connamespace <> t.relnamespace AND k.connamespace::regnamespace::name = {OURS}",
    )
    assert rows
    assert {schema for _, schema in rows} == {"directory"}


@pytest.mark.parametrize("history", HISTORIES.values(), ids=list(HISTORIES))
def test_a_history_has_one_head(history: Schema) -> None:
    assert len(ScriptDirectory.from_config(config(history)).get_heads()) == 1


CATALOGUE = f"""
SELECT 'column', attrelid::regclass::text, attname::text, format_type(atttypid, atttypmod), attnotnull::text
FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid
WHERE attnum > 0 AND NOT attisdropped AND c.relnamespace::regnamespace::name = {OURS}
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname::text, pg_get_constraintdef(oid), ''
FROM pg_constraint WHERE connamespace::regnamespace::name = {OURS}
UNION ALL SELECT 'policy', polrelid::regclass::text, polname::text, pg_get_expr(polqual, polrelid), polroles::regrole[]::text
FROM pg_policy
UNION ALL SELECT 'grant', oid::regclass::text, '', '', relacl::text FROM pg_class WHERE relnamespace::regnamespace::name = {OURS}
UNION ALL SELECT 'function', oid::regprocedure::text, '', prosrc, proacl::text
FROM pg_proc WHERE pronamespace::regnamespace::name = {OURS}
"""


def _downgrade(connection: Connection) -> list[str]:
    for history in reversed(HISTORIES.values()):
        connection.execute(text(f"SET LOCAL ROLE {history.owner}"))
        made = config(history)
        made.attributes["connection"] = connection
        command.downgrade(made, "base")
        connection.execute(text("RESET ROLE"))
    left = connection.execute(
        text(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v', 'S') AND relname <> 'alembic_version' "
            f"AND relnamespace::regnamespace::name = {OURS} "
            f"UNION ALL SELECT proname FROM pg_proc WHERE pronamespace::regnamespace::name = {OURS}"
        )
    )
    return [str(name) for name in left.scalars()]


def test_every_history_goes_down_and_up_again(postgres: PrivatePostgres) -> None:
    fetch(postgres.url(), "CREATE DATABASE down_and_up TEMPLATE template0")
    url = postgres.url("down_and_up")
    migrate(url)
    before = sorted(map(str, fetch(url, CATALOGUE)))
    assert asyncio.run(_run(url, _downgrade)) == []
    migrate(url)
    assert sorted(map(str, fetch(url, CATALOGUE))) == before
    assert len(before) > 500
