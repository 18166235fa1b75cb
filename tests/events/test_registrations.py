"""Registrations for legs through the front door: whose they are, in what order seats go, and who has come."""

import json
from datetime import UTC, timedelta
from typing import Any

from services.kit.capacity.service import settle_due
from services.kit.ids import uuid7
from tests.events.registering import guest, open_leg, register
from tests.support.events import Events, code, done, wrong
from tests.support.serving import Caller


def organisation(events: Events) -> tuple[str, Caller, Caller]:
    """Its code, and its own caller, once as an organisation and once as a host authority."""
    named, identity = code("O"), uuid7()
    events.sql(
        "INSERT INTO directory.organisation (id, code, name, kind, search_key) "
        f"VALUES ('{identity}', '{named}', '架空市', 'city', '')"
    )
    roles = ("organisation", "host_authority")
    return named, *(Caller(role, f"{role}-{named}", organisation=identity) for role in roles)  # type: ignore[return-value]  # two roles


def states(events: Events, caller: Caller, leg: str) -> dict[str, str]:
    found = done(events.call("registrations_list", caller, params={"leg": leg}))["items"]
    return {one["name"].removeprefix("見本 "): one["state"] for one in found}


def test_seats_go_in_turn_and_first_timers_go_first(events: Events) -> None:
    officer = events.at("paris")
    named, own, _ = organisation(events)
    leg = open_leg(events, officer, "paris", seats=4)
    held = done(register(events, own, leg, "a", party=2, affiliation="国際課"))
    assert (held["state"], held["organisation_code"], held["party"]) == ("confirmed", named, 2)
    assert register(events, own, leg, "a").json()["code"] == "already_registered"
    # a party of three finds two seats free, and a smaller one behind it does not wait for it
    assert done(register(events, own, leg, "three", party=3))["state"] == "waiting"
    assert done(register(events, officer, leg, "b", party=2))["state"] == "confirmed"
    assert wrong(register(events, own, leg, "late", first_time=True)) == {
        ("/first_time", "for_officers_alone")
    }
    assert done(register(events, own, leg, "earlier", party=2))["waiting_number"] == 2
    assert done(register(events, officer, leg, "first", first_time=True, party=2))["waiting_number"] == 3
    done(events.act("registrations", "withdraw", held["id"], own))
    assert states(events, officer, leg) == {
        "a": "released", "three": "waiting", "earlier": "waiting", "b": "confirmed", "first": "offered",
    }  # fmt: skip
    assert done(register(events, own, leg, "a"))["state"] == "waiting"
    offered = done(events.call("registrations_list", officer, params={"leg": leg, "state": "offered"}))
    done(events.act("registrations", "confirm", offered["items"][0]["id"], officer))
    assert done(events.call("legs_read", own, path={"ref": leg}))["taken"] == 4
    assert events.change("legs", leg, officer, seats=3).json()["code"] == "seats_exhausted"
    assert done(events.change("legs", leg, officer, seats=7))["seats"] == 7
    assert states(events, officer, leg) == {
        "a": "waiting", "three": "offered", "earlier": "waiting", "b": "confirmed", "first": "confirmed",
    }  # fmt: skip
    wanted = {("/registers_from", "registration_stays")}
    assert wrong(events.change("legs", leg, officer, registers_from=None, registers_until=None)) == wanted


def test_an_offer_that_ends_goes_to_the_next(events: Events) -> None:
    officer = events.at("london")
    leg = open_leg(events, officer, "london", seats=1)
    first, second, _ = (done(register(events, officer, leg, name))["id"] for name in "abc")
    done(events.act("registrations", "withdraw", first, officer))
    events.advance(4)
    assert states(events, officer, leg)["b"] == "lapsed"
    assert events.act("registrations", "confirm", second, officer).json()["code"] == "offer_lapsed"
    events.served.run(settle_due(events.served.app.state.service.database, "events"))
    assert states(events, officer, leg) == {"a": "released", "b": "lapsed", "c": "offered"}


def test_a_seat_of_what_is_off_is_not_taken(events: Events) -> None:
    officer = events.at("london")
    leg = open_leg(events, officer, "london", seats=1)
    first, second = (done(register(events, officer, leg, name))["id"] for name in "ab")
    done(events.act("registrations", "withdraw", first, officer))
    done(events.change("legs", leg, officer, cancelled_on="2026-12-01", cancelled_reason="荒天"))
    offered = done(events.call("registrations_read", officer, path={"ref": second}))
    assert (offered["state"], offered["leg_off"]) == ("offered", True)
    closed = {one["action"] for one in offered["available_actions"] if one.get("closed")}
    assert "confirm" in closed
    answer = events.act("registrations", "confirm", second, officer)
    assert (answer.status_code, answer.json()["code"]) == (409, "action_not_available")


def test_names_are_of_the_office_and_of_their_own_organisation(events: Events) -> None:
    officer = events.at("seoul")
    leg = open_leg(events, officer, "seoul", seats=None)
    (named, own, host), (other, stranger, _) = organisation(events), organisation(events)
    made = done(register(events, officer, leg, "a", organisation_code=named))
    done(register(events, officer, leg, "nobody's"))
    for caller, seen in (
        (own, {"a"}),
        (host, {"a"}),
        (stranger, set()),
        (events.headquarters, {"a", "nobody's"}),
    ):
        assert set(states(events, caller, leg)) == seen
    for caller in (stranger, events.at("paris")):
        assert events.call("registrations_read", caller, path={"ref": made["id"]}).status_code == 404
        assert events.act("registrations", "withdraw", made["id"], caller).status_code == 404
    assert wrong(register(events, stranger, leg, "x", organisation_code=named)) == {
        ("/organisation_code", "organisation_not_yours")
    }
    assert (
        done(register(events, stranger, leg, "a"))["organisation_code"] == other
    )  # known to another, and not to them
    assert wrong(register(events, events.at("paris"), leg, "x")) == {("/leg_code", "office_not_yours")}
    assert events.call("registrations_check_in", own, path={"ref": made["id"]}, json={}).status_code == 403
    told = events.sql(f"SELECT after::text FROM events.audit_entry WHERE resource_id = '{made['id']}'")
    assert told and not [row for row in told if "見本" in row[0] or "example.jp" in row[0]]
    # the second wall, without the first
    caller = Caller("organisation", "x", organisation=stranger.organisation)
    asked = f"SELECT name FROM events.registration_person WHERE registration_id = '{made['id']}'"
    setting = f'{{"role": "organisation", "organisation": "{caller.organisation}", "key": "k"}}'
    assert events.sql_as(setting, asked) == []
    assert len(events.sql_as(setting.replace(str(caller.organisation), str(own.organisation)), asked)) == 1


def test_registration_is_open_while_it_is(events: Events) -> None:
    officer = events.at("new_york")
    _, own, _ = organisation(events)
    none = open_leg(events, officer, "new_york", seats=None, registers_from=None, registers_until=None)
    assert wrong(register(events, own, none, "a")) == {("/leg_code", "leg_takes_no_registrations")}
    assert wrong(events.change("legs", none, officer, seats=3)) == {("/seats", "seats_without_registration")}
    later: dict[str, Any] = {
        "registers_from": str(events.now() + timedelta(days=1)),
        "registers_until": str(events.now() + timedelta(days=9)),
    }
    leg = open_leg(events, officer, "new_york", seats=None, **later)
    assert wrong(register(events, own, leg, "a")) == {("/leg_code", "registration_closed")}
    assert done(register(events, officer, leg, "a"))["state"] == "confirmed"
    edition = done(events.call("legs_read", officer, path={"ref": leg}))["edition_code"]
    done(events.change("editions", edition, officer, standing="postponed", standing_reason="会場の都合"))
    assert wrong(register(events, officer, leg, "b")) == {("/leg_code", "leg_is_off")}
    assert done(events.call("legs_read", officer, path={"ref": leg}))["sequence"] == 1
    (registered,) = done(events.call("registrations_list", officer, params={"leg": leg}))["items"]
    assert registered["leg_off"] is True


def test_the_door_opens_on_the_day_at_the_venue(events: Events) -> None:
    """It is the next day at Sydney for fourteen hours in which it is not yet in New York."""
    officer = events.headquarters
    now = events.now().astimezone(UTC)
    noon = (now + timedelta(days=1)).replace(hour=14, minute=30, second=0, microsecond=0)
    events.sql(f"UPDATE platform.clock SET offset_by = '{noon}'::timestamptz - clock_timestamp()")
    tomorrow = (noon + timedelta(days=1)).date()
    ids = {}
    for zone in ("Australia/Sydney", "America/New_York"):
        leg = open_leg(events, officer, None, seats=5, first=tomorrow, time_zone=zone)
        ids[zone] = (leg, done(register(events, officer, leg, "a", party=5))["id"])
    leg, early = ids["America/New_York"]
    answer = events.call("registrations_check_in", officer, path={"ref": early}, json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "action_not_available")
    assert done(events.call("registrations_read", officer, path={"ref": early}))["available_actions"]
    leg, there = ids["Australia/Sydney"]
    came = events.call("registrations_check_in", officer, path={"ref": there}, json={"persons": 6})
    assert wrong(came) == {("/persons", "more_than_registered")}
    assert done(events.call("registrations_check_in", officer, path={"ref": there}, json={}))["persons"] == 5
    assert done(events.call("legs_read", officer, path={"ref": leg}))["checked_in"] == 5
    again = events.call("registrations_check_in", officer, path={"ref": there}, json={})
    assert again.status_code == 409
    assert events.act("registrations", "withdraw", there, officer).status_code == 409
    assert done(events.act("registrations", "undo_check_in", there, officer))["persons"] is None
    assert done(events.call("registrations_check_in", officer, path={"ref": there}, json={"persons": 3}))
    assert done(events.call("legs_read", officer, path={"ref": leg}))["checked_in"] == 3
    # what is entered of a leg that has begun is a fact: it does not wait
    assert register(events, officer, leg, "b").json()["code"] == "seats_exhausted"
    steps = events.sql(
        f"SELECT action, from_state, to_state FROM events.audit_entry WHERE resource_id = '{there}' ORDER BY id"
    )
    assert [tuple(one) for one in steps if "check_in" in one[0]] == [
        ("check_in", "registered", "checked_in"), ("undo_check_in", "checked_in", "registered"),
        ("check_in", "registered", "checked_in"),
    ]  # fmt: skip


def test_a_file_that_comes_again_changes_nothing(events: Events) -> None:
    officer = events.at("beijing")
    leg = open_leg(events, officer, "beijing", seats=2)
    rows = [{"leg_code": leg} | guest(name, party=party) for name, party in (("a", 1), ("b", 2), ("c", 1))]

    content = "\n".join(json.dumps(row) for row in rows).encode()
    for _ in range(2):
        summary = events.imported("registrations", officer, content)
        assert summary["problems"] == [], summary
    assert states(events, officer, leg) == {"a": "confirmed", "b": "waiting", "c": "confirmed"}
    other = json.dumps(rows[1] | {"party": 1}).encode()
    (problem,) = events.imported("registrations", officer, other)["problems"]
    assert problem["code"] == "registered_otherwise"
