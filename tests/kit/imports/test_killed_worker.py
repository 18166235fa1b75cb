"""A worker is killed at each point of an import: its successor does the whole of it once.

`KAKEHASHI_BATTERY` names how many rounds of all points are played.
"""

import os
import signal
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest

from tests.kit.imports.killing import POINTS, Warden, kill_at, kill_in_survey, until, warden
from tests.kit.imports.running import codes, csv_of, stored
from tests.support.house import House

ROUNDS = int(os.environ.get("KAKEHASHI_BATTERY") or 1)
SURVEY = "reading the file"
# the short form: before anything is stored, amid the rows, with all stored but untold, and at the end
SHORT = ["taking the job", "storing the first rows", "keeping the marked workbook", "committing"]
PLACES = [*POINTS, SURVEY] if ROUNDS > 1 else SHORT
# of these the worker comes only if there is something to tell of a row
TELLING = ("keeping the marked workbook", "telling of problems")
LONG = {SURVEY: 12_000, "storing rows in the middle": 6_000}


class Sent(NamedTuple):
    """A file of new records, of one that stands already and one to be renamed, and of a wrong row if `bad`."""

    new: list[str]
    same: str
    late: str
    bad: bool
    mode: str
    key: str
    body: bytes
    answer: httpx.Response

    @property
    def operation(self) -> str:
        return str(self.answer.json()["id"])

    @property
    def kept(self) -> bool:
        return not (self.bad and self.mode == "atomic")


@pytest.fixture(scope="module")
def place(api: House) -> Iterator[tuple[House, Warden]]:
    with warden(api) as watch:
        yield api, watch


def _send(api: House, point: str, mode: str) -> Sent:
    same, late, *new = codes(2 + LONG.get(point, 20))
    assert api.done(csv_of([(same, "同じ団体", "企業"), (late, "前の名称", "企業")]))["state"] == "succeeded"
    bad = mode == "partial" or point in TELLING
    rows = [
        (same, "同じ団体", "企業"),
        *((code, f"新{code}", "企業") for code in new),
        (late, "後の名称", "企業"),
    ]
    body = csv_of([*rows, ("!", "誤った団体", "会社ではない")] if bad else rows)
    assert api.worker is not None
    os.kill(api.worker.pid, signal.SIGSTOP)
    key = str(uuid4())
    return Sent(new, same, late, bad, mode, key, body, api.send(body, mode=mode, key=key))


def _changes(watch: Warden, sent: Sent) -> int:
    found: int = watch.sql(
        "SELECT count(*) FROM identity.outbox AS o JOIN directory.organisation AS r ON r.id = o.resource_id "
        f"WHERE r.code = ANY ('{{{','.join([*sent.new, sent.same, sent.late])}}}')"
    )[0][0]
    return found


def _effects_once(api: House, watch: Warden, sent: Sent, before: int) -> None:
    operation = api.ended(sent.answer)
    assert operation["state"] == ("succeeded" if sent.kept else "failed"), operation
    result = operation["result"]
    counted = {name: result[name] for name in ("created", "changed", "unchanged", "refused", "stored")}
    kept = sent.kept
    assert counted == {
        "created": len(sent.new) if kept else 0, "changed": int(kept), "unchanged": int(kept), "refused": int(sent.bad),
        "stored": kept,
    }  # fmt: skip
    there = {sent.same: "同じ団体", sent.late: "後の名称" if kept else "前の名称"}
    there |= {code: f"新{code}" for code in sent.new} if kept else {}
    assert stored(api, [sent.same, sent.late, *sent.new]) == there
    assert _changes(watch, sent) - before == (len(sent.new) + 1 if kept else 0)
    about = f"FROM identity.audit_entry WHERE resource_id = '{sent.operation}'"
    assert watch.sql(f"SELECT count(*) {about}") == [(int(kept),)]
    told = watch.sql(
        f"SELECT ordinal FROM identity.import_problem WHERE import_id = '{sent.operation}' ORDER BY 1"
    )
    assert [one for (one,) in told] == list(range(1, result["problems"] + 1))
    assert bool(told) == sent.bad


def _answered_once(api: House, watch: Warden, sent: Sent) -> None:
    """The receipt that was given still stands, and the same upload is answered from it."""
    said = sent.answer.json()
    again = api.send(sent.body, mode=sent.mode, key=sent.key)
    assert (again.json(), again.headers["idempotency-replayed"]) == (said, "true")
    shown = api.call("GET", said["import"], "directory_imports_read").json()
    assert all(shown[name] == said[name] for name in ("receipt_number", "arrived_at", "sha256"))
    assert watch.sql(f"SELECT count(*) FROM identity.idempotency WHERE key = '{sent.key}'") == [(1,)]
    assert watch.sql(
        f"SELECT count(*) FROM identity.import WHERE receipt_number = '{said['receipt_number']}'"
    ) == [(1,)]


def _nothing_stuck(watch: Warden) -> None:
    until("a job is left", lambda: watch.sql("SELECT count(*) FROM identity.pgqueuer") == [(0,)])
    open_ones = "SELECT count(*) FROM identity.operation WHERE state IN ('queued', 'running')"
    assert watch.sql(open_ones) == [(0,)]
    files: list[tuple[Any, ...]] = watch.sql(
        "SELECT (SELECT count(*) FROM identity.blob) = count(source_id) + count(marked_id) FROM identity.import"
    )
    assert files == [(True,)]


@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.parametrize("point", PLACES)
def test_a_worker_killed_anywhere_is_followed_by_one_that_does_all_of_it_once(
    place: tuple[House, Warden], point: str, turn: int
) -> None:
    api, watch = place
    mode = ("atomic", "partial")[(turn + PLACES.index(point)) % 2]
    sent = _send(api, point, mode)
    before = _changes(watch, sent)
    assert api.worker is not None
    if point == SURVEY:
        kill_in_survey(watch, api.worker, sent.operation)
    else:
        kill_at(watch, api.worker, point, operation=sent.operation, late=sent.late)
    api.start_worker()
    _effects_once(api, watch, sent, before)
    _answered_once(api, watch, sent)
    _nothing_stuck(watch)
