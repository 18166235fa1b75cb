"""Connections: as the URL says, with settings of one transaction, a deadline on exports, and 503 when they are lost."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Integer, bindparam, func, select, text

from migrations.run import analyse
from services.jet.app import create_app
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.db.query import compiled
from services.kit.db.session import Database, Unreachable, driver
from services.postgres import PORT, PrivatePostgres
from tests.support.database import private_database, short_folder
from tests.support.jet import COORDINATOR, Jet
from tests.support.serving import serving

SCOPE = Scope(Principal("test", None, "coordinator", None, frozenset()), "all", "test")


@asynccontextmanager
async def opened(url: str, *, export_seconds: int = 600) -> AsyncIterator[Database]:
    made = Database(
        url, read=1, write=1, export=1, statement_seconds=7, export_seconds=export_seconds, statement_cache_size=0
    )  # fmt: skip
    await made.open()
    try:
        yield made
    finally:
        await made.close()


@asynccontextmanager
async def forwarded(socket_file: Path) -> AsyncIterator[int]:
    """A TCP port of loopback before the server's Unix socket."""

    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            target.write(data)
        target.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner, outer = await asyncio.open_unix_connection(str(socket_file))
        await asyncio.gather(pump(reader, outer), pump(inner, writer), return_exceptions=True)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def socket_of(postgres: PrivatePostgres) -> Path:
    return Path(postgres.url().partition("host=")[2]) / f".s.PGSQL.{PORT}"


@pytest.mark.parametrize("mode", ["disable", "prefer"])
def test_a_url_may_say_how_to_connect(postgres: PrivatePostgres, mode: str) -> None:
    async def play() -> list[object]:
        async with forwarded(socket_of(postgres)) as port:
            url = f"postgresql://jet_app@127.0.0.1:{port}/postgres?sslmode={mode}&application_name=town"
            async with opened(url) as database:
                async with database.reading(SCOPE) as session:
                    row = await session.row("SELECT current_setting('application_name') AS name")
                async with database.writing(SCOPE) as session:
                    written = await session.scalar(text("SELECT current_setting('application_name')"))
            await asyncio.to_thread(
                analyse, f"postgresql://kakehashi@127.0.0.1:{port}/postgres?sslmode={mode}"
            )
            return [row and row["name"], written]

    assert asyncio.run(play()) == ["town", "town"]


def test_one_of_several_values_is_asked_for(postgres: PrivatePostgres) -> None:
    """Beside a value that comes later; and of no values there is none."""
    number = func.generate_series(1, 9, type_=Integer()).column_valued("n")
    later = number < bindparam("below", type_=Integer())

    async def play() -> list[list[int]]:
        async with opened(postgres.url(user="jet_app")) as database, database.reading(SCOPE) as session:
            found = []
            for wanted in ([2, 4, 8], []):
                made = compiled(select(number).where(number.in_(wanted), later).limit(5))
                found.append([row["n"] for row in await session.fetch(made.sql, *made.values({"below": 8}))])
            return found

    assert asyncio.run(play()) == [[2, 4], []]


def test_settings_are_the_transactions_and_not_the_connections(postgres: PrivatePostgres) -> None:
    """A pooler of transactions takes no startup parameters, and keeps none for the next transaction."""
    names = ("statement_timeout", "transaction_timeout", "jit", "plan_cache_mode", "kk.caller")
    asked = "SELECT " + ", ".join(f"current_setting('{name}', true)" for name in names)

    async def play() -> list[list[str]]:
        async with opened(postgres.url(user="jet_app"), export_seconds=9) as database:
            found = []
            for begin in (database.reading, database.counting, database.exporting):
                async with begin(SCOPE) as session:
                    found.append([*(await session.row(asked)).values()])
            async with database.writing(SCOPE) as session:
                found.append([*(await session.execute(text(asked))).one()])
            plain = await asyncpg.connect(postgres.url(user="jet_app"))
            found.append([*(await plain.fetchrow(asked)).values()])
            await plain.close()
            for name in ("read", "export"):
                async with database._pools[name].acquire() as connection:
                    found.append([*(await connection.fetchrow(asked)).values()])
            return found

    reading, counting, exporting, writing, *bare = asyncio.run(play())
    assert reading[:4] == ["7s", "0", "off", "force_generic_plan"]
    assert counting[:4] == ["7s", "0", "off", "auto"]
    assert exporting[:4] == ["0", "9s", "off", "auto"]
    assert writing[:2] == ["7s", "0"]
    assert {one[4] for one in (reading, counting, exporting, writing)} == {SCOPE.setting()}
    assert {tuple(one[:4]) for one in bare} == {("0", "0", "on", "auto")}
    assert {one[4] or None for one in bare} == {None}


def test_an_export_ends_at_its_deadline_even_when_nobody_reads(postgres: PrivatePostgres) -> None:
    alive = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1"

    async def idle(database: Database, watcher: Any) -> None:
        async with database.exporting(SCOPE) as session:
            pid = session.connection.get_server_pid()
            while await watcher.fetchval(alive, pid):  # noqa: ASYNC110 (another process sets no event)
                await asyncio.sleep(0.05)
            await session.fetch("SELECT 1")

    async def play() -> None:
        watcher = await asyncpg.connect(postgres.url())
        async with opened(postgres.url(user="jet_app"), export_seconds=1) as database:
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
                await idle(database, watcher)
            async with database.exporting(SCOPE) as session:
                assert await session.fetch("SELECT 1")
        await watcher.close()

    asyncio.run(asyncio.wait_for(play(), 60))


def test_a_write_is_numbered_from_its_beginning(postgres: PrivatePostgres) -> None:
    async def play() -> object:
        async with opened(postgres.url(user="jet_app")) as database, database.writing(SCOPE) as session:
            return await (await driver(session)).fetchval("SELECT pg_current_xact_id_if_assigned()")

    assert asyncio.run(play()) is not None


@pytest.fixture
def ending() -> Iterator[tuple[PrivatePostgres, Any]]:
    """A service whose database the test may end."""
    with (
        private_database() as own,
        short_folder() as folder,
        serving("jet", create_app, own, folder / "keys") as served,
    ):
        yield own, served


def test_without_its_database_a_service_says_later(ending: tuple[PrivatePostgres, Any]) -> None:
    postgres, served = ending
    jet = Jet(postgres, served, None)
    body = {"jet_number": "20000000001"}
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("jet_participants_list", {}),
        ("jet_roster_list", {}),
        ("jet_participants_list", {"headers": {"Accept": "text/csv"}}),
        ("jet_early_terminations_list", {}),
        ("jet_participants_create", {"json": body}),
    )
    postgres.stop()
    # the pools' connections break at the first round, new ones cannot be made at the second
    for _ in range(2):
        for operation, options in asked:
            answer = jet.call(operation, COORDINATOR, **options)
            assert (answer.status_code, answer.headers.get("retry-after")) == (503, "2"), (
                operation,
                answer.text,
            )
            assert answer.json()["code"] == "unavailable"
    ready = served.run(served._http.get("/readyz"))
    assert (ready.status_code, ready.headers["retry-after"]) == (503, "2")


def test_no_route_to_the_database_is_unreachable() -> None:
    async def play() -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            url = f"postgresql://jet_app@127.0.0.1:{unused.getsockname()[1]}/postgres?sslmode=disable"
            database = Database(url, read=1, write=1, export=1, statement_seconds=1, export_seconds=1)
            with pytest.raises(Unreachable):
                async with database.writing(SCOPE):
                    pass
            await database.close()

    asyncio.run(play())
