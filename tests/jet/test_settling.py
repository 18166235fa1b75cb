"""A file submits by its arrival: what the import engine tells the submissions, with the arrival stated to the microsecond."""

from datetime import datetime, timedelta
from typing import Any

from tests.jet.playing import done
from tests.jet.surveying import Survey, contracting, sends, surveyed
from tests.support.jet import COORDINATOR, Jet
from tests.support.serving import Caller

TICK = timedelta(microseconds=1)


def send(
    survey: Survey, caller: Caller, *numbers: int, at: datetime | None = None, **more: Any
) -> list[tuple[str, str]]:
    return survey.jet.served.run(
        sends(survey, caller, [survey.own[number] for number in numbers], at, **more)
    )


def test_a_file_is_late_by_its_arrival_however_late_the_worker_comes_to_it(jet: Jet) -> None:
    survey = surveyed(jet, 3)
    survey.late()
    for number, at in enumerate((survey.deadline - TICK, survey.deadline, survey.deadline + TICK)):
        assert send(survey, survey.members[number], number, at=at) == []
        one = survey.of(number)
        assert (one["state"], one["late"]) == ("submitted", number > 0)
        assert datetime.fromisoformat(one["submitted_at"]) == at
        (receipt,) = survey.receipts(number)
        assert (receipt["late"], datetime.fromisoformat(receipt["arrived_at"])) == (number > 0, at)


def test_a_file_submits_each_organisation_that_it_names(jet: Jet) -> None:
    survey = surveyed(jet, 3)
    assert send(survey, survey.host, 0, 2, at=jet.now()) == []
    assert survey.states() == ["submitted", "draft", "submitted"]
    (one,), (two,) = survey.receipts(0), survey.receipts(2)
    same = ("receipt_number", "sha256", "import_id", "on_behalf", "submitted_by_code")
    assert [one[name] for name in same] == [two[name] for name in same]
    assert (one["on_behalf"], one["submitted_by_code"]) == (True, survey.home.code)
    assert survey.steps(2) == [("submit", "draft", "submitted")]


def test_a_file_sent_again_has_a_receipt_of_its_own_and_no_other_state(jet: Jet) -> None:
    survey = surveyed(jet, 1)
    for _ in range(2):
        assert send(survey, survey.members[0], 0, at=survey.deadline - TICK) == []
    assert (survey.states(), len(survey.receipts(0))) == (["submitted"], 2)
    assert survey.steps(0) == [("submit", "draft", "submitted"), ("submit", "submitted", "submitted")]


def test_after_the_deadline_an_answer_that_stands_is_changed_only_once_it_is_returned(jet: Jet) -> None:
    survey = surveyed(jet, 2)
    assert send(survey, survey.members[0], 0, at=survey.deadline - TICK) == []
    closed = [("organisation_code", "action_not_available")]
    assert send(survey, survey.members[0], 0, at=survey.deadline) == closed
    assert send(survey, survey.host, 0, 1, at=survey.deadline) == closed
    assert (survey.states(), len(survey.receipts(0))) == (["submitted", "draft"], 1)
    done(survey.give_back(0))
    assert send(survey, survey.host, 0, 1, at=survey.deadline) == []
    assert [survey.of(number)["late"] for number in (0, 1)] == [False, True]
    assert [one["late"] for one in survey.receipts(0)] == [False, True]


def test_what_arrived_in_time_counts_even_if_a_later_file_was_done_first(jet: Jet) -> None:
    survey = surveyed(jet, 1)
    assert send(survey, survey.members[0], 0, at=survey.deadline + TICK) == []
    assert survey.of(0)["late"] is True
    assert send(survey, survey.members[0], 0, at=survey.deadline - TICK) == []
    one = survey.of(0)
    assert (one["late"], datetime.fromisoformat(one["submitted_at"])) == (False, survey.deadline + TICK)


def test_what_is_consolidated_is_closed_to_files_and_single_writes(jet: Jet) -> None:
    survey = surveyed(jet, 1)
    assert send(survey, survey.members[0], 0, at=jet.now()) == []
    done(survey.consolidate())
    closed = [("organisation_code", "action_not_available")]
    assert send(survey, COORDINATOR, 0, at=jet.now()) == closed
    assert send(survey, survey.members[0], 0) == closed


def test_a_single_change_makes_a_draft_of_what_was_submitted_in_time(jet: Jet) -> None:
    survey = surveyed(jet, 2)
    for number in (0, 1):
        assert send(survey, survey.members[number], number, at=jet.now()) == []
    assert send(survey, survey.members[0], 0) == []
    assert survey.states() == ["draft", "submitted"]
    assert survey.steps(0)[-1] == ("write", "submitted", "draft")
    survey.late()
    assert send(survey, survey.members[1], 1) == [("organisation_code", "action_not_available")]
    # who takes an answer back gives another, and that one is late
    assert done(survey.submit(0))["late"] is True


def test_a_single_change_of_what_was_returned_leaves_it_returned(jet: Jet) -> None:
    survey = surveyed(jet, 1)
    assert send(survey, survey.members[0], 0, at=jet.now()) == []
    done(survey.give_back(0))
    assert send(survey, survey.members[0], 0) == []
    assert survey.states() == ["returned"]


def test_a_newcomer_has_a_submission_with_its_first_row_and_no_year_without_a_survey(jet: Jet) -> None:
    survey, newcomer = surveyed(jet, 0), contracting(jet)
    assert jet.served.run(sends(survey, COORDINATOR, [newcomer], jet.now(), 2199)) == [
        ("programme_year", "survey_unknown")
    ]
    assert jet.served.run(sends(survey, COORDINATOR, [newcomer], jet.now())) == []
    params = {"organisation": newcomer.code}
    found = done(jet.call("jet_placement_submissions_list", params=params))["items"]
    assert [(one["programme_year"], one["state"]) for one in found] == [(survey.year, "submitted")]
