"""Many at once: seats, offers, tickets and certificates go to one each, without gap or twin."""

import asyncio
from collections import Counter
from uuid import uuid4

import httpx

from services.kit.capacity.service import settle_due
from tests.jet.enrolling import act, employed, enrol, guest, listed, run, session
from tests.jet.playing import done
from tests.support.jet import COORDINATOR, Jet
from tests.support.serving import Caller

MANY = 200


async def persists(
    jet: Jet, operation: str, caller: Caller = COORDINATOR, **options: object
) -> httpx.Response:
    """As a client does: busy, or the same key at work, is asked again with that key."""
    headers = {"Idempotency-Key": str(uuid4())}
    while True:
        answer = await jet.served.send(operation, caller, headers, **options)  # type: ignore[arg-type]
        busy = answer.status_code == 503 or (
            answer.status_code == 409 and answer.json()["code"] == "idempotency_key_in_flight"
        )
        if not busy:
            return answer
        await asyncio.sleep(0.05)


def at_once(jet: Jet, *works: object) -> list[httpx.Response]:
    async def all_of() -> list[httpx.Response]:
        return list(await asyncio.gather(*works))  # type: ignore[call-overload]

    return jet.served.run(all_of())


def test_of_two_hundred_for_one_seat_one_has_it_and_the_rest_wait_in_a_row(jet: Jet) -> None:
    at = run(jet, seats=1)
    bodies = [{"run_code": at} | guest(f"見本{number}") for number in range(MANY)]
    answers = at_once(jet, *(persists(jet, "jet_training_enrolments_create", json=body) for body in bodies))
    assert Counter(one.status_code for one in answers) == {201: MANY}
    made = [one.json() for one in answers]
    assert Counter(one["state"] for one in made) == {"confirmed": 1, "waiting": MANY - 1}
    assert sorted(one["waiting_number"] for one in made if one["waiting_number"]) == list(range(1, MANY))


def test_one_person_is_enrolled_once_however_often_it_is_sent(jet: Jet) -> None:
    at, one = run(jet), employed(jet)
    body = {"run_code": at, "audience": "alt", "jet_number": one.number}
    callers = (COORDINATOR, one.caller, one.employer) * 7
    answers = at_once(
        jet, *(persists(jet, "jet_training_enrolments_create", who, json=body) for who in callers)
    )
    assert Counter(one.status_code for one in answers) == {201: 1, 409: len(callers) - 1}
    assert len(listed(jet, "training_enrolments", run_code=at)) == 1


def test_an_offer_is_taken_once_or_ends(jet: Jet) -> None:
    """Acceptances and a withdrawal of the same offer at the same instant, and the worker that ends offers."""
    for _ in range(4):
        at, people = run(jet, seats=1), [employed(jet) for _ in range(2)]
        held, waits = (done(enrol(jet, at, person.caller)) for person in people)
        done(act(jet, "withdraw", held["id"]))
        path = {"ref": waits["id"]}
        answers = at_once(
            jet,
            *(
                persists(jet, "jet_training_enrolments_confirm", people[1].caller, path=path)
                for _ in range(5)
            ),
            persists(jet, "jet_training_enrolments_withdraw", people[1].caller, path=path),
        )
        won = [one.json()["state"] for one in answers if one.status_code == 201]
        (row,) = listed(jet, "training_enrolments", people[1].caller, run_code=at)
        # a seat that was taken can be given back after it
        assert won in (["confirmed"], ["released"], ["confirmed", "released"]) and row["state"] == won[-1]
        taken = jet.sql(
            "SELECT p.taken FROM jet.capacity_pool AS p JOIN jet.training_run AS r ON r.pool_id = p.id "
            f"WHERE r.code = '{at}'"
        )
        assert taken == [(int(row["state"] == "confirmed"),)]


def test_an_acceptance_and_the_end_of_the_offer_have_one_outcome(jet: Jet) -> None:
    """Acceptances around the instant at which the offer ends, while the worker ends what is over."""
    database = jet.served.app.state.service.database
    for place in range(4):
        at, people = run(jet, seats=1), [employed(jet) for _ in range(3)]
        held, waits, _ = (done(enrol(jet, at, person.caller)) for person in people)
        done(act(jet, "withdraw", held["id"]))
        (offered,) = listed(jet, "training_enrolments", people[1].caller, run_code=at)
        jet.sql(
            f"UPDATE platform.clock SET offset_by = '{offered['offer_ends_at']}'::timestamptz "
            f"- interval '{20 + 15 * place} milliseconds' - clock_timestamp()"
        )

        async def accepts(delay: float, path: dict[str, str], caller: Caller) -> httpx.Response:
            await asyncio.sleep(delay)
            return await persists(jet, "jet_training_enrolments_confirm", caller, path=path)

        async def ends(delay: float) -> None:
            await asyncio.sleep(delay)
            await settle_due(database, "jet")

        path = {"ref": waits["id"]}
        answers = at_once(
            jet,
            *(accepts(n / 100, path, people[1].caller) for n in range(10)),
            *(ends(n / 50) for n in range(8)),
        )
        won = [one for one in answers if one is not None and one.status_code == 201]
        jet.served.run(ends(0))
        mine, next_one = (
            listed(jet, "training_enrolments", person.caller, run_code=at)[0]["state"]
            for person in people[1:]
        )
        assert (len(won), mine, next_one) in ((1, "confirmed", "waiting"), (0, "lapsed", "offered"))


def test_two_hundred_scans_of_one_ticket_make_one_attendance(jet: Jet) -> None:
    at = run(jet)
    of = session(jet, at)["id"]
    ticket = done(enrol(jet, at, **guest("見本 花子", party=2)))["ticket"]
    scans = (
        persists(jet, "jet_training_sessions_check_in", path={"ref": of}, json={"ticket": ticket})
        for _ in range(MANY)
    )
    answers = at_once(jet, *scans)
    assert Counter(one.status_code for one in answers) == {201: 1, 409: MANY - 1}
    first = next(one.json() for one in answers if one.status_code == 201)
    assert (first["persons"], first["attendance_method"]) == (2, "check_in")
    second = next(one.json() for one in answers if one.status_code == 409)
    assert second["code"] == "already_checked_in"
    assert jet.now().astimezone().strftime("%Y") in second["detail"]
    assert len(listed(jet, "training_attendances", run_code=at)) == 1


def test_awards_made_at_once_are_numbered_without_gap_or_twin(jet: Jet) -> None:
    runs = []
    for _ in range(3):
        at = run(jet, edition={"fiscal_year": 2025}, starts_on="2025-11-06", ends_on="2025-11-06")
        of = session(jet, at, starts_at="2025-11-06T10:00:00+09:00", ends_at="2025-11-06T12:00:00+09:00")[
            "id"
        ]
        for number in range(4):
            ticket = done(enrol(jet, at, **guest(f"見本{number}")))["ticket"]
            done(jet.call("jet_training_sessions_check_in", path={"ref": of}, json={"ticket": ticket}))
        runs.append(at)
    answers = at_once(
        jet, *(persists(jet, "jet_training_runs_award", path={"ref": at}) for at in runs for _ in range(8))
    )
    assert Counter(one.json()["awarded"] for one in answers) == {4: 3, 0: 21}
    numbers = sorted(
        one["certificate_number"] for one in listed(jet, "training_completions", fiscal_year=2025)
    )
    assert numbers == [f"2025-{number:06d}" for number in range(1, 13)]
