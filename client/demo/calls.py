"""What several acts ask of the public API in the same way."""

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from client.api import Api, ImportResult
from client.demo.stage import Stage
from client.problem import Problem


def move_clock(stage: Stage, registrar: Api, to: str) -> None:
    clock = registrar.post("/identity/v1/clock-moves", {"to": to})
    stage.say(f"業務日付を {clock['today']} に進めます。", "The sandbox's clock moves on.")


def refusal(call: Callable[[], object]) -> tuple[int, str, str]:
    """Status, code and words of the problem with which a call is answered; 200 if it is not refused."""
    try:
        call()
    except Problem as problem:
        return problem.status, problem.code, f"{problem.title} {problem.detail}".strip()
    return 200, "", ""


def send(
    api: Api,
    kind: str,
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    mode: str = "atomic",
) -> ImportResult:
    """A file of CSV for the jet service, and what came of it."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(header)
        writer.writerows(rows)
    return api.submit("jet", kind, path, mode=mode)


def told_problems(stage: Stage, api: Api, result: ImportResult) -> None:
    """The first rows that were refused, each with what to do."""
    for one in api.get(f"{result.path}/problems", {"limit": 3})["items"]:
        stage.say(
            f"  {one['row']}行目: {one['message']['ja']} {one['remedy']['ja']}",
            f"{one['message']['en']} {one['remedy']['en']}",
        )
