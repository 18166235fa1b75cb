"""`make bench-existence`: whether times tell that somebody is counselled. Two participants of the demo years who are alike
are asked for in turn, 1,000 times each, one of them with three cases; a classifier that knows all the times guesses
which of the two each was. Ends with 1 if it does better than 0.55 (area under the curve; 0.5 is a coin).
"""

import asyncio
import json
import os
import random
import sys
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg

from client.api import Api
from client.demo.clients import credentials
from services.launcher import DEMO_FILE, Launcher

ROUNDS, CASES, MOST = 1_000, 3, 0.55
YEAR = 2024


def alike(coordinator: Api) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two at one organisation, of the same job and year."""
    of: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for one in coordinator.iterate("/jet/v1/roster", {"programme_year": YEAR}):
        key = (
            one["organisation_code"],
            one["job_type"],
            one["arrival_group"],
            one["is_new"],
            one["nationality"],
        )
        of[key].append(one)
        if len(of[key]) == 2:
            first, second = of[key]
            return first, second
    raise SystemExit("the demo years hold no two who are alike")


async def counsel(url: str, person: str) -> None:
    """Three cases of a participant, one of them open."""
    connection = await asyncpg.connect(url)
    for place in range(CASES):
        closed = "'closed', platform.today(), platform.today() + 1" if place else "'open', NULL, NULL"
        await connection.execute(
            f"INSERT INTO care.care_case (pseudonym, person_id, state, closed_on, keep_until) "
            f"VALUES ('C-{uuid4().hex[:8]}', '{person}', {closed})"
        )
    await connection.close()


def area(one: list[int], other: list[int]) -> float:
    """Under the curve of the best guess by one threshold (Mann and Whitney's U); at least 0.5."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    assert all(a <= b for a, b in pairwise(ranked))
    ranks = sum(place for place, (_, of) in enumerate(ranked, start=1) if of)
    found = (ranks - len(other) * (len(other) + 1) / 2) / (len(one) * len(other))
    return max(found, 1 - found)


def measured(caller: Api, paths: tuple[str, str]) -> tuple[list[int], list[int]]:
    """Nanoseconds of each, asked for in turn and in no order that a cache could learn."""
    times: tuple[list[int], list[int]] = ([], [])
    for _ in range(ROUNDS):
        for which in random.sample((0, 1), 2):
            began = time.perf_counter_ns()
            caller.get(paths[which])
            times[which].append(time.perf_counter_ns() - began)
    return times


def main() -> int:
    launcher = Launcher(Path(os.environ.get("KAKEHASHI_DATA_DIR") or "var").absolute(), 0)
    with launcher.sandbox() as system:
        clients = json.loads((launcher.data / DEMO_FILE).read_text(encoding="utf-8"))["clients"]
        with Api(system.url, credentials(clients["coordinator"])) as coordinator:
            pair = alike(coordinator)
            people = [coordinator.get(f"/jet/v1/participants/{one['jet_number']}") for one in pair]
            asyncio.run(counsel(system.database, people[1]["id"]))
            worst = 0.0
            print(f"{ROUNDS:,} requests for each of two, in turn; the second has {CASES} cases")
            for name, path in (
                ("record", "/jet/v1/participants/{id}"),
                ("appointments", "/jet/v1/appointments?jet_number={jet_number}"),
                ("search", "/jet/v1/participants?q={jet_number}"),
                ("roster", "/jet/v1/roster?programme_year=2024&q={jet_number}"),
            ):
                first, second = (path.format(**one) for one in people)
                one, other = measured(coordinator, (first, second))
                found = area(one, other)
                worst = max(worst, found)
                medians = [sorted(times)[ROUNDS // 2] / 1e6 for times in (one, other)]
                print(f"{name:<14} medians {medians[0]:7.3f} {medians[1]:7.3f} ms   area {found:.3f}")
    print(f"worst area {worst:.3f}, at most {MOST}")
    return 1 if worst > MOST else 0


if __name__ == "__main__":
    sys.exit(main())
