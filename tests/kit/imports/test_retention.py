"""Files of imports are kept for a time; that they came, and what came of them, for good."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.kit import operations
from services.kit.blobs import Blobs
from services.kit.imports.reading import CSV
from tests.kit.imports.bad_files import BadFile
from tests.kit.imports.bad_rows import ORGANISATIONS
from tests.kit.imports.bad_texts import delimited
from tests.kit.imports.sending import Place, place
from tests.support.database import Databases


@pytest.fixture
def house(databases: Databases) -> Iterator[Place]:
    """With a clock of its own, which the tests move."""
    with databases.fresh() as postgres, place(postgres) as made:
        yield made


def _send(house: Place, name: str) -> dict[str, Any]:
    grid = ORGANISATIONS.grid(ORGANISATIONS.having(name=name), ORGANISATIONS.having(code="R1", kind="?"))
    sent = house.services["directory"].send(BadFile(ORGANISATIONS, name, CSV, delimited(grid, ",")))
    assert sent.status_code == 202
    found: dict[str, Any] = {**sent.json(), "sent": sent}
    return found


def _sweep(house: Place) -> None:
    served = house.services["directory"].served
    files = Blobs(served.app.state.service.database, "identity", operations.worker_scope("identity"))
    served.run(files.sweep())


def _files(house: Place, receipt: dict[str, Any]) -> tuple[int, int]:
    """Bytes of the source, and whether there is a marked workbook."""
    chunks = house.sql(
        "SELECT coalesce(sum(length(c.content)), 0), count(DISTINCT i.marked_id) FROM identity.import AS i "
        f"LEFT JOIN identity.blob_chunk AS c ON c.blob_id = i.source_id WHERE i.id = '{receipt['id']}'"
    )[0]
    return int(chunks[0]), int(chunks[1])


def _read(house: Place, receipt: dict[str, Any], what: str) -> Any:
    service = house.services["directory"]
    return service.served.call(f"directory_imports_{what}", service.caller, path={"import_id": receipt["id"]})


def _advance(house: Place, days: int) -> None:
    house.sql(f"UPDATE platform.clock SET offset_by = offset_by + interval '{days} days'")


def test_old_files_go_and_their_receipts_stay(house: Place) -> None:
    service = house.services["directory"]
    old, waiting = _send(house, "古い"), _send(house, "待っている")
    assert service.done(old["sent"])["state"] == "failed"
    shown = _read(house, old, "read").json()
    _advance(house, 399)
    _sweep(house)
    assert _files(house, old)[0] == shown["size"] > 0
    assert _read(house, old, "marked_workbook").status_code == 200
    _advance(house, 2)
    young = _send(house, "新しい")
    service.done(young["sent"])
    _sweep(house)
    assert _files(house, old) == (0, 0)
    assert _read(house, old, "marked_workbook").status_code == 404
    assert _read(house, old, "read").json() == shown | {"marked_workbook": None}
    assert len(_read(house, old, "problems").json()["items"]) > 0
    assert _files(house, young)[0] > 0 and _files(house, young)[1] == 1
    assert _files(house, waiting)[0] > 0
    assert service.done(waiting["sent"])["state"] == "failed"
    assert house.sql("SELECT count(*) FROM identity.blob_chunk AS c LEFT JOIN identity.blob AS b ON b.id = c.blob_id "
                     "WHERE b.id IS NULL") == [(0,)]  # fmt: skip


def test_how_long_files_are_kept_is_a_setting(house: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    receipts = [_send(house, f"多い{number}") for number in range(12)]
    for receipt in receipts:
        house.services["directory"].done(receipt["sent"])
    _advance(house, 31)
    monkeypatch.setenv("KAKEHASHI_IMPORT_DAYS", "30")
    _sweep(house)
    assert {_files(house, receipt) for receipt in receipts} == {(0, 0)}


def test_answers_of_callers_who_stay_away_go_after_seven_days(house: Place) -> None:
    """Old ones of whoever it is, and no younger one."""
    _send(house, "一度だけ")
    keys = "SELECT key FROM identity.idempotency ORDER BY key"
    house.sql(
        "INSERT INTO identity.idempotency SELECT caller || 'x', route, 'old', body_hash, status, headers, body, "
        "now() - interval '8 days' FROM identity.idempotency"
    )
    house.sql(
        "INSERT INTO identity.idempotency SELECT caller, route, 'younger', body_hash, status, headers, body, "
        "now() - interval '6 days' FROM identity.idempotency WHERE key <> 'old'"
    )
    before = {key for (key,) in house.sql(keys)}
    _sweep(house)
    assert {key for (key,) in house.sql(keys)} == before - {"old"}
    assert "old" in before
