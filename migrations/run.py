"""Bring a database to the newest schema: roles, extensions, then each history in its order.

Two at once are safe: the second waits on an advisory lock and finds nothing to do.
"""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from migrations.histories import APPLICATIONS, DOOR, HISTORIES, OWNERS
from services.kit.db.migration import Schema
from services.kit.db.session import engine_for

HERE = Path(__file__).parent
LOCK = 7304_1957


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A database whose clock may be moved: where it stands, and when its programme went live."""

    clock: datetime
    go_live_at: datetime


def config(history: Schema) -> Config:
    made = Config()
    made.set_main_option("script_location", str(HERE))
    made.set_main_option("version_locations", str(HERE / history.name))
    made.set_main_option("path_separator", "os")
    made.attributes["history"] = history.name
    return made


def _roles(connection: Connection, passwords: Mapping[str, str]) -> None:
    present = set(connection.scalars(text("SELECT rolname FROM pg_roles")))
    for role in OWNERS:
        if role not in present:
            connection.execute(text(f"CREATE ROLE {role} NOLOGIN"))
            # a managed Postgres' administrator is no superuser, and may act only as a role that it was given
            connection.execute(text(f"GRANT {role} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE"))
    for role in (*APPLICATIONS, DOOR):
        if role not in present:
            connection.execute(text(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS"))
        if role in passwords:
            quoted = passwords[role].replace("'", "''")
            connection.execute(text(f"ALTER ROLE {role} PASSWORD '{quoted}'"))


def _schemas(connection: Connection) -> None:
    for extension in ("btree_gist", "pg_trgm"):
        connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {extension}"))
    database = connection.scalar(text("SELECT quote_ident(current_database())"))
    connection.execute(text(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC"))
    connection.execute(text(f"GRANT CONNECT ON DATABASE {database} TO {', '.join((*APPLICATIONS, DOOR))}"))
    for history in HISTORIES.values():
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {history.name} AUTHORIZATION {history.owner}"))


def _upgrade(connection: Connection, passwords: Mapping[str, str], sandbox: Sandbox | None) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    _roles(connection, passwords)
    _schemas(connection)
    for history in HISTORIES.values():
        connection.execute(text(f"SET LOCAL ROLE {history.owner}"))
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        made = config(history)
        made.attributes["connection"] = connection
        command.upgrade(made, "head")
        connection.execute(text("RESET ROLE"))
    connection.execute(text(f"SET LOCAL ROLE {HISTORIES['platform'].owner}"))
    _start_clock(connection, sandbox)
    connection.execute(text("RESET ROLE"))


def _start_clock(connection: Connection, sandbox: Sandbox | None) -> None:
    """The clock row is written once, when the database is made; later runs leave it alone."""
    if sandbox is None:
        connection.execute(text("INSERT INTO platform.clock DEFAULT VALUES ON CONFLICT DO NOTHING"))
        return
    connection.execute(
        text(
            "INSERT INTO platform.clock (sandbox, offset_by, go_live_at) "
            "VALUES (true, CAST(:clock AS timestamptz) - now(), CAST(:live AS timestamptz)) ON CONFLICT DO NOTHING"
        ),
        {"clock": sandbox.clock, "live": sandbox.go_live_at},
    )


async def _run(url: str, passwords: Mapping[str, str], sandbox: Sandbox | None) -> None:
    engine = engine_for(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade, passwords, sandbox)
    finally:
        await engine.dispose()


def migrate(url: str, *, passwords: Mapping[str, str] | None = None, sandbox: Sandbox | None = None) -> None:
    """Upgrade every history in one transaction; `url` is an administrator's libpq URL."""
    asyncio.run(_run(url, passwords or {}, sandbox))


async def _reopen(url: str, sandbox: Sandbox) -> None:
    engine = engine_for(url)
    try:
        async with engine.begin() as connection:
            # A clone of a sandbox is a new sandbox: only its maker may set its clock, before anyone uses it.
            await connection.execute(text("SET LOCAL session_replication_role = replica"))
            await connection.execute(text("DELETE FROM platform.clock WHERE sandbox"))
            await connection.run_sync(_start_clock, sandbox)
    finally:
        await engine.dispose()


def reopen_sandbox(url: str, sandbox: Sandbox) -> None:
    """Set the clock of a freshly cloned sandbox; a database that is none keeps its clock."""
    asyncio.run(_reopen(url, sandbox))


async def _analyse(url: str) -> None:
    engine = engine_for(url)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("ANALYZE"))
    finally:
        await engine.dispose()


def analyse(url: str) -> None:
    """Gather the planner's statistics now, for a database that was filled in one go."""
    asyncio.run(_analyse(url))


if __name__ == "__main__":
    migrate(sys.argv[1])
