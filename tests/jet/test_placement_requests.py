"""Placement requests: a row is a post; a file of them submits, a single write leaves a draft."""

from typing import Any

import pytest

from tests.jet.filling import file_of, row, send, serving
from tests.jet.playing import codes, done
from tests.jet.surveying import Survey, surveyed
from tests.support.jet import COORDINATOR, Jet
from tests.support.serving import Caller

NEW: dict[str, Any] = {
    "entry": "new",
    "job_type": "ALT",
    "arrival_group": "a",
    "seats": 2,
    "junior_high": True,
}


@pytest.fixture
def survey(jet: Jet) -> Survey:
    return surveyed(jet, 3)


def ask(survey: Survey, number: int, line: int, caller: Caller | None = None, **given: Any) -> Any:
    body = {"organisation_code": survey.own[number].code, "programme_year": survey.year, "line": line} | given
    return survey.jet.call("jet_placement_requests_create", caller or survey.members[number], json=body)


def lines(survey: Survey, number: int, caller: Caller = COORDINATOR) -> list[dict[str, Any]]:
    params = {"organisation": survey.own[number].code, "programme_year": survey.year, "sort": "line"}
    found: list[dict[str, Any]] = done(survey.jet.call("jet_placement_requests_list", caller, params=params))[
        "items"
    ]
    return found


def test_a_single_write_leaves_a_draft_and_a_file_submits(survey: Survey) -> None:
    done(ask(survey, 0, 1, **NEW))
    assert survey.states() == ["draft", "draft", "draft"]
    told = send(
        survey, survey.members[0], file_of(row(survey.own[0], survey, 1), row(survey.own[0], survey, 2))
    )
    assert (told["errors"], told["summary"]["stored"]) == ([], True)
    assert (told["summary"]["created"], told["summary"]["unchanged"]) == (1, 1)
    assert survey.states() == ["submitted", "draft", "draft"]
    (receipt,) = survey.receipts(0)
    same = ("receipt_number", "arrived_at", "sha256")
    assert [receipt[name] for name in same] == [told["receipt"][name] for name in same]
    assert receipt["import_id"] == told["receipt"]["id"]
    assert survey.of(0)["seats_requested"] == 4


def test_a_change_after_the_submission_makes_it_a_draft_again(survey: Survey) -> None:
    made = done(ask(survey, 0, 1, **NEW))
    done(survey.submit(0))
    changed = survey.jet.call(
        "jet_placement_requests_change", survey.members[0], headers={"If-Match": "*"}, path={"ref": made["id"]},
        json={"seats": 3},
    )  # fmt: skip
    assert done(changed)["seats"] == 3
    assert survey.states()[0] == "draft"


def test_what_is_consolidated_is_closed_to_rows_and_files(survey: Survey) -> None:
    made = done(ask(survey, 0, 1, **NEW))
    done(survey.submit(0))
    done(survey.consolidate())
    for refused in (
        ask(survey, 0, 2, **NEW),
        survey.jet.call(
            "jet_placement_requests_change", survey.members[0], headers={"If-Match": "*"},
            path={"ref": made["id"]}, json={"seats": 9},
        ),
    ):  # fmt: skip
        assert (refused.status_code, refused.json()["code"]) == (409, "action_not_available")
    told = send(survey, survey.members[0], file_of(row(survey.own[0], survey, 1, seats="9")))
    assert told["errors"] == [(2, "organisation_code", "action_not_available")]
    # who sends for all members need not leave out those that are done
    told = send(survey, survey.host, file_of(*(row(survey.own[number], survey, 1) for number in range(2))))
    assert (told["errors"], told["summary"]["unchanged"]) == ([], 1)
    assert (survey.states()[:2], len(survey.receipts(0))) == (["consolidated", "submitted"], 1)
    assert [one["seats"] for one in lines(survey, 0)] == [2]
    with pytest.raises(Exception, match="the submission is closed"):
        survey.jet.sql(f"UPDATE jet.placement_request SET seats = 9 WHERE id = '{made['id']}'")


def test_a_host_authority_sends_for_its_members_and_nobody_else(survey: Survey) -> None:
    other = surveyed(survey.jet, 1)
    file = file_of(*(row(survey.own[number], survey, 1) for number in range(3)))
    told = send(survey, survey.host, file)
    assert (told["errors"], survey.states()) == ([], ["submitted"] * 3)
    assert {one["on_behalf"] for number in range(3) for one in survey.receipts(number)} == {True}
    told = send(survey, survey.host, file_of(row(other.own[0], survey, 1)))
    assert told["errors"] == [(2, "organisation_code", "not_known_here")]


def test_in_partial_mode_an_organisation_with_a_refused_row_is_not_submitted(survey: Survey) -> None:
    bad = row(survey.own[1], survey, 2, seats="-1")
    file = file_of(row(survey.own[0], survey, 1), row(survey.own[1], survey, 1), bad)
    told = send(survey, survey.host, file, mode="partial")
    assert (told["summary"]["created"], told["summary"]["refused"]) == (2, 1)
    assert survey.states() == ["submitted", "draft", "draft"]
    nobodys = row(survey.own[1], survey, 3) | {"organisation_code": "？"}
    told = send(survey, survey.host, file_of(row(survey.own[2], survey, 1), nobodys), mode="partial")
    assert (told["summary"]["created"], survey.states()) == (1, ["submitted", "draft", "draft"])
    # what had been submitted, and is now written in part, is a draft
    parts = row(survey.own[0], survey, 1, seats="7"), row(survey.own[0], survey, 2, seats="-1")
    told = send(survey, survey.host, file_of(*parts), mode="partial")
    assert (told["summary"]["changed"], survey.states()) == (1, ["draft"] * 3)


def test_an_atomic_file_with_one_wrong_row_leaves_every_draft_as_it_was(survey: Survey) -> None:
    file = file_of(row(survey.own[0], survey, 1), row(survey.own[1], survey, 1, arrival_group=""))
    told = send(survey, survey.host, file)
    assert told["errors"] == [(3, "arrival_group", "arrival_group_missing")]
    assert (survey.states(), lines(survey, 0)) == (["draft"] * 3, [])


def test_a_dry_run_submits_nobody(survey: Survey) -> None:
    told = send(survey, survey.members[0], file_of(row(survey.own[0], survey, 1)), dry_run="true")
    assert (told["summary"]["created"], told["summary"]["stored"]) == (1, False)
    assert (survey.states()[0], survey.receipts(0), lines(survey, 0)) == ("draft", [], [])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"arrival_group": None}, {("/arrival_group", "arrival_group_missing")}),
        ({"junior_high": False}, {("/elementary", "school_level_missing")}),
        ({"organisation_answer": "yes"}, {("/organisation_answer", "answer_of_new_post")}),
        ({"exceptional": True}, {("/organisation_answer", "answer_of_new_post")}),
        ({"wished_nationality": "QQ"}, {("/wished_nationality", "country_unknown")}),
        (
            {"entry": "reappointment", "seats": 1, "arrival_group": None},
            {("/jet_number", "reappointment_of_nobody")},
        ),
        ({"seats": 201}, {("/seats", "less_than_equal")}),
    ],
)
def test_what_a_row_of_new_seats_may_not_say(
    survey: Survey, given: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    answer = ask(survey, 0, 1, **NEW | given)
    assert answer.status_code == 422
    assert {pointer for pointer, _ in codes(answer)} == {pointer for pointer, _ in expected}
    assert codes(answer) == expected or given == {"seats": 201}


def test_zero_seats_take_a_wish_back(survey: Survey) -> None:
    made = done(ask(survey, 0, 1, **NEW))
    path = {"ref": made["id"]}
    taken = survey.jet.call(
        "jet_placement_requests_change", survey.members[0], headers={"If-Match": "*"}, path=path,
        json={"seats": 0, "junior_high": False},
    )  # fmt: skip
    assert (done(taken)["seats"], survey.of(0)["seats_requested"]) == (0, 0)


def test_a_reappointment_is_about_somebody_who_serves_here(survey: Survey) -> None:
    here, elsewhere = serving(survey, 0), serving(survey, 1)
    said: dict[str, Any] = {
        "entry": "reappointment",
        "job_type": "ALT",
        "seats": 1,
        "organisation_answer": "yes",
    }
    done(ask(survey, 0, 1, jet_number=here, **said))
    assert codes(ask(survey, 0, 2, jet_number=elsewhere, **said)) == {("/jet_number", "not_known_here")}
    assert codes(ask(survey, 0, 2, COORDINATOR, jet_number=elsewhere, **said)) == {
        ("/jet_number", "not_serving_here")
    }
    twice = ask(survey, 0, 2, jet_number=here, **said)
    assert (twice.status_code, twice.json()["code"]) == (409, "participant_named_twice")
    wrong: dict[str, Any] = {"seats": 2, "arrival_group": "a", "job_type": "CIR"}
    assert {code for _, code in codes(ask(survey, 1, 1, jet_number=elsewhere, **said | wrong))} == {
        "reappointment_is_one_seat", "arrival_group_of_reappointment", "job_type_differs",
    }  # fmt: skip
    assert [survey.of(0)[name] for name in ("reappointments", "leavers", "undecided")] == [1, 0, 0]


@pytest.mark.parametrize(("since", "exceptional", "refused"), [
    (2, False, None), (3, False, "exception_missing"), (3, True, None), (4, True, None),
    (5, True, "longest_service_reached"), (5, False, "longest_service_reached"),
])  # fmt: skip
def test_the_fourth_and_fifth_year_are_exceptional_and_the_sixth_is_none(
    survey: Survey, since: int, exceptional: bool, refused: str | None
) -> None:
    person = serving(survey, 0, since=since)
    said: dict[str, Any] = {"entry": "reappointment", "jet_number": person, "job_type": "ALT", "seats": 1}
    answer = ask(survey, 0, 1, organisation_answer="yes", exceptional=exceptional, **said)
    assert {code for _, code in codes(answer)} == ({refused} if refused else set()), answer.text
    if refused:
        done(ask(survey, 0, 1, organisation_answer="no", **said))


def test_a_former_stint_elsewhere_counts_whoever_sends_the_row(survey: Survey) -> None:
    person = serving(survey, 0, since=4)
    survey.jet.sql(
        "INSERT INTO jet.participation (participant_id, programme_year, job_type, arrival_group, nationality, state) "
        f"SELECT participant_id, {survey.year - 9}, 'ALT', 'a', nationality, 'active' FROM jet.participation "
        f"WHERE participant_id = (SELECT id FROM jet.participant WHERE jet_number = '{person}')"
    )
    said: dict[str, Any] = {"entry": "reappointment", "jet_number": person, "job_type": "ALT", "seats": 1}
    for caller in (survey.members[0], COORDINATOR):
        answer = ask(survey, 0, 1, caller, organisation_answer="yes", exceptional=True, **said)
        assert codes(answer) == {("/organisation_answer", "longest_service_reached")}
