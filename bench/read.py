"""`make bench-read`: GET by id, plain and noted in the audit, and a list of 50 through the JET service, with all its walls, beside a bare
handler that opens the same scoped read-only transaction. CPU-µs per request of all processes involved,
Postgres among them; the two alternate in one run and the median of the pairwise ratios is quoted.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg

from bench.client import load
from services.jet.appointments.resource import appointments
from services.jet.participants.resource import participants
from services.kit.auth.keys import load_key
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.auth.tokens import INTERNAL_HEADER, InternalToken, mint_internal
from services.kit.db import rows
from services.launcher import Launcher
from services.postgres import PrivatePostgres
from services.templates import DATA

ROUNDS, REQUESTS, WARM_UP = 7, 1600, 400
FLOOR = 2.5
TICK = 1e6 / os.sysconf("SC_CLK_TCK")
PRINCIPAL = Principal("bench", None, "coordinator", None, frozenset())


def cpu(pids: set[int]) -> float:
    """User and system µs of these processes and of their children, dead ones included."""
    total = 0.0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if int(entry.name) in pids:
            total += sum(float(fields[index]) for index in (11, 12, 13, 14))
        elif int(fields[1]) in pids:
            total += sum(float(fields[index]) for index in (11, 12))
    return total * TICK


@contextmanager
def serving(arguments: list[str], environment: dict[str, str], socket: Path) -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-m", *arguments], env={**os.environ, **environment})
    try:
        while not socket.exists():
            if process.poll() is not None:
                raise RuntimeError(f"{arguments} did not start")
            time.sleep(0.05)
        time.sleep(0.5)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def statements(identity: dict[str, str]) -> dict[str, dict[str, Any]]:
    """What the bare handler runs: the very statements of the service."""
    shape = rows.Shape("coordinator", "all", ())
    paged = rows.Shape("coordinator", "all", (), sort="jet_number", limited=True)
    one, many = rows.single(appointments, shape, "id"), rows.listing(appointments, paged)
    noted = rows.single(participants, shape, "id")
    caller = Scope(PRINCIPAL, "all").setting()
    asked: dict[str, dict[str, Any]] = {
        "/one": {
            "sql": one.sql,
            "values": one.values({"_ref": identity["appointment"]}),
            "names": appointments.shown("coordinator"),
        },
        "/noted": {
            "sql": noted.sql,
            "values": noted.values({"_ref": identity["participant"]}),
            "names": participants.shown("coordinator"),
        },
        "/many": {
            "sql": many.sql,
            "values": many.values({"_limit": 51}),
            "names": appointments.shown("coordinator"),
        },
    }
    return {path: made | {"caller": caller, "single": path != "/many"} for path, made in asked.items()}


async def _some(url: str) -> dict[str, str]:
    connection = await asyncpg.connect(url)
    found = {
        table: str(await connection.fetchval(f"SELECT id FROM jet.{table} ORDER BY id OFFSET 4000 LIMIT 1"))
        for table in ("participant", "appointment")
    }
    await connection.close()
    return found


def token(keys: Path, route: str, scope: str) -> dict[str, str]:
    now = int(time.time())
    made = InternalToken(
        "jet", route, "bench", "coordinator", None, None, frozenset({scope}), "bench", now, now + 30
    )
    return {INTERNAL_HEADER: mint_internal(made, load_key(keys / "door.jwk", "Ed25519", private=True))}


def measure(socket: Path, path: str, headers: dict[str, str], requests: int, pids: set[int]) -> float:
    before = cpu(pids)
    asyncio.run(load(socket, path, headers, requests))
    return (cpu(pids) - before) / requests


def compare(
    title: str, ours: tuple[Path, str, str, str], bare: tuple[Path, str], keys: Path, pids: dict[str, int]
) -> float:
    ratios, figures = [], []
    socket, path, route, scope = ours
    for _ in range(ROUNDS):
        pair = []
        for name in ("jet", "bare"):
            there, asked = (socket, path) if name == "jet" else bare
            headers = token(keys, route, scope) if name == "jet" else {}
            measure(there, asked, headers, WARM_UP, set())
            pair.append(measure(there, asked, headers, REQUESTS, {pids[name], pids["postgres"]}))
        ratios.append(pair[0] / pair[1])
        figures.append(pair)
    middle = [statistics.median(column) for column in zip(*figures, strict=True)]
    ratio = statistics.median(ratios)
    print(f"{title:<16} service {middle[0]:7.0f} µs   bare {middle[1]:7.0f} µs   ratio {ratio:.2f}"
          f"   ({min(ratios):.2f}–{max(ratios):.2f}; floor {FLOOR})")  # fmt: skip
    return ratio


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="kk-bench-") as made:
        folder = Path(made)
        Launcher(Path("var").absolute(), 0)._clone(folder)
        with PrivatePostgres(folder / DATA, durable=False) as postgres:
            url = postgres.url(user="jet_app")
            identity = asyncio.run(_some(postgres.url()))
            keys, sockets = folder / "keys", {name: folder / f"{name}.sock" for name in ("jet", "bare")}
            common = {"DATABASE_URL": url, "KAKEHASHI_KEYS": str(keys)}
            service = common | {"KAKEHASHI_LISTEN": f"unix:{sockets['jet']}"}
            peer = common | {"BENCH_STATEMENTS": json.dumps(statements(identity))}
            uvicorn = ["uvicorn", "--factory", "bench.bare:create_app", "--uds", str(sockets["bare"]),
                       "--no-access-log", "--log-level", "warning", "--loop", "uvloop", "--http", "httptools"]  # fmt: skip
            with serving(["services.serve", "jet"], service, sockets["jet"]) as ours, serving(uvicorn, peer, sockets["bare"]) as bare:  # fmt: skip
                server = int((postgres._real / "postmaster.pid").read_text().split()[0])
                pids = {"jet": ours, "bare": bare, "postgres": server}
                print(
                    f"CPU-µs per request, {ROUNDS} alternating rounds of {REQUESTS} requests, 8 connections"
                )
                done = [
                    compare("GET by id", (sockets["jet"], f"/jet/v1/appointments/{identity['appointment']}", "jet_appointments_read", "jet.appointment:read"), (sockets["bare"], "/one"), keys, pids),
                    compare("list of 50", (sockets["jet"], "/jet/v1/appointments?limit=50", "jet_appointments_list", "jet.appointment:read"), (sockets["bare"], "/many"), keys, pids),
                ]  # fmt: skip
                # beside them, under no floor: a record with a restricted field, of which the service keeps who read it
                compare("GET by id, noted", (sockets["jet"], f"/jet/v1/participants/{identity['participant']}", "jet_participants_read", "jet.participant:read"), (sockets["bare"], "/noted"), keys, pids)  # fmt: skip
    return 0 if max(done) <= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
