"""The JET service's capacity, written as the service writes it, and what the database then says."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text

from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.capacity.domain import Claim, Wanted
from services.kit.capacity.service import Capacity
from services.kit.db.session import Database, WriteSession, driver
from services.kit.errors import Refused
from services.kit.ids import uuid7
from services.postgres import PrivatePostgres

T = TypeVar("T")
PLURAL = "training-enrolments"
SCOPE = Scope(Principal("tests", None, "coordinator", None, frozenset()), "all", "request")
WRITERS = 60


class Undone(Exception):
    """Ends a transaction of which nothing is to stay."""


class House:
    def __init__(self, runner: asyncio.Runner, database: Database, superuser: Database) -> None:
        self._runner, self.database, self._superuser = runner, database, superuser
        self._turns = asyncio.Semaphore(WRITERS)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Capacity]:
        """One transaction of the application."""
        async with self._turns, self.database.writing(SCOPE) as session:
            yield Capacity(session, "jet", PLURAL)

    @asynccontextmanager
    async def undone(self) -> AsyncIterator["Sandbox"]:
        """One transaction in the application's role, of which nothing stays; in it business time stands still."""
        try:
            async with self._superuser.writing(SCOPE) as session:
                await session.execute(text("SET LOCAL ROLE jet_app"))
                yield Sandbox(session)
                raise Undone
        except Undone:
            pass

    async def sql(self, statement: str) -> list[Any]:
        """As the superuser."""
        async with self._superuser.writing(SCOPE) as session:
            done = await session.execute(text(statement))
            return list(done.all()) if done.returns_rows else []  # type: ignore[attr-defined]

    async def pool(self, seats: int | None, *parties: int) -> tuple[UUID, list[Claim]]:
        """A pool, and claims of these parties made one after the other."""
        async with self.writing() as capacity:
            pool = await capacity.open(seats)
            wanted = [Wanted(uuid7(), pool, party) for party in parties]
            made = [(await capacity.claim([one]))[one.id] for one in wanted]
        return pool, made

    async def states(self, claims: Sequence[Claim]) -> list[str]:
        ids = ", ".join(f"'{one.id}'" for one in claims)
        found = dict(await self.sql(f"SELECT id, state FROM jet.capacity_claim WHERE id IN ({ids})"))
        return [found[one.id] for one in claims]

    async def told(self, claim: Claim) -> list[Any]:
        """What the audit has of a claim: action, states and note."""
        return await self.sql(
            "SELECT action, from_state, to_state, after FROM jet.audit_entry "
            f"WHERE resource = '{PLURAL}' AND resource_id = '{claim.id}' ORDER BY id"
        )


class Sandbox:
    """A transaction that may move the clock."""

    def __init__(self, session: WriteSession) -> None:
        self.session, self.capacity = session, Capacity(session, "jet", PLURAL)

    async def advance(self, hours: int) -> None:
        await self.raw(
            f"RESET ROLE; UPDATE platform.clock SET offset_by = offset_by + interval '{hours} hours'; "
            "SET LOCAL ROLE jet_app"
        )

    async def raw(self, statements: str) -> None:
        await (await driver(self.session)).execute(statements)

    async def fetch(self, statement: str, *values: object) -> list[Any]:
        found: list[Any] = await (await driver(self.session)).fetch(statement, *values)
        return found

    async def refused(self, work: Coroutine[Any, Any, object]) -> str:
        """The code that the work is refused with; what it did is undone, as the service's transaction is."""
        try:
            async with self.session.begin_nested():
                await work
        except Refused as refused:
            return refused.refusal.code
        return ""


def _database(url: str, write: int) -> Database:
    return Database(url, read=1, write=write, export=1, statement_seconds=60, export_seconds=60)


@contextmanager
def open_house(postgres: PrivatePostgres) -> Iterator[House]:
    application, superuser = _database(postgres.url(user="jet_app"), WRITERS), _database(postgres.url(), 2)
    with asyncio.Runner() as runner:
        runner.run(application.open())
        try:
            yield House(runner, application, superuser)
        finally:
            runner.run(application.close())
            runner.run(superuser.close())
