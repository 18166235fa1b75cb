"""Leaving early: when it can be filed, and what it closes."""

from datetime import date, timedelta

import pytest

from services.jet.participants.resource import participants
from tests.jet.playing import FIRST, LAST, appoint, change, codes, done, leave, place
from tests.support.jet import Jet, appointment
from tests.support.loading import load, participant
from tests.support.serving import Caller

LEFT = date(2024, 12, 20)


def state(jet: Jet, number: str) -> str:
    return str(done(jet.call("jet_participants_read", path={"ref": number}))["state"])


def test_an_old_file_does_not_bring_an_appointment_back(jet: Jet) -> None:
    number, where = jet.participant(), jet.organisation()
    done(place(jet, number, where))
    made = done(appoint(jet, number, where))
    done(leave(jet, number, LEFT))
    officer = Caller("organisation", organisation=where.id)
    assert load(jet, {"body": appointment(number, where, FIRST, LAST)}) == 422
    longer = change(jet, "appointments", made["id"], caller=officer, ends_on=LAST.isoformat())
    assert codes(longer) == {("/ends_on", "left_on")}
    assert "2024-12-20" in longer.json()["errors"][0]["message"]
    held = done(jet.call("jet_appointments_read", path={"ref": made["id"]}))
    assert held["ends_on"] == LEFT.isoformat()
    assert load(jet, {"body": appointment(number, where, FIRST, LEFT)}) == 200


def test_a_cancelled_appointment_stays_cancelled(jet: Jet) -> None:
    number, where = jet.participant(), jet.organisation()
    done(place(jet, number, where))
    done(appoint(jet, number, where))
    done(leave(jet, number, FIRST - timedelta(days=10)))
    again = appoint(jet, number, where, caller=Caller("organisation", organisation=where.id))
    assert codes(again) == {("/starts_on", "left_on")}


def test_who_has_left_may_come_back_with_a_participation_of_its_own(jet: Jet) -> None:
    number, where = participant(jet, year=2020), jet.organisation()
    done(appoint(jet, number, where, date(2023, 8, 1), date(2024, 7, 31), year=2023))
    done(leave(jet, number, date(2024, 1, 31)))
    _again(jet, number)
    back = appoint(jet, number, where, date(2024, 9, 1), LAST)
    assert back.status_code == 201, back.text
    done(leave(jet, number, date(2024, 11, 30)))
    ends = done(jet.call("jet_appointments_list", params={"jet_number": number, "sort": "starts_on"}))
    assert [one["ends_on"] for one in ends["items"]] == ["2024-01-31", "2024-11-30"]


def _again(jet: Jet, number: str) -> None:
    assert load(jet, {"body": jet.described(year=2024) | {"jet_number": number}}, into=participants) == 200


def test_a_second_leave_and_a_placement_are_refused_as_the_open_actions_say(jet: Jet) -> None:
    number, where = jet.participant(), jet.organisation()
    done(place(jet, number, where))
    done(leave(jet, number, date(2024, 7, 20)))
    assert state(jet, number) == "withdrawn"
    said = done(jet.call("jet_participants_read", path={"ref": number}))["available_actions"]
    assert {one["action"] for one in said if one.get("closed")} == {"place", "terminate_early"}
    for answer in (place(jet, number, jet.organisation()), leave(jet, number, date(2024, 7, 25))):
        assert (answer.status_code, answer.json()["code"]) == (409, "action_not_available")
    assert appoint(jet, number, where, FIRST, FIRST).status_code == 422


def test_the_open_actions_of_one_who_serves_are_open(jet: Jet) -> None:
    number = jet.participant()
    done(appoint(jet, number, jet.organisation()))
    said = done(jet.call("jet_participants_read", path={"ref": number}))["available_actions"]
    assert [one.get("closed") for one in said] == [None, None]
    done(place(jet, number, jet.organisation(), 2025))
    assert state(jet, number) == "active"
    done(leave(jet, number, LEFT))
    assert state(jet, number) == "early_terminated"


@pytest.mark.parametrize("last_day", [FIRST - timedelta(days=367), date(2026, 7, 9)])
def test_a_last_day_outside_the_stint_is_refused(jet: Jet, last_day: date) -> None:
    number = jet.participant()
    done(appoint(jet, number, jet.organisation()))
    answer = leave(jet, number, last_day)
    assert codes(answer) == {("/effective_on", "outside_participation")}
    assert state(jet, number) == "active"
