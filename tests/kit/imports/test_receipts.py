"""What a sender holds in hand: a receipt that stands before any work, and a key that makes one import of two tries."""

import hashlib
from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.kit.imports.killing import until
from tests.kit.imports.running import codes, organisations, stored
from tests.support.house import House
from tests.support.sql import fetch, value


class Cut(Exception):
    """The sender's line goes dead."""


def test_a_receipt_stands_while_no_worker_runs(api: House) -> None:
    assert api.worker is not None
    api.worker.stop()
    body = organisations(given := codes(2))
    try:
        sent = api.send(body)
        receipt = {name: sent.json()[name] for name in ("id", "receipt_number", "arrived_at", "sha256")}
        waiting = api.call("GET", sent.json()["import"], "directory_imports_read").json()
    finally:
        api.start_worker()
    assert receipt["sha256"] == hashlib.sha256(body).hexdigest()
    assert waiting["state"] == "queued"
    assert {name: waiting[name] for name in receipt} == receipt
    assert api.ended(sent)["result"]["created"] == 2
    done = api.call("GET", sent.json()["import"], "directory_imports_read").json()
    assert {name: done[name] for name in receipt} == receipt
    assert stored(api, given).keys() == set(given)


def _blobs(api: House) -> list[tuple[object, ...]]:
    return fetch(api.postgres.url(), "SELECT id, sha256 FROM identity.blob ORDER BY id")


@pytest.mark.parametrize("announced", [True, False])
def test_an_upload_cut_in_the_middle_and_sent_again_is_one_import(api: House, announced: bool) -> None:
    given, key, before = codes(3), str(uuid4()), _blobs(api)
    body = organisations(given) + b"\r\n" * 800_000
    staged: list[bool] = []

    def cut() -> Iterator[bytes]:
        yield body[:1_500_000]
        until("nothing was staged", lambda: _blobs(api) != before)
        staged.append(True)
        raise Cut

    headers = {"Content-Type": "text/csv", "Idempotency-Key": key}
    headers |= {"Content-Length": str(len(body))} if announced else {}
    with pytest.raises(Cut):
        api.call(
            "POST", "/directory/v1/imports", "directory_imports_create", headers=headers, content=cut(),
            params={"kind": "organisations"},
        )  # fmt: skip
    assert staged
    until("what was staged is left behind", lambda: _blobs(api) == before)
    again = api.send(body, key=key)
    assert (again.status_code, "idempotency-replayed" in again.headers) == (202, False)
    assert api.ended(again)["result"]["created"] == 3
    assert api.send(body, key=key).json() == again.json()
    counted = f"SELECT count(*) FROM identity.import AS i JOIN identity.blob AS b ON b.id = i.source_id WHERE b.sha256 = '\\x{hashlib.sha256(body).hexdigest()}'"
    assert value(api.postgres.url(), counted) == 1
