"""Applying for an internship: when, for what, about whom, and what the host may read of it."""

from typing import Any

import pytest

from tests.jet.interning import Internship, internship, person, send, steps
from tests.jet.playing import change, codes, done, leave
from tests.support.jet import COORDINATOR, Jet
from tests.support.serving import Caller


@pytest.fixture(scope="module")
def one(jet: Jet) -> Internship:
    return internship(jet, 2, 2, 1, 1)


def test_an_application_is_taken_within_its_time_alone(jet: Jet) -> None:
    later = internship(jet, 1, opens_in=2, closes_in=4)
    somebody, other = person(jet), person(jet)
    early = later.apply(somebody, 0)
    assert (later.state(), early.status_code, early.json()["code"]) == (
        "planned",
        409,
        "action_not_available",
    )
    jet.advance(2)
    assert later.state() == "open"
    made = done(later.apply(somebody, 0))
    jet.advance(2)  # the very instant at which it ends
    assert later.state() == "closed" and later.apply(other, 0).status_code == 409
    refused = change(jet, "internship_applications", made["id"], caller=somebody.caller, japanese_level="n1")
    assert refused.status_code == 409
    on_paper = done(later.apply(other, 0, caller=COORDINATOR))
    assert on_paper["state"] == "submitted"


def test_preferences_are_up_to_three_hosts_of_the_programme(jet: Jet, one: Internship) -> None:
    another, somebody = internship(jet, 1), person(jet)
    assert codes(one.apply(somebody, 0, 0)) == {("/second_host_code", "preference_twice")}
    gap = one.apply(somebody, 0, third_host_code=one.hosts[1].code)
    assert codes(gap) == {("/third_host_code", "preference_left_out")}
    elsewhere = one.apply(somebody, 0, second_host_code=another.hosts[0].code)
    assert codes(elsewhere) == {("/second_host_code", "internship_host_of_another")}
    assert codes(one.apply(somebody, 0, second_host_code="NONE")) == {
        ("/second_host_code", "internship_host_unknown")
    }
    made = done(one.apply(somebody, 2, 1, 0))
    wishes = [made[f"{name}_host_code"] for name in ("first", "second", "third")]
    assert wishes == [one.hosts[2].code, one.hosts[1].code, one.hosts[0].code]
    assert one.apply(somebody, 0).json()["code"] == "already_exists"


def test_nobody_applies_for_another_and_employers_have_no_row(jet: Jet, one: Internship) -> None:
    somebody, other = person(jet), person(jet)
    assert codes(one.apply(somebody, 0, caller=other.caller)) == {("/jet_number", "not_known_here")}
    made = done(one.apply(somebody, 0, motivation="働きたい。\n二行目。"))
    assert made["motivation"] == "働きたい。\n二行目。"
    path = {"ref": made["id"]}
    assert jet.call("jet_internship_applications_read", other.caller, path=path).status_code == 404
    employer = jet.organisation()
    for role in ("organisation", "host_authority"):
        caller = Caller(role, organisation=employer.id)
        assert jet.call("jet_internship_applications_list", caller).status_code == 403
        assert jet.call("jet_internship_programmes_list", caller).status_code == 403
    for host in one.hosts:
        assert jet.call("jet_internship_applications_list", host.contact).status_code == 403


def test_texts_are_not_in_the_audit(jet: Jet, one: Internship) -> None:
    somebody = person(jet)
    made = done(one.apply(somebody, 0, motivation="秘密の動機"))
    done(change(jet, "internship_applications", made["id"], caller=somebody.caller, motivation="別の動機"))
    told = str(jet.sql(f"SELECT before, after FROM jet.audit_entry WHERE resource_id = '{made['id']}'"))
    assert "internship_application_text.motivation" in told and "動機" not in told


def test_who_has_left_does_not_apply(jet: Jet, one: Internship) -> None:
    gone = person(jet)
    done(leave(jet, gone.number, jet.now().date()))
    assert codes(one.apply(gone, 0)) == {("/jet_number", "participation_ended")}


def test_a_withdrawal_is_taken_back_by_oneself_alone(jet: Jet, one: Internship) -> None:
    somebody, other = person(jet), person(jet)
    made = done(one.apply(somebody, 0))

    def withdraw(caller: Caller) -> Any:
        return jet.call("jet_internship_applications_withdraw", caller, path={"ref": made["id"]})

    assert withdraw(other.caller).status_code == 404
    assert done(withdraw(somebody.caller))["state"] == "withdrawn"
    again = withdraw(somebody.caller)
    assert (again.status_code, again.json()["code"]) == (409, "action_not_available")
    assert steps(jet, made["id"])[-1] == ("withdraw", "submitted", "withdrawn")
    row = {
        "programme_code": one.code, "jet_number": somebody.number, "first_host_code": one.hosts[0].code,
        "japanese_level": "n3",
    }  # fmt: skip
    assert send(jet, "internship-applications", [row])["summary"]["unchanged"] == 1
    changed = send(jet, "internship-applications", [row | {"japanese_level": "n1"}])
    assert changed["errors"] == [(2, "jet_number", "action_not_available")]
    back = done(
        change(jet, "internship_applications", made["id"], caller=somebody.caller, japanese_level="n2")
    )
    assert (back["state"], back["withdrawn_at"]) == ("submitted", None)


def test_a_file_is_stored_once(jet: Jet, one: Internship) -> None:
    rows = [
        {
            "programme_code": one.code, "jet_number": person(jet).number, "first_host_code": one.hosts[0].code,
            "japanese_level": "n2", "languages": "fr en", "motivation": "動機", "shared_texts": "motivation",
        }
        for _ in range(3)
    ]  # fmt: skip
    assert send(jet, "internship-applications", rows)["summary"]["created"] == 3
    assert send(jet, "internship-applications", rows)["summary"]["unchanged"] == 3
    rows[1]["motivation"] = "新しい動機"
    assert send(jet, "internship-applications", rows)["summary"]["changed"] == 1
    params = {"programme_code": one.code, "jet_number": rows[1]["jet_number"]}
    (found,) = done(jet.call("jet_internship_applications_list", params=params))["items"]
    assert (found["motivation"], found["languages"], found["shared_texts"]) == (
        "新しい動機", ["fr", "en"], ["motivation"],
    )  # fmt: skip
