"""Nothing of what was known is overwritten: not by a change, a late writer, a stated instant or the service's role."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from services.kit.http import listing
from tests.support.database import CLOCK, Databases
from tests.support.jet import COORDINATOR, Jet, appointment, jet_over
from tests.support.loading import load, participant

CREATE, CHANGE, READ = "jet_appointments_create", "jet_appointments_change", "jet_appointments_read"


@pytest.fixture(scope="module")
def house(databases: Databases) -> Iterator[Jet]:
    with databases.fresh() as postgres, jet_over(postgres) as made:
        yield made


FACTS = ("participation", "appointment", "workplace", "arrangement")


def appointed(jet: Jet, **given: Any) -> tuple[str, dict[str, Any]]:
    person = participant(jet, year=2023)
    body = appointment(person, jet.organisation(), date(2024, 8, 1), date(2025, 7, 31), year=2023, **given)
    return person, body


def past(jet: Jet, person: str) -> list[tuple[Any, ...]]:
    return jet.sql(
        "SELECT a.ends_on, lower(a.known), upper(a.known) FROM jet.appointment_past AS a "
        f"JOIN jet.participant AS p ON p.id = a.participant_id WHERE jet_number = '{person}' ORDER BY a.known"
    )


@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
@pytest.mark.parametrize("fact", FACTS)
def test_the_service_cannot_touch_the_past(house: Jet, fact: str, verb: str) -> None:
    held = house.sql(f"SELECT has_table_privilege('jet_app', 'jet.{fact}_past', '{verb}')")
    assert held[0][0] is False


@pytest.mark.parametrize("fact", FACTS)
def test_each_change_and_deletion_leaves_a_past(house: Jet, fact: str) -> None:
    """By the catalogue: no path, ours or another's, goes around the keeper."""
    found = house.sql(
        "SELECT tgenabled::text, (tgtype & 16) > 0 AND (tgtype & 8) > 0 AND (tgtype & 1) > 0 FROM pg_trigger "
        f"WHERE tgrelid = 'jet.{fact}'::regclass AND tgname = '{fact}_keep_past'"
    )
    assert [tuple(row) for row in found] == [("O", True)]


def test_two_changes_in_one_transaction_are_one_step_of_knowledge(house: Jet) -> None:
    person, body = appointed(house)
    rows = [{"body": body | {"ends_on": ends_on}} for ends_on in ("2025-07-31", "2025-03-31", "2025-05-31")]
    assert load(house, *rows) == 200
    assert past(house, person) == []
    assert (
        load(house, *({"body": body | {"ends_on": ends_on}} for ends_on in ("2025-01-31", "2024-12-31")))
        == 200
    )
    assert [ends_on for ends_on, *_ in past(house, person)] == [date(2025, 5, 31)]


def test_a_mere_new_version_is_no_change_of_knowledge(house: Jet) -> None:
    person, body = appointed(house)
    identity = house.call(CREATE, json=body).json()["id"]
    tag = house.call(READ, path={"ref": identity}).headers["etag"]
    changed = house.call(
        CHANGE, path={"ref": identity}, headers={"If-Match": tag}, json={"supervisor_name": "架空 花子"}
    )
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
    assert past(house, person) == []


def test_a_writer_that_began_before_what_is_stored_is_refused(
    house: Jet, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, body = appointed(house)
    ref = {"ref": house.call(CREATE, json=body).json()["id"]}
    lock = listing.lock

    async def play() -> tuple[Any, Any]:
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def held(*given: Any) -> None:
            monkeypatch.setattr(listing, "lock", lock)
            begun.set()
            await go_on.wait()
            await lock(*given)

        monkeypatch.setattr(listing, "lock", held)
        send = house.served.send
        early = asyncio.create_task(
            send(CHANGE, COORDINATOR, {"If-Match": "*"}, path=ref, json={"ends_on": "2025-01-31"})
        )
        await begun.wait()
        late = await send(CHANGE, COORDINATOR, {"If-Match": "*"}, path=ref, json={"ends_on": "2025-02-28"})
        go_on.set()
        return await early, late

    early, late = house.served.run(play())
    assert late.status_code == 200
    assert (early.status_code, early.json()["code"]) == (409, "known_in_order")
    assert house.call(READ, path=ref).json() == late.json()
    assert len(past(house, person)) == 1


def test_knowledge_is_stated_before_go_live_only(house: Jet) -> None:
    person, body = appointed(house)
    assert load(house, {"body": body, "known_from": CLOCK}) == 409
    assert load(house, {"body": body, "known_from": house.now() + timedelta(days=400)}) == 409
    assert load(house, {"body": body, "known_from": CLOCK - timedelta(microseconds=1)}) == 200
    assert load(house, {"body": body | {"ends_on": "2025-01-31"}, "known_from": CLOCK}) == 409
    assert past(house, person) == []


def test_an_empty_step_of_knowledge_cannot_be_stored(house: Jet) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        house.sql(
            "INSERT INTO jet.appointment_past (id, participant_id, organisation_id, programme_year, job_type, "
            "starts_on, ends_on, effective, known_from, row_version, known) SELECT gen_random_uuid(), "
            "gen_random_uuid(), gen_random_uuid(), 2024, 'ALT', '2024-04-01', '2024-04-02', "
            "'[2024-04-01,2024-04-03)', now(), 1, 'empty'"
        )


def test_a_changed_workplace_stays_when_the_term_is_corrected(house: Jet) -> None:
    _, body = appointed(house, workplace="架空第一小学校")
    identity = house.call(CREATE, json=body).json()["id"]
    change = {
        "appointment_id": identity, "workplace_name": "架空第二中学校", "workplace_kind": "school",
        "school_level": "junior_high", "starts_on": "2025-01-08",
    }  # fmt: skip
    before = house.call(READ, path={"ref": identity}).headers["etag"]
    assert house.call("jet_workplaces_create", json=change).status_code == 201
    assert house.call("jet_workplaces_create", json=change).status_code == 409
    stale = house.call(
        CHANGE, path={"ref": identity}, headers={"If-Match": before}, json={"ends_on": "2025-07-30"}
    )
    assert stale.status_code == 412
    now = house.call(READ, path={"ref": identity}).headers["etag"]
    made = house.call(
        CHANGE, path={"ref": identity}, headers={"If-Match": now}, json={"ends_on": "2025-06-30"}
    )
    assert made.status_code == 200, made.text
    held = house.call("jet_workplaces_list", params={"appointment_id": identity}).json()["items"]
    assert [(one["workplace_name"], one["starts_on"], one["ends_on"]) for one in held] == [
        ("架空第一小学校", "2024-08-01", "2025-01-07"),
        ("架空第二中学校", "2025-01-08", "2025-06-30"),
    ]


def test_a_workplace_is_known_with_the_term_that_history_states(house: Jet) -> None:
    person, body = appointed(house)
    first, then = CLOCK - timedelta(days=90), CLOCK - timedelta(days=30)
    assert load(house, {"body": body | {"ends_on": "2025-01-31"}, "known_from": first}) == 200
    assert load(house, {"body": body, "known_from": then}) == 200
    known = house.sql(
        "SELECT w.ends_on, w.known_from FROM jet.workplace AS w JOIN jet.appointment AS a ON a.id = w.appointment_id "
        f"JOIN jet.participant AS p ON p.id = a.participant_id WHERE jet_number = '{person}'"
    )
    assert [tuple(row) for row in known] == [(date(2025, 7, 31), then)]
