"""What happens to an import when its caller changes his mind and when its worker dies."""

import json
import time
from uuid import uuid4

import httpx

from services.kit.auth.tokens import INTERNAL_HEADER
from services.processes import Child
from tests.kit.imports.running import codes, organisations, outbox, stored
from tests.support.house import Caller, House
from tests.support.sql import fetch


def _cancel(api: House, operation: str) -> httpx.Response:
    return api.call(
        "POST", f"{operation}/cancellations", "directory_operations_cancel", headers={"Idempotency-Key": str(uuid4())}
    )  # fmt: skip


def test_a_cancelled_import_stores_nothing(api: House) -> None:
    """The API's own worker is stopped, so that the wish is there before the work begins."""
    assert api.worker is not None
    api.worker.stop()
    given = codes(3)
    try:
        sent = api.send(organisations(given))
        other = api.call(
            "POST", sent.json()["operation"] + "/cancellations", "directory_operations_cancel", Caller(client="another"),
            headers={"Idempotency-Key": str(uuid4())},
        )  # fmt: skip
        assert other.status_code == 404
        assert _cancel(api, sent.json()["operation"]).status_code == 202
    finally:
        api.start_worker()
    assert api.ended(sent)["state"] == "cancelled"
    assert stored(api, given) == {}
    assert _cancel(api, sent.json()["operation"]).status_code == 409


def test_cancelling_in_the_middle_ends_between_chunks(api: House) -> None:
    given = codes(15_000)
    sent = api.send(organisations(given))
    _begun(api, sent)
    _cancel(api, sent.json()["operation"])
    assert api.ended(sent)["state"] == "cancelled"
    assert stored(api, given[:10]) == {}


def _begun(api: House, sent: httpx.Response) -> None:
    while True:
        operation = api.call("GET", sent.json()["operation"], "directory_operations_read").json()
        assert operation["state"] in ("queued", "running"), operation
        if operation["done"] > 0:
            return
        time.sleep(0.02)


def test_a_killed_workers_import_is_done_once_by_another(api: House) -> None:
    given = codes(10_000)
    sent = api.send(organisations(given))
    _begun(api, sent)
    assert api.worker is not None
    api.worker.kill()
    assert stored(api, given[:10]) == {}
    api.start_worker()
    result = api.ended(sent)["result"]
    assert (result["created"], result["unchanged"]) == (10_000, 0)
    assert outbox(api, given) == 10_000


def test_a_worker_asked_to_stop_ends_what_it_has_begun(api: House) -> None:
    given = codes(10_000)
    sent = api.send(organisations(given))
    _begun(api, sent)
    assert api.worker is not None
    api.worker.terminate()
    try:
        _gone(api.worker)
        answer = api.call("GET", sent.json()["operation"], "directory_operations_read").json()
        assert answer["state"] == "succeeded"
    finally:
        api.start_worker()


def _gone(worker: Child, seconds: float = 120) -> None:
    """However long it needs: whoever stops it for good kills it after a while."""
    deadline = time.monotonic() + seconds
    while worker.alive:
        assert time.monotonic() < deadline, worker.last_words()
        time.sleep(0.05)


def test_progress_is_told_as_events_until_the_end(api: House) -> None:
    sent = api.send(organisations(codes(8_000)))
    path = sent.json()["operation"] + "/events"
    headers = {INTERNAL_HEADER: api.token("directory_operations_events", Caller())}
    told = []
    with (
        httpx.Client(transport=httpx.HTTPTransport(uds=str(api.socket)), timeout=60) as client,
        client.stream("GET", f"http://house{path}", headers=headers) as stream,
    ):
        assert stream.headers["content-type"].startswith("text/event-stream")
        told = [json.loads(line[5:]) for line in stream.iter_lines() if line.startswith("data:")]
    assert told[-1]["state"] == "succeeded"
    done = [one["done"] for one in told]
    assert done == sorted(done)
    assert done[-1] == 8_000


def test_a_worker_that_lost_its_connection_takes_a_new_one(api: House) -> None:
    fetch(
        api.postgres.url(),
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE usename = 'registry_app' AND query ILIKE '%pgqueuer%'",
    )
    assert api.done(organisations(codes(1)))["result"]["created"] == 1


def test_a_file_that_kills_its_worker_is_given_up(api: House) -> None:
    assert api.worker is not None
    api.worker.stop()
    sent = api.send(organisations(given := codes(1)))
    fetch(api.postgres.url(), f"UPDATE identity.operation SET tries = 5 WHERE id = '{sent.json()['id']}'")
    api.start_worker()
    operation = api.ended(sent)
    assert (operation["state"], operation["problem"]["code"]) == ("failed", "internal_fault")
    assert stored(api, given) == {}
