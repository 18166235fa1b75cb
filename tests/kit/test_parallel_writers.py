"""Many writers at once: a key has one effect, a person one appointment, a version one successor."""

import asyncio
from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx

from services.kit.http import guard
from tests.support.jet import COORDINATOR, Jet, appointment
from tests.support.serving import Caller

WRITERS = 50
FIRST = date(2024, 8, 1)
CREATE, CHANGE, READ = "jet_appointments_create", "jet_appointments_change", "jet_appointments_read"


def body(jet: Jet, number: str = "", start: date = FIRST) -> dict[str, Any]:
    number = number or jet.participant()
    return appointment(number, jet.organisation(), start, start + timedelta(days=300))


def together(jet: Jet, operation: str, *requests: dict[str, Any]) -> list[httpx.Response]:
    async def play() -> list[httpx.Response]:
        return await asyncio.gather(*(jet.served.send(operation, COORDINATOR, **one) for one in requests))

    return jet.served.run(play())


def stored(jet: Jet, number: str) -> int:
    found = jet.sql(
        "SELECT count(*) FROM jet.appointment JOIN jet.participant AS p ON p.id = participant_id "
        f"WHERE jet_number = '{number}'"
    )
    return int(found[0][0])


def traces(jet: Jet, identity: str) -> tuple[int, int]:
    """Rows of audit and outbox about one record."""
    made = [
        jet.sql(
            f"SELECT count(*) FROM jet.{table} WHERE resource = 'appointments' AND resource_id = '{identity}'"
        )
        for table in ("audit_entry", "outbox")
    ]
    return int(made[0][0][0]), int(made[1][0][0])


def test_fifty_posts_with_one_key_have_one_effect(jet: Jet) -> None:
    given: dict[str, Any] = {"json": body(jet), "headers": {"Idempotency-Key": str(uuid4())}}
    answers = together(jet, CREATE, *[given] * WRITERS)
    codes = Counter(
        answer.json().get("code") if answer.status_code == 409 else answer.status_code for answer in answers
    )
    assert set(codes) <= {201, "idempotency_key_in_flight"}, codes
    made = [answer for answer in answers if answer.status_code == 201]
    assert sum("idempotency-replayed" not in answer.headers for answer in made) == 1
    assert len({answer.content for answer in made}) == 1
    assert stored(jet, given["json"]["jet_number"]) == 1
    assert traces(jet, made[0].json()["id"]) == (1, 1)
    for again in (jet.call(CREATE, **given) for _ in range(3)):
        assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
        assert (again.content, again.headers["location"]) == (made[0].content, made[0].headers["location"])


def test_a_key_in_flight_is_refused_and_later_replayed(jet: Jet, monkeypatch: Any) -> None:
    given: dict[str, Any] = {"json": body(jet), "headers": {"Idempotency-Key": str(uuid4())}}
    store = guard.Keyed.store

    async def play() -> tuple[httpx.Response, httpx.Response, httpx.Response]:
        written, twin_answered = asyncio.Event(), asyncio.Event()

        async def held(keyed: guard.Keyed, response: Any) -> None:
            written.set()
            await twin_answered.wait()
            await store(keyed, response)

        monkeypatch.setattr(guard.Keyed, "store", held)
        first = asyncio.create_task(jet.served.send(CREATE, COORDINATOR, **given))
        await written.wait()
        twin = await jet.served.send(CREATE, COORDINATOR, **given)
        twin_answered.set()
        return await first, twin, await jet.served.send(CREATE, COORDINATOR, **given)

    first, twin, later = jet.served.run(play())
    assert (first.status_code, twin.status_code, later.status_code) == (201, 409, 201)
    assert twin.json()["code"] == "idempotency_key_in_flight"
    assert later.headers["idempotency-replayed"] == "true"


def test_a_key_used_for_other_content_is_refused(jet: Jet) -> None:
    given = body(jet)
    key = {"Idempotency-Key": str(uuid4())}
    assert jet.call(CREATE, json=given, headers=key).status_code == 201
    other = jet.call(CREATE, json=given | {"workplace_name": "別の小学校"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_the_key_of_another_caller_has_no_meaning(jet: Jet) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    one, two = body(jet), body(jet)
    assert jet.call(CREATE, json=one, headers=key).status_code == 201
    other = jet.call(CREATE, Caller("coordinator", client="another-tool"), json=two, headers=key)
    assert other.status_code == 201
    assert "idempotency-replayed" not in other.headers


def test_a_refusal_is_not_kept_with_its_key(jet: Jet) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    given = body(jet)
    assert jet.call(CREATE, json=given | {"school_level": None}, headers=key).status_code == 422
    assert jet.call(CREATE, json=given, headers=key).status_code == 201


def test_of_fifty_overlapping_appointments_one_is_stored(jet: Jet) -> None:
    number = jet.participant()
    answers = together(
        jet, CREATE, *({"json": body(jet, number, FIRST + timedelta(days=day))} for day in range(WRITERS))
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: WRITERS - 1}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {
        "appointment_overlap"
    }
    assert stored(jet, number) == 1


def test_of_two_changes_of_one_version_one_is_made(jet: Jet) -> None:
    identity = jet.call(CREATE, json=body(jet)).json()["id"]
    tag = jet.call(READ, path={"ref": identity}).headers["etag"]
    answers = together(
        jet, CHANGE,
        *({"json": {"housing_rent_yen": yen}, "headers": {"If-Match": tag}, "path": {"ref": identity}} for yen in (1, 2)),
    )  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    kept = next(answer.json() for answer in answers if answer.status_code == 200)
    assert jet.call(READ, path={"ref": identity}).json() == kept


def test_a_change_names_the_version_it_was_made_from(jet: Jet) -> None:
    identity = jet.call(CREATE, json=body(jet)).json()["id"]
    answer = jet.call(CHANGE, json={"housing_rent_yen": 1}, path={"ref": identity})
    assert (answer.status_code, answer.json()["code"]) == (428, "if_match_required")
