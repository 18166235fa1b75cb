"""Many register at once: seats go to one each, and an offer has one outcome."""

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from services.kit.capacity.service import settle_due
from tests.events.registering import guest, open_leg, register
from tests.support.events import Events, done, wrong
from tests.support.serving import Caller

MANY = 200


async def persists(events: Events, verb: str, caller: Caller, **options: Any) -> httpx.Response:
    """As a client does: busy, or the same key at work, is asked again with that key."""
    headers = {"Idempotency-Key": str(uuid4())}
    while True:
        answer = await events.served.send(f"events_registrations_{verb}", caller, headers, **options)
        busy = answer.status_code == 503 or (
            answer.status_code == 409 and answer.json()["code"] == "idempotency_key_in_flight"
        )
        if not busy:
            return answer
        await asyncio.sleep(0.05)


def at_once(events: Events, *works: Any) -> list[Any]:
    async def all_of() -> list[Any]:
        return list(await asyncio.gather(*works))

    return events.served.run(all_of())


def creates(events: Events, caller: Caller, leg: str, *people: dict[str, Any]) -> list[httpx.Response]:
    bodies = ({"leg_code": leg} | one for one in people)
    return at_once(events, *(persists(events, "create", caller, json=body) for body in bodies))


def test_of_two_hundred_for_the_last_seat_one_has_it(events: Events) -> None:
    officer = events.at("paris")
    leg = open_leg(events, officer, "paris", seats=2)
    done(register(events, officer, leg, "before"))
    answers = creates(events, officer, leg, *(guest(f"n{number}") for number in range(MANY)))
    assert Counter(one.status_code for one in answers) == {201: MANY}
    made = [one.json() for one in answers]
    assert Counter(one["state"] for one in made) == {"confirmed": 1, "waiting": MANY - 1}
    assert sorted(one["waiting_number"] for one in made if one["waiting_number"]) == list(range(1, MANY))
    assert done(events.call("legs_read", officer, path={"ref": leg}))["taken"] == 2


def test_a_party_is_seated_whole_or_waits(events: Events) -> None:
    """Parties of three, and couples, come at once for two seats."""
    officer = events.at("paris")
    leg = open_leg(events, officer, "paris", seats=2)
    people = [guest(f"p{number}", party=3 if number % 2 else 2) for number in range(12)]
    made = [one.json() for one in creates(events, officer, leg, *people)]
    assert [one["party"] for one in made if one["state"] == "confirmed"] == [2]
    assert done(events.call("legs_read", officer, path={"ref": leg}))["taken"] == 2


def test_one_person_is_registered_once(events: Events) -> None:
    officer = events.at("paris")
    leg = open_leg(events, officer, "paris", seats=None)
    answers = creates(events, officer, leg, *(guest("same") for _ in range(12)))
    assert Counter(one.status_code for one in answers) == {201: 1, 409: 11}
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"already_registered"}
    assert done(events.call("legs_read", officer, path={"ref": leg}))["taken"] == 1


def test_an_offer_that_ends_while_it_is_taken_has_one_outcome(events: Events) -> None:
    """Acceptances around the instant at which it ends, while the worker ends what is over."""
    officer, database = events.at("paris"), events.served.app.state.service.database
    for place in range(2):
        leg = open_leg(events, officer, "paris", seats=1)
        held, waits, _ = (done(register(events, officer, leg, name)) for name in "abc")
        done(events.act("registrations", "withdraw", held["id"], officer))
        offered = done(events.call("registrations_read", officer, path={"ref": waits["id"]}))
        events.sql(
            f"UPDATE platform.clock SET offset_by = '{offered['offer_ends_at']}'::timestamptz "
            f"- interval '{20 + 30 * place} milliseconds' - clock_timestamp()"
        )

        async def accepts(delay: float, ref: str) -> httpx.Response:
            await asyncio.sleep(delay)
            return await persists(events, "confirm", officer, path={"ref": ref})

        async def ends(delay: float) -> None:
            await asyncio.sleep(delay)
            await settle_due(database, "events")

        answers = at_once(
            events,
            *(accepts(n / 100, waits["id"]) for n in range(10)),
            *(ends(n / 50) for n in range(8)),
        )
        won = [one for one in answers if one is not None and one.status_code == 201]
        events.served.run(ends(0))
        found = done(events.call("registrations_list", officer, params={"leg": leg}))["items"]
        mine, other = (
            next(one["state"] for one in found if one["name"].endswith(name)) for name in ("b", "c")
        )
        assert (len(won), mine, other) in ((1, "confirmed", "waiting"), (0, "lapsed", "offered"))


def test_who_registers_while_it_is_called_off_is_told_so(events: Events) -> None:
    """The leg itself, or all of its edition: the registration waits for that, and is refused."""
    officer = events.at("paris")
    off = {
        "leg": "cancelled_on = '2026-12-01', cancelled_reason = '荒天'",
        "edition": "standing = 'postponed', standing_reason = '荒天'",
    }

    async def play(table: str, leg: str, code: str) -> httpx.Response:
        connection = await asyncpg.connect(events.postgres.url())
        try:
            calling_off = connection.transaction()
            await calling_off.start()
            await connection.execute(f"UPDATE events.{table} SET {off[table]} WHERE code = '{code}'")
            asked = asyncio.ensure_future(
                persists(events, "create", officer, json={"leg_code": leg} | guest("late"))
            )
            waits = (
                "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
            )
            while not asked.done() and not await connection.fetchval(waits):
                await asyncio.wait([asked], timeout=0.01)
            await calling_off.commit()
            return await asked
        finally:
            await connection.close()

    for table in off:
        leg = open_leg(events, officer, "paris", seats=None)
        of = done(events.call("legs_read", officer, path={"ref": leg}))["edition_code"]
        answer = events.served.run(play(table, leg, leg if table == "leg" else of))
        assert wrong(answer) == {("/leg_code", "leg_is_off")}, (table, answer.status_code)
