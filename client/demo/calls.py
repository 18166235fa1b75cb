"""What several acts ask of the public API in the same way."""

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from client.api import Api, ImportResult
from client.demo.stage import Stage
from client.problem import Problem

# what may differ between two answers that say the same "not found" (02-api)
OWN_FIELDS = ("trace_id", "support_code")
OWN_HEADERS = ("date", "x-request-id", "ratelimit", "traceparent")


def move_clock(stage: Stage, registrar: Api, to: str) -> None:
    clock = registrar.post("/identity/v1/clock-moves", {"to": to})
    stage.say(f"業務日付を {clock['today']} に進めます。", "The sandbox's clock moves on.")


def problem_of(api: Api, path: str) -> Problem:
    """With which who must not read this is answered."""
    try:
        api.get(path)
    except Problem as problem:
        return problem
    raise AssertionError(f"{path} is answered")


def comparable(problem: Problem) -> tuple[bytes, list[tuple[str, str]]]:
    """All of an answer but what each has of its own."""
    body = problem.response.content
    for field in OWN_FIELDS:
        body = body.replace(str(problem.response.json()[field]).encode(), b"*")
    headers = [(name, value) for name, value in problem.response.headers.items() if name not in OWN_HEADERS]
    return body, headers


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
    service: str = "jet",
) -> ImportResult:
    """A file of CSV, and what came of it."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(header)
        writer.writerows(rows)
    return api.submit(service, kind, path, mode=mode)


def told_problems(stage: Stage, api: Api, result: ImportResult) -> None:
    """The first rows that were refused, each with what to do."""
    for one in api.get(f"{result.path}/problems", {"limit": 3})["items"]:
        stage.say(
            f"  {one['row']}行目: {one['message']['ja']} {one['remedy']['ja']}",
            f"{one['message']['en']} {one['remedy']['en']}",
        )
