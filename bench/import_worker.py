"""One import by the engine of the worker, in a process of its own: what it took, and the most memory it held.

`python -m bench.import_worker URL FILE MEDIA_TYPE dry|store` prints one line of JSON.
"""

import asyncio
import json
import re
import resource
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from services.jet.appointments.resource import appointments
from services.kit import operations
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.blobs import Blobs
from services.kit.db.session import Database
from services.kit.imports import store
from services.kit.imports.engine import Importer
from services.worker import collect_rarely

SCOPE = Scope(Principal("bench", None, "coordinator", None, frozenset()), "all", "bench")


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            yield piece


async def work(url: str, path: Path, media_type: str, dry_run: bool) -> dict[str, Any]:
    """The file is there before the clock starts: a worker is given what has arrived."""
    database = Database(url, read=2, write=3, export=1, statement_seconds=30, export_seconds=60)
    await database.open()
    file = await Blobs(database, "jet", SCOPE).stage(_pieces(path), media_type, path.name, 1 << 40)
    async with database.writing(SCOPE) as session:
        identity = await operations.begin(session, "jet", "import")
        await store.arrive(
            session, "jet", identity, file,
            kind="appointments", mode="partial", dry_run=dry_run, history=False, charset=None,
        )  # fmt: skip
    collect_rarely()
    began = time.perf_counter()
    await Importer("jet", "jet", database, [appointments]).work(identity, 0)
    seconds = time.perf_counter() - began
    async with database.reading(SCOPE) as session:
        row = await store.find(session, "jet", identity)
    await database.close()
    assert row is not None and row["state"] == "succeeded", row
    return {"seconds": seconds, "peak_kib": _peak(), **json.loads(row["summary"])}


def _peak() -> int:
    """The most resident memory that this process has held and that the one beside it, which reads the file, in KiB."""
    held = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    assert held is not None
    return int(held[1]) + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


if __name__ == "__main__":
    print(json.dumps(asyncio.run(work(sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4] == "dry"))))
