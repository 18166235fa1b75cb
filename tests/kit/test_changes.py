"""The feed skips nothing, whatever the order in which overlapping transactions commit."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.postgres import PrivatePostgres
from tests.support.database import private_database, short_folder
from tests.support.house import Caller, House, house

ROUTE = "directory_changes_list"
PATH = "/directory/v1/changes"


@pytest.fixture(scope="module")
def postgres() -> Iterator[PrivatePostgres]:
    """Its own: a write of any other test would hold this feed back."""
    with private_database() as server:
        yield server


@pytest.fixture(scope="module")
def api(postgres: PrivatePostgres) -> Iterator[House]:
    with short_folder() as folder, house(folder, postgres) as running:
        yield running


@asynccontextmanager
async def writer(url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def write(connection: Any, organisation: UUID | None = None) -> str:
    """One outbox row in the connection's open transaction."""
    caller = json.dumps({"client": "test", "role": "registrar", "key": "test/"})
    await connection.execute("SELECT set_config('kk.caller', $1, true)", caller)
    identity = uuid4()
    await connection.execute(
        "INSERT INTO identity.outbox (resource, resource_id, action, organisation_id) VALUES ('organisations', $1, 'created', $2)",
        identity,
        organisation,
    )
    return str(identity)


class Reader:
    def __init__(self, api: House, caller: Caller | None = None) -> None:
        self.api, self.caller, self.cursor = api, caller, None

    def read(self, limit: int = 500) -> list[str]:
        query = {"limit": limit} | ({"after": self.cursor} if self.cursor else {})
        answer = self.api.call("GET", PATH, ROUTE, self.caller, params=query)
        assert answer.status_code == 200, answer.text
        self.cursor = answer.json()["next"]
        return [item["id"] for item in answer.json()["items"]]

    def rest(self, limit: int = 500) -> list[str]:
        seen: list[str] = []
        while found := self.read(limit):
            seen += found
        return seen


def test_a_row_behind_an_open_transaction_waits_for_it(api: House, postgres: PrivatePostgres) -> None:
    reader = Reader(api)
    reader.rest()

    async def play() -> None:
        url = postgres.url(user="registry_app")
        async with writer(url) as early, writer(url) as late:
            first = early.transaction()
            await first.start()
            one = await write(early)
            async with late.transaction():
                two = await write(late)
            assert reader.read() == []
            await first.commit()
            assert reader.read() == [one, two]
            assert reader.read() == []

    asyncio.run(play())


def test_a_rolled_back_row_is_never_told(api: House, postgres: PrivatePostgres) -> None:
    reader = Reader(api)
    reader.rest()

    async def play() -> None:
        async with writer(postgres.url(user="registry_app")) as connection:
            lost = connection.transaction()
            await lost.start()
            await write(connection)
            await lost.rollback()
            async with connection.transaction():
                kept = await write(connection)
            assert reader.read() == [kept]

    asyncio.run(play())


def test_every_row_is_told_once_under_interleaved_commits(api: House, postgres: PrivatePostgres) -> None:
    reader = Reader(api)
    reader.rest()
    written: list[str] = []
    seen: list[str] = []

    async def one(seed: int, running: asyncio.Semaphore) -> None:
        chance = random.Random(seed)
        async with running, writer(postgres.url(user="registry_app")) as connection:
            for _ in range(8):
                held = connection.transaction()
                await held.start()
                rows = [await write(connection) for _ in range(chance.randint(1, 3))]
                await asyncio.sleep(chance.random() * 0.03)
                if chance.random() < 0.2:
                    await held.rollback()
                else:
                    await held.commit()
                    written.extend(rows)

    async def play() -> None:
        running = asyncio.Semaphore(12)
        writers = asyncio.gather(*(one(seed, running) for seed in range(24)))
        while not writers.done():
            seen.extend(await asyncio.to_thread(reader.read, 5))
        await writers

    asyncio.run(play())
    seen += reader.rest(7)
    assert len(seen) == len(set(seen))
    assert set(seen) == set(written)


def test_an_organisation_sees_its_own_rows_only_and_a_ministry_none(
    api: House, postgres: PrivatePostgres
) -> None:
    mine, theirs = uuid4(), uuid4()

    async def play() -> list[str]:
        async with writer(postgres.url(user="registry_app")) as connection, connection.transaction():
            return [await write(connection, one) for one in (mine, theirs, None)]

    own, other, nobodys = asyncio.run(play())
    seen = Reader(api, Caller(client="town", role="organisation", organisation=mine)).rest()
    assert seen == [own]
    assert {own, other, nobodys} <= set(Reader(api).rest())
    assert api.call("GET", PATH, ROUTE, Caller(role="ministry")).status_code == 403


def test_a_cursor_is_bound_to_its_caller(api: House) -> None:
    reader = Reader(api)
    reader.read()
    other = api.call("GET", PATH, ROUTE, Caller(client="another"), params={"after": reader.cursor})
    assert other.status_code == 400
    assert api.call("GET", PATH, ROUTE, params={"after": "x"}).status_code == 400
