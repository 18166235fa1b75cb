"""Sessions: one transaction each, opened with the caller's scope, distinct types for reading and writing.

Every setting is local to its transaction and sent with its BEGIN: a connection may be one of PgBouncer's, which
takes no startup parameters and gives the next transaction another server.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NewType, TypeAlias
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from services.kit import tracing
from services.kit.auth.scope import Scope

# When the request at hand must have been answered, by the event loop's clock; empty when nobody waits for that.
DEADLINE: ContextVar[Sequence[float]] = ContextVar("deadline", default=())

# asyncpg carries no types; its Record is read by name here
Record: TypeAlias = Mapping[str, Any]


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """Every setting we make is local to a transaction, so a returned connection needs no reset query."""

    def get_reset_query(self) -> str:
        return ""


class Unreachable(ConnectionError):
    """No connection to the database, or none that lives; the same may work in a little while."""


_LOST = (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError)


def engine_for(url: str, *, statement_cache_size: int = 100, **options: Any) -> AsyncEngine:
    """An engine that reads the URL as libpq does, `sslmode` and all; SQLAlchemy's own reading knows none of it."""

    async def connect() -> asyncpg.Connection:
        return await asyncpg.connect(url, statement_cache_size=statement_cache_size)

    return create_async_engine("postgresql+asyncpg://", async_creator=connect, **options)


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


class ReadSession:
    """A read-only transaction of one caller: prepared statements on the bare connection."""

    __slots__ = ("connection", "scope")

    def __init__(self, connection: Any, scope: Scope) -> None:
        self.connection = connection
        self.scope = scope

    async def fetch(self, sql: str, *values: object) -> Sequence[Record]:
        with tracing.statement(sql):
            rows: Sequence[Record] = await self.connection.fetch(sql, *values)
        return rows

    async def row(self, sql: str, *values: object) -> Record | None:
        with tracing.statement(sql):
            row: Record | None = await self.connection.fetchrow(sql, *values)
        return row

    def stream(self, sql: str, *values: object) -> AsyncIterator[Record]:
        rows: AsyncIterator[Record] = self.connection.cursor(sql, *values, prefetch=500)
        return rows


@dataclass(frozen=True, slots=True)
class Arrival:
    """When and as what a file arrived (到達): its receipt."""

    id: UUID
    receipt_number: str
    at: datetime
    sha256: bytes


class ScopedSession(AsyncSession):
    """A SQLAlchemy session that knows its caller and, while it stores a file, when that arrived."""

    scope: Scope
    arrival: Arrival | None = None


WriteSession = NewType("WriteSession", ScopedSession)

# A write has its number from its beginning: whoever asks which writes are running (temporal.basis) must not miss
# one that has only read as yet.
_SCOPE = text(
    "SELECT set_config('kk.caller', :caller, true), set_config('statement_timeout', :statement_timeout, true), "
    "pg_current_xact_id()"
)


class Database:
    """The pools of one process: reads, writes, and a small one for exports."""

    def __init__(
        self,
        url: str,
        *,
        read: int,
        write: int,
        export: int,
        statement_seconds: int,
        export_seconds: int,
        statement_cache_size: int = 100,
    ) -> None:
        self._url, self._cached = url, statement_cache_size
        self._sizes = {"read": read, "export": export}
        self._statement, self._export = statement_seconds, f"{export_seconds}s"
        self._pools: dict[str, asyncpg.Pool] = {}
        self._writes = write
        self._waiting: Counter[str] = Counter()
        self.engine: AsyncEngine = engine_for(
            url,
            statement_cache_size=statement_cache_size,
            pool_size=write,
            max_overflow=0,
            pool_timeout=5,
            pool_reset_on_return="rollback",
        )
        if tracing.on():
            tracing.watch_statements(self.engine.sync_engine)

    def figures(self) -> dict[str, tuple[int, int, int]]:
        """pool → (size, used, waiting)."""
        made = {
            name: (pool.get_max_size(), pool.get_size() - pool.get_idle_size(), self._waiting[name])
            for name, pool in self._pools.items()
        }
        busy: int = self.engine.pool.checkedout()  # type: ignore[attr-defined]  # of the pool that we chose
        return made | {"write": (self._writes, busy, self._waiting["write"])}

    @contextmanager
    def _wait(self, pool: str) -> Iterator[None]:
        self._waiting[pool] += 1
        try:
            yield
        finally:
            self._waiting[pool] -= 1

    def _allowed(self) -> str:
        """The statement_timeout: a statement need not run on when nobody waits for it any more."""
        now = asyncio.get_running_loop().time()
        left = min([self._statement, *(deadline - now for deadline in DEADLINE.get())])
        return f"{max(1, round(left * 1000))}ms"

    async def open(self) -> None:
        for name, size in self._sizes.items():
            self._pools[name] = await asyncpg.create_pool(
                self._url,
                min_size=1,
                max_size=size,
                connection_class=_Connection,
                statement_cache_size=self._cached,
            )

    async def close(self) -> None:
        for pool in self._pools.values():
            await pool.close()
        await self.engine.dispose()

    @asynccontextmanager
    async def _scoped(
        self, name: str, scope: Scope, begin: str, settings: dict[str, str]
    ) -> AsyncIterator[ReadSession]:
        pool = self._pools[name]
        local = settings | {"jit": "off", "kk.caller": scope.setting()}
        # SET takes no snapshot: an export's is taken by its first question
        opening = "; ".join(
            [begin, *(f"SET LOCAL {setting} = {_literal(value)}" for setting, value in local.items())]
        )
        try:
            with self._wait(name):
                connection = await pool.acquire(timeout=5)
        except _LOST as error:
            raise Unreachable from error
        try:
            try:
                await connection.execute(opening)
            except _LOST as error:
                raise Unreachable from error
            try:
                with tracing.span(f"transaction {name}"):
                    yield ReadSession(connection, scope)
            finally:
                with suppress(*_LOST):  # a lost connection needs no end
                    await connection.execute("ROLLBACK")
        finally:
            await pool.release(connection)

    def reading(self, scope: Scope) -> Any:
        """A read of one request: BEGIN and the scope in one round trip.

        A statement is compiled per shape of question, so one plan serves all its values; planning through the
        policies costs more than reading a page.
        """
        settings = {"statement_timeout": self._allowed(), "plan_cache_mode": "force_generic_plan"}
        return self._scoped("read", scope, "BEGIN READ ONLY", settings)

    def counting(self, scope: Scope) -> Any:
        """A read over many rows: worth a plan for its own values."""
        return self._scoped("read", scope, "BEGIN READ ONLY", {"statement_timeout": self._allowed()})

    def exporting(self, scope: Scope) -> Any:
        """A whole list from one snapshot, from a pool of its own so that it starves nobody. The whole of it has a
        deadline, after which the server hangs up: a reader that is slow, or gone, holds no snapshot for ever."""
        begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        return self._scoped("export", scope, begin, {"transaction_timeout": self._export})

    @asynccontextmanager
    async def writing(self, scope: Scope) -> AsyncIterator[WriteSession]:
        """One write: committed when the block ends well, rolled back when it raises."""
        with tracing.span("transaction write"):
            async with ScopedSession(self.engine, expire_on_commit=False) as session:
                session.scope = scope
                async with session.begin():
                    try:
                        with self._wait("write"):
                            await session.connection()
                        await session.execute(
                            _SCOPE, {"caller": scope.setting(), "statement_timeout": self._allowed()}
                        )
                    except _LOST as error:
                        raise Unreachable from error
                    yield WriteSession(session)

    async def probe(self) -> bool:
        """Ready: reachable, and its ctype lets a Japanese search find something."""
        async with self._pools["read"].acquire(timeout=2) as connection:
            return bool(await connection.fetchval("SELECT cardinality(show_trgm('東京都')) > 0"))


@asynccontextmanager
async def acting(session: WriteSession, scope: Scope) -> AsyncIterator[None]:
    """What the house does in its own name within somebody's transaction, because of what they did. Where it raises
    nothing is given back: the transaction is lost."""
    own = session.scope
    await _become(session, scope)
    yield
    await _become(session, own)


async def _become(session: WriteSession, scope: Scope) -> None:
    await session.flush()
    session.scope = scope
    await session.execute(text("SELECT set_config('kk.caller', :caller, true)"), {"caller": scope.setting()})


async def driver(session: AsyncSession) -> Any:
    """The asyncpg connection inside a session's transaction, which must have begun."""
    raw = await (await session.connection()).get_raw_connection()
    connection = raw.driver_connection
    if connection is None or not connection.is_in_transaction():
        raise RuntimeError("the transaction has not begun")
    return connection


async def inside(session: WriteSession) -> ReadSession:
    """The same transaction as a reader, so that an answer shows the effect that it confirms."""
    await session.flush()
    return ReadSession(await driver(session), session.scope)
