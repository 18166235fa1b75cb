"""`make bench-deadline`: all organisations of the demo years send their files within a minute, through the door, while
the deadline passes and the worker is killed. Ends with 1 if a file is lost, counted twice or judged by anything but
its arrival.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.last_hour import YEAR, Played, play
from client.api import Api
from client.credentials import new_key, public_part
from client.demo.clients import credentials
from client.demo.members import write_clients
from services.launcher import DEMO_FILE, Launcher
from services.system import System

OPENS_AT = "2024-10-01T09:00:00+09:00"  # those that left in August are not asked
DEADLINE = datetime.fromisoformat("2024-12-01T00:00:00+09:00")
BEFORE, WINDOW = 30.0, 60.0  # seconds before the deadline, and of sending in all
ORGANISATIONS = 987


def members(coordinator: Api) -> dict[str, list[str]]:
    """host authority → those of its members that are asked"""
    found = defaultdict(list)
    for one in coordinator.iterate("/jet/v1/placement-submissions", {"programme_year": YEAR}):
        found[one["host_code"]].append(one["organisation_code"])
    return found


def last_hour(system: System, clients: dict[str, Any], folder: Path) -> Played:
    with (
        Api(system.url, credentials(clients["registrar"])) as registrar,
        Api(system.url, credentials(clients["coordinator"])) as coordinator,
    ):
        registrar.post("/identity/v1/clock-moves", {"to": OPENS_AT})
        coordinator.post("/jet/v1/placement-surveys", {
            "programme_year": YEAR,
            "host_deadline_at": DEADLINE.isoformat(),
            "clair_deadline_at": (DEADLINE + timedelta(days=14)).isoformat(),
        })  # fmt: skip
        hosts, key = members(coordinator), new_key()
        wanted = [("host_authority", host) for host in hosts]
        wanted += [("organisation", code) for codes in hosts.values() for code in codes]
        file = write_clients(folder / "clients.csv", wanted, public_part(key))
        registrar.submit("identity", "clients", file)
        return asyncio.run(play(system, registrar, coordinator, key, hosts, DEADLINE, BEFORE, WINDOW))


def show(played: Played) -> int:
    seconds = sorted(one.seconds for one in played.sent)
    tail = statistics.quantiles(seconds, n=100)
    files, taken = len(played.sent), sum(len(one.parcel.codes) for one in played.sent)
    faults = {"lost": played.lost(), "twice": played.twice(), "misjudged": played.misjudged()}
    faults["missing"] = ["?"] * (ORGANISATIONS - taken)
    print(f"organisations                     {taken:>8}   files {files}")
    print(f"accepted a second                 {files / played.accepting:>8.1f}   in {played.accepting:.1f} s")
    print(
        f"first try to 202, p50 p99 max     {tail[49] * 1e3:>8.0f} ms {tail[98] * 1e3:.0f} ms {seconds[-1] * 1e3:.0f} ms"
    )
    print(f"told to come again (429, 503)     {played.turned:>8}")
    print(f"the last is processed             {played.done:>8.1f} s after the first is sent")
    print(
        f"in time, late                     {len(played.receipts) - len(played.late()):>8}   {len(played.late())}"
    )
    for fault, found in faults.items():
        print(f"{fault:<34}{len(found):>8}   {' '.join(found[:5])}")
    return 1 if any(faults.values()) else 0


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="kk-deadline-") as made:
        launcher = Launcher(Path(os.environ.get("KAKEHASHI_DATA_DIR") or "var").absolute(), 0)
        with launcher.sandbox() as system:
            described = json.loads((launcher.data / DEMO_FILE).read_text(encoding="utf-8"))
            return show(last_hour(system, described["clients"], Path(made)))


if __name__ == "__main__":
    sys.exit(main())
