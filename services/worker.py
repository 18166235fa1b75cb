"""One worker process: `python -m services.worker jet|registry`. It does the jobs of one service's schema.

It opens the database as the API process of the same service does, prints `ready` when it waits for jobs,
and on SIGTERM ends what it has begun.
"""

import asyncio
import importlib
import signal
import sys
from dataclasses import dataclass

from services.kit import operations
from services.kit.blobs import Blobs
from services.kit.http.app import open_service
from services.kit.imports.engine import ENTRYPOINT, Importer
from services.kit.jobs import Worker
from services.kit.settings import DatabaseSettings
from services.processes import READY_LINE


@dataclass(frozen=True, slots=True)
class Place:
    """`service` is the prefix of its paths, `module` holds its RESOURCES."""

    service: str
    schema: str
    module: str


PLACES = {
    "registry": Place("directory", "identity", "services.gateway.registry.directory"),
    "jet": Place("jet", "jet", "services.jet.app"),
}


async def serve(name: str) -> None:
    place = PLACES[name]
    resources = [one for one in importlib.import_module(place.module).RESOURCES if "import" in one.access]
    database = open_service(name, place.schema, {}).database
    await database.open()
    try:
        await Blobs(database, place.schema, operations.worker_scope(place.schema)).sweep()
        importer = Importer(place.service, place.schema, database, resources)
        url = DatabaseSettings().database_url  # type: ignore[call-arg]
        worker = Worker(url, place.schema, {ENTRYPOINT: importer.work})
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, worker.stop)
        await worker.run(lambda: print(READY_LINE, flush=True))
    finally:
        await database.close()


def main(arguments: list[str]) -> None:
    if len(arguments) != 1 or arguments[0] not in PLACES:
        raise SystemExit(f"usage: python -m services.worker {'|'.join(PLACES)}")
    asyncio.run(serve(arguments[0]))


if __name__ == "__main__":
    main(sys.argv[1:])
