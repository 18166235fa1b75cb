"""One worker process: `python -m services.worker jet|registry|care|grants|events`. It does the jobs of one service's schema, seals
its audit, and ends the offers of seats whose time is over.

It opens the database as the API process of the same service does, prints `ready` when it waits for jobs, and on
SIGTERM ends what it has begun.
"""

import asyncio
import gc
import importlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from services.kit import metrics, operations, tracing
from services.kit.auth.keys import load_key
from services.kit.blobs import Blobs
from services.kit.capacity.service import settle_due
from services.kit.db.session import Database
from services.kit.http.app import open_service
from services.kit.imports.engine import ENTRYPOINT, Importer
from services.kit.jobs import Worker
from services.kit.log import log
from services.kit.sealing import Sealer, Signer
from services.kit.settings import DatabaseSettings, Settings
from services.processes import READY_LINE


@dataclass(frozen=True, slots=True)
class Place:
    """`service` is the prefix of its paths; `module` holds its RESOURCES, `works` where it has jobs of its own, and
    `daily` and `minutely` where it has something to do so often."""

    service: str
    schema: str
    module: str


_MINUTE, _DAY = 60.0, 86_400.0
_AGAIN = 300.0  # what failed need not wait for the next day
PLACES = {
    "registry": Place("directory", "identity", "services.gateway.registry.app"),
    "jet": Place("jet", "jet", "services.jet.app"),
    "care": Place("care", "care", "services.jet.care.app"),
    "grants": Place("grants", "grants", "services.grants.app"),
    "events": Place("events", "events", "services.events.app"),
}


class SealSettings(Settings):
    """`KAKEHASHI_SEAL_SECONDS`: between two checkpoints of the audit, so long as there is something new."""

    seal_seconds: float = 60


def collect_rarely() -> None:
    """A block of a file is some hundred thousand objects that go by themselves: to look through them again and again
    is a twelfth of the work."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(200_000, 50, 50)


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """What a worker does besides its jobs, until it stops."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def sealing(place: Place, database: Database) -> None:
    settings = SealSettings()
    signer = Signer(place.service, load_key(settings.keys / "audit.jwk", "Ed25519", private=True))
    await Sealer(database, place.schema, signer).run(settings.seal_seconds)


async def sweeping(place: Place, database: Database) -> None:
    """What need not be kept goes at the start and once a day."""
    files = Blobs(database, place.schema, operations.worker_scope(place.schema))
    while True:
        try:
            await files.sweep()
        except Exception:
            log.exception("sweeping_failed", schema=place.schema)
        await asyncio.sleep(_DAY)


async def settling(place: Place, database: Database) -> None:
    """Each minute, seats that were offered and not accepted in time go to the next who waits."""
    while True:
        try:
            await settle_due(database, place.schema)
        except Exception:
            log.exception("settling_failed", schema=place.schema)
        await asyncio.sleep(_MINUTE)


async def each_day(what: str, work: Callable[[], Awaitable[object]]) -> None:
    await _again_and_again(what, work, _DAY)


async def each_minute(what: str, work: Callable[[], Awaitable[object]]) -> None:
    await _again_and_again(what, work, _MINUTE)


async def _again_and_again(what: str, work: Callable[[], Awaitable[object]], every: float) -> None:
    """At the start and each so many seconds; what fails, again after a while."""
    while True:
        wait = every
        try:
            await work()
        except Exception:
            log.exception("regular_work_failed", work=what)
            wait = min(every, _AGAIN)
        await asyncio.sleep(wait)


async def serve(name: str) -> None:
    place = PLACES[name]
    await asyncio.to_thread(tracing.start, f"worker-{name}")
    gc.disable()  # what is imported stays
    module = importlib.import_module(place.module)
    resources = [one for one in module.RESOURCES if "import" in one.access]
    database = open_service(name, place.schema, {}).database
    await database.open()
    try:
        collect_rarely()
        importer = Importer(place.service, place.schema, database, resources)
        url = DatabaseSettings().database_url  # type: ignore[call-arg]
        works = {ENTRYPOINT: importer.work} | (module.works(database) if hasattr(module, "works") else {})
        worker = Worker(url, place.schema, works)
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, worker.stop)
        listen = os.environ.get("KAKEHASHI_METRICS_LISTEN", "")
        daily = module.daily(database) if hasattr(module, "daily") else {}
        minutely = module.minutely(database) if hasattr(module, "minutely") else {}
        async with AsyncExitStack() as besides, metrics.shown_at(listen):
            for work in (sealing(place, database), sweeping(place, database), settling(place, database)):
                await besides.enter_async_context(beside(work))
            for what, done in daily.items():
                await besides.enter_async_context(beside(each_day(what, done)))
            for what, done in minutely.items():
                await besides.enter_async_context(beside(each_minute(what, done)))
            await worker.run(lambda: print(READY_LINE, flush=True))
    finally:
        await database.close()
        await asyncio.to_thread(tracing.stop)


def main(arguments: list[str]) -> None:
    if len(arguments) != 1 or arguments[0] not in PLACES:
        raise SystemExit(f"usage: python -m services.worker {'|'.join(PLACES)}")
    asyncio.run(serve(arguments[0]))


if __name__ == "__main__":
    main(sys.argv[1:])
