"""What follows an assignment: pre-training and completion, the intern's days with the host's comment, evaluations."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.jet.interning import internship, mark, person, today
from tests.jet.playing import change, codes, done
from tests.support.jet import Jet
from tests.support.serving import Caller

HEADINGS = {"preparation": 4, "communication": 5, "work": 3, "learning": 5, "overall": 4}


class Working:
    """An intern at a host, on the second day of the programme."""

    def __init__(self, jet: Jet) -> None:
        self.jet, self.one = jet, internship(jet, 1, 1)
        self.intern, self.other = person(jet), person(jet)
        done(self.one.apply(self.intern, 0))
        done(self.one.apply(self.other, 1))
        self.one.decided()
        found = {one["jet_number"]: one["id"] for one in self.one.assignments()}
        self.assignment: str = found[self.intern.number]
        self.host = self.one.hosts[0].contact
        read = done(jet.call("jet_internship_programmes_read", path={"ref": self.one.code}))
        self.first, self.last = (date.fromisoformat(read[name]) for name in ("date_start", "date_end"))

    def begin(self) -> None:
        self.jet.advance((self.first - today(self.jet)).days + 1)

    def record(self, caller: Caller, day: date | None = None, **given: Any) -> Any:
        body = {
            "assignment_id": self.assignment, "worked_on": (day or self.first).isoformat(), "worked_minutes": 450,
            "record_text": "会議の通訳",
        } | given  # fmt: skip
        return self.jet.call("jet_internship_records_create", caller, json=body)

    def evaluate(self, caller: Caller, evaluator: str, **given: Any) -> Any:
        body = {"assignment_id": self.assignment, "evaluator": evaluator} | HEADINGS | given
        return self.jet.call("jet_internship_evaluations_create", caller, json=body)

    def read(self, caller: Caller) -> set[str]:
        params = {"assignment_id": self.assignment}
        found = done(self.jet.call("jet_internship_evaluations_list", caller, params=params))["items"]
        return {one["evaluator"] for one in found}


@pytest.fixture
def working(jet: Jet) -> Working:
    return Working(jet)


def test_the_intern_writes_the_day_and_the_host_comments(working: Working) -> None:
    intern, host = working.intern.caller, working.host
    made = done(working.record(intern))
    assert working.record(intern).json()["code"] == "already_exists"
    assert working.record(host).status_code == 403
    assert codes(working.record(intern, host_comment="自賛")) == {("/host_comment", "field_not_yours")}
    assert codes(working.record(working.other.caller)) == {
        ("/assignment_id", "internship_assignment_unknown")
    }

    def edit(caller: Caller, **given: Any) -> Any:
        return change(working.jet, "internship_records", made["id"], caller=caller, **given)

    assert done(edit(host, host_comment="助かりました"))["host_comment"] == "助かりました"
    assert codes(edit(host, record_text="別の話")) == {("/record_text", "field_not_yours")}
    assert codes(edit(intern, host_comment="")) != set()
    later = done(edit(intern, record_text="会議の通訳と翻訳", worked_minutes=480))
    assert (later["host_comment"], later["worked_minutes"]) == ("助かりました", 480)
    for stranger in (working.other.caller, working.one.hosts[1].contact):
        assert edit(stranger, worked_minutes=1).status_code == 404
    told = str(
        working.jet.sql(f"SELECT before, after FROM jet.audit_entry WHERE resource_id = '{made['id']}'")
    )
    assert "record_text" in told and "通訳" not in told


def test_a_day_is_one_of_the_programme(working: Working) -> None:
    for day in (working.first - timedelta(days=1), working.last + timedelta(days=1)):
        outside = working.record(working.intern.caller, day)
        assert codes(outside) == {("/worked_on", "internship_day_outside")}
    done(working.record(working.intern.caller, working.last))
    with pytest.raises(Exception, match="not a day of this internship"):
        working.jet.sql(
            "INSERT INTO jet.internship_record (assignment_id, worked_on, worked_minutes) "
            f"VALUES ('{working.assignment}', '{working.first - timedelta(days=1)}', 60)"
        )


def test_neither_side_reads_the_others_evaluation_before_both_are_in(working: Working) -> None:
    intern, host = working.intern.caller, working.host
    assert codes(working.evaluate(intern, "intern")) == {("/assignment_id", "evaluation_too_early")}
    working.begin()
    assert codes(working.evaluate(intern, "host")) == {("/evaluator", "evaluation_of_the_other_side")}
    assert codes(working.evaluate(host, "intern")) == {("/evaluator", "evaluation_of_the_other_side")}
    assert codes(working.evaluate(host, "host", overall=6)) == {("/overall", "value_less_than_equal")}
    first = done(working.evaluate(intern, "intern", evaluation_text="秘密"))
    assert (working.read(intern), working.read(host)) == ({"intern"}, set())
    unread = working.jet.call("jet_internship_evaluations_read", host, path={"ref": first["id"]})
    assert unread.status_code == 404
    edited = change(working.jet, "internship_evaluations", first["id"], caller=intern, overall=1)
    assert done(edited)["overall"] == 1
    done(working.evaluate(host, "host"))
    assert working.read(intern) == working.read(host) == {"intern", "host"}
    closed = change(working.jet, "internship_evaluations", first["id"], caller=intern, overall=5)
    assert (closed.status_code, closed.json()["code"]) == (409, "action_not_available")
    assert working.read(working.other.caller) == working.read(working.one.hosts[1].contact) == set()


def test_what_is_in_when_the_programme_has_ended_is_opened(working: Working) -> None:
    working.begin()
    done(working.evaluate(working.host, "host"))
    assert working.read(working.intern.caller) == set()
    working.jet.advance(7)
    assert working.read(working.intern.caller) == {"host"}


def test_a_withdrawn_intern_neither_records_nor_is_evaluated(working: Working) -> None:
    jet, intern = working.jet, working.intern
    (found,) = done(jet.call("jet_internship_applications_list", intern.caller))["items"]
    done(jet.call("jet_internship_applications_withdraw", intern.caller, path={"ref": found["id"]}))
    assert codes(working.record(intern.caller)) == {("/worked_on", "internship_day_outside")}
    assert codes(working.evaluate(working.host, "host")) == {
        ("/assignment_id", "evaluation_without_assignment")
    }


def test_who_completed_it_does_not_withdraw(working: Working) -> None:
    jet, one = working.jet, working.one
    assert [found["took_part"] for found in one.assignments()] == [False, False]
    mark(jet, one, attended_pretraining=True)
    mark(jet, one, completed_on=working.last.isoformat())
    assert [found["took_part"] for found in one.assignments()] == [True, True]
    (found,) = done(jet.call("jet_internship_applications_list", working.intern.caller))["items"]
    refused = jet.call(
        "jet_internship_applications_withdraw", working.intern.caller, path={"ref": found["id"]}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "action_not_available")
