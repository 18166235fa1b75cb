"""Sessions: one transaction each, opened with the caller's scope, distinct types for reading and writing."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NewType, TypeAlias

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from services.kit.auth.scope import Scope

# asyncpg carries no types; its Record is read by name here
Record: TypeAlias = Mapping[str, Any]


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """Every setting we make is local to a transaction, so a returned connection needs no reset query."""

    def get_reset_query(self) -> str:
        return ""


# A statement is compiled per shape of question, so one plan serves all its values; planning through the
# policies costs more than reading a page.
_PLANS = {"read": {"jit": "off", "plan_cache_mode": "force_generic_plan"}, "export": {"jit": "off"}}


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


class ReadSession:
    """A read-only transaction of one caller: prepared statements on the bare connection."""

    __slots__ = ("connection", "scope")

    def __init__(self, connection: Any, scope: Scope) -> None:
        self.connection = connection
        self.scope = scope

    async def fetch(self, sql: str, *values: object) -> Sequence[Record]:
        rows: Sequence[Record] = await self.connection.fetch(sql, *values)
        return rows

    async def row(self, sql: str, *values: object) -> Record | None:
        row: Record | None = await self.connection.fetchrow(sql, *values)
        return row

    def stream(self, sql: str, *values: object) -> AsyncIterator[Record]:
        rows: AsyncIterator[Record] = self.connection.cursor(sql, *values, prefetch=500)
        return rows


class ScopedSession(AsyncSession):
    """A SQLAlchemy session that knows its caller."""

    scope: Scope


WriteSession = NewType("WriteSession", ScopedSession)


class Database:
    """The pools of one process: reads, writes, and a small one for exports."""

    def __init__(
        self, url: str, *, read: int, write: int, export: int, statement_seconds: int, export_seconds: int
    ) -> None:
        self._url = url
        self._sizes = {"read": read, "export": export}
        self._timeouts = {"read": statement_seconds, "export": export_seconds}
        self._pools: dict[str, asyncpg.Pool] = {}
        self.engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://" + url.split("://", 1)[1],
            pool_size=write,
            max_overflow=0,
            pool_timeout=5,
            pool_reset_on_return="rollback",
            connect_args={"server_settings": {"statement_timeout": f"{statement_seconds}s"}},
        )

    async def open(self) -> None:
        for name, size in self._sizes.items():
            self._pools[name] = await asyncpg.create_pool(
                self._url,
                min_size=1,
                max_size=size,
                connection_class=_Connection,
                server_settings={"statement_timeout": f"{self._timeouts[name]}s"} | _PLANS[name],
            )

    async def close(self) -> None:
        for pool in self._pools.values():
            await pool.close()
        await self.engine.dispose()

    @asynccontextmanager
    async def _scoped(self, pool: str, scope: Scope, begin: str) -> AsyncIterator[ReadSession]:
        async with self._pools[pool].acquire(timeout=5) as connection:
            await connection.execute(
                f"{begin}; SELECT set_config('kk.caller', {_literal(scope.setting())}, true)"
            )
            try:
                yield ReadSession(connection, scope)
            finally:
                if not connection.is_closed():
                    await connection.execute("ROLLBACK")

    def reading(self, scope: Scope) -> Any:
        """A read of one request: BEGIN and the scope in one round trip."""
        return self._scoped("read", scope, "BEGIN READ ONLY")

    def counting(self, scope: Scope) -> Any:
        """A read over many rows: worth a plan for its own values."""
        return self._scoped("read", scope, "BEGIN READ ONLY; SET LOCAL plan_cache_mode = auto")

    def exporting(self, scope: Scope) -> Any:
        """A whole list from one snapshot, from a pool of its own so that it starves nobody."""
        return self._scoped("export", scope, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    @asynccontextmanager
    async def writing(self, scope: Scope) -> AsyncIterator[WriteSession]:
        """One write: committed when the block ends well, rolled back when it raises."""
        async with ScopedSession(self.engine, expire_on_commit=False) as session:
            session.scope = scope
            async with session.begin():
                await session.execute(
                    text("SELECT set_config('kk.caller', :caller, true)"), {"caller": scope.setting()}
                )
                yield WriteSession(session)

    async def probe(self) -> bool:
        """Ready: reachable, and its ctype lets a Japanese search find something."""
        async with self._pools["read"].acquire(timeout=2) as connection:
            return bool(await connection.fetchval("SELECT cardinality(show_trgm('東京都')) > 0"))


async def driver(session: AsyncSession) -> Any:
    """The asyncpg connection inside a session's transaction, which must have begun."""
    raw = await (await session.connection()).get_raw_connection()
    connection = raw.driver_connection
    if connection is None or not connection.is_in_transaction():
        raise RuntimeError("the transaction has not begun")
    return connection
