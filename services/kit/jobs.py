"""Jobs: enqueued inside the transaction that needs them, run by a worker, taken over when it is killed.

The port over pgqueuer. Payloads hold ids only; a job that may run twice must find out by itself that its
effect is there already. A job that failed for good is held for a person to look at.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from time import perf_counter
from uuid import UUID

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job
from pgqueuer.domain.settings import DBSettings
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.kit import log, metrics, tracing
from services.kit.db.session import WriteSession, driver

MOST_TRIES = 5
_AT_ONCE = 4
_POLL = timedelta(seconds=2)

Work = Callable[[UUID, int], Awaitable[None]]


class Later(Exception):
    """Not now: try this job again after a while."""


class JobFailed(Exception):
    """For good. The queue writes an error's text into its own log and table: this has none, since the text of a database's
    error quotes what was sent."""


class JobSettings(BaseSettings):
    """`KAKEHASHI_JOB_SECONDS`: a worker silent for so long has lost its jobs to the others."""

    model_config = SettingsConfigDict(env_prefix="KAKEHASHI_", extra="ignore")

    job_seconds: float = 30


def _queries(connection: asyncpg.Connection, schema: str) -> Queries:
    settings = DBSettings(db_schema=schema)
    return Queries(
        AsyncpgDriver(connection),
        qbe=QueryBuilderEnvironment(settings),
        qbq=QueryQueueBuilder(settings),
        qbs=QuerySchedulerBuilder(settings),
    )


async def enqueue(session: WriteSession, schema: str, entrypoint: str, identity: UUID) -> None:
    """The job exists if and only if the caller's transaction commits. It knows the request that it comes from."""
    request = {**log.REQUEST.get(), "traceparent": tracing.current()}
    await _queries(await driver(session), schema).enqueue(entrypoint, identity.bytes, headers=request)


class Worker:
    """Runs the jobs of one schema until it is asked to stop; what it has begun it ends first."""

    def __init__(self, url: str, schema: str, works: Mapping[str, Work]) -> None:
        self._url, self._schema, self._works = url, schema, works
        self._manager: QueueManager | None = None
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()
        if self._manager is not None:
            self._manager.shutdown.set()

    async def run(self, ready: Callable[[], None]) -> None:
        """LISTEN needs a direct connection; a lost one is made anew."""
        while not self._stopping.is_set():
            try:
                await self._serve(ready)
            except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError):
                await asyncio.sleep(1)

    async def _serve(self, ready: Callable[[], None]) -> None:
        connection = await asyncpg.connect(self._url)
        try:
            self._manager = manager = QueueManager(
                _queries(connection, self._schema), channel=DBSettings(db_schema=self._schema).channel
            )
            for name, work in self._works.items():
                manager.entrypoint(name, accepts_context=False, on_failure="hold")(
                    _job(self._schema, name, work)
                )
            ready()
            await manager.run(
                dequeue_timeout=_POLL,
                batch_size=1,
                max_concurrent_tasks=_AT_ONCE,
                heartbeat_timeout=timedelta(seconds=JobSettings().job_seconds),
            )
        finally:
            self._manager = None
            await connection.close()


def _job(schema: str, name: str, work: Work) -> Callable[[Job], Awaitable[None]]:
    async def run(job: Job) -> None:
        assert job.payload is not None
        request = {key: str(value) for key, value in (job.headers or {}).items()}
        tracing.TRACEPARENT.set(request.pop("traceparent", ""))
        log.REQUEST.set(request)
        began, outcome = perf_counter(), "failed"
        try:
            with tracing.span(f"job {name}", "consumer", tracing.TRACEPARENT.get()):
                await work(UUID(bytes=job.payload), job.attempts)
            outcome = "done"
        except Later as later:
            outcome = "later"
            raise RetryRequested(timedelta(seconds=min(60, 2**job.attempts)), str(later)) from None
        except Exception:
            log.log.exception("job_failed", job=name)
            raise JobFailed from None
        finally:
            metrics.job(schema, name, outcome, perf_counter() - began)
            log.log.info("job", job=name, outcome=outcome, seconds=round(perf_counter() - began, 3))

    return run
