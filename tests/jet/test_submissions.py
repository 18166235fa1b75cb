"""A submission from its draft to CLAIR's approval: every step, every refusal, by whom, and what is kept of it."""

from datetime import timedelta
from typing import Any

import pytest

from services.jet.submissions.domain import digest, late, stands_late
from tests.jet.playing import change, codes, done
from tests.jet.surveying import contracting, surveyed
from tests.support.jet import COORDINATOR, Jet
from tests.support.serving import Caller


def test_opening_a_survey_gives_each_contracting_organisation_a_draft(jet: Jet) -> None:
    survey = surveyed(jet, 2)
    assert survey.states() == ["draft", "draft"]
    one = survey.of(0)
    assert (one["host_code"], one["late"], one["submitted_at"]) == (survey.home.code, None, None)
    assert survey.events(0) == 1
    newcomer = contracting(jet)
    listed = {"programme_year": survey.year, "organisation": newcomer.code}
    assert done(jet.call("jet_placement_submissions_list", params=listed))["items"] == []
    done(change(jet, "placement_surveys", survey.id))
    found = done(jet.call("jet_placement_submissions_list", params=listed))["items"]
    assert [one["state"] for one in found] == ["draft"]
    assert survey.events(0) == 1


def test_a_survey_has_its_deadlines_in_order_and_keeps_its_year(jet: Jet) -> None:
    survey = surveyed(jet, 0)
    early = (survey.deadline - timedelta(seconds=1)).isoformat()
    refused = change(jet, "placement_surveys", survey.id, clair_deadline_at=early)
    assert refused.status_code == 422
    assert codes(refused) == {("/clair_deadline_at", "deadlines_out_of_order")}
    moved = change(jet, "placement_surveys", survey.id, programme_year=survey.year + 100)
    assert codes(moved) == {("/programme_year", "fixed_by_identity")}


def test_submitting_leaves_a_receipt_over_what_was_answered(jet: Jet) -> None:
    survey = surveyed(jet, 1)
    survey.ask_for(0, (2, 3))
    made = done(survey.submit(0))
    assert (made["state"], made["late"], made["seats_requested"]) == ("submitted", False, 5)
    (receipt,) = survey.receipts(0, survey.members[0])
    assert (receipt["on_behalf"], receipt["submitted_by_code"]) == (False, survey.own[0].code)
    assert receipt["arrived_at"] == made["submitted_at"]
    assert receipt["import_id"] is None
    first = receipt["sha256"]
    jet.sql(
        f"UPDATE jet.placement_request SET seats = 4 WHERE organisation_id = '{survey.own[0].id}' AND line = 2"
    )
    done(survey.submit(0))
    again = survey.receipts(0)
    assert len({one["receipt_number"] for one in again}) == 2
    assert [one["sha256"] == first for one in again] == [True, False]
    assert survey.steps(0) == [("submit", "draft", "submitted"), ("submit", "submitted", "submitted")]
    assert (survey.events(0), survey.events(0, "placement-receipts")) == (3, 2)


def test_a_receipt_is_checked_with_what_the_list_shows(jet: Jet) -> None:
    survey = surveyed(jet, 2)
    for number in (0, 1):
        survey.ask_for(number, (2, 3))
        done(survey.submit(number))
    act = done(survey.consolidate())
    params = {"programme_year": survey.year, "sort": "organisation_code"}

    def shown(caller: Caller) -> str:
        items = done(jet.call("jet_placement_requests_list", caller, params=params))["items"]
        rows = sorted(items, key=lambda row: (row["organisation_code"], row["line"]))
        return digest([{name: value for name, value in row.items() if name != "id"} for row in rows]).hex()

    assert shown(survey.members[0]) == survey.receipts(0)[0]["sha256"]
    assert shown(survey.host) == act["sha256"]


def test_a_digest_is_that_of_canonical_json() -> None:
    assert digest([{"b": 1, "a": "県"}]) == digest([{"a": "県", "b": 1}])
    assert digest([]).hex() == "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"


def test_the_host_authority_and_clair_submit_on_behalf_of_a_member(jet: Jet) -> None:
    survey = surveyed(jet, 2)
    done(survey.submit(0, survey.host))
    done(survey.submit(1, COORDINATOR))
    (by_host,), (by_clair,) = survey.receipts(0), survey.receipts(1)
    assert (by_host["submitted_by_code"], by_host["on_behalf"]) == (survey.home.code, True)
    assert (by_clair["submitted_by_code"], by_clair["on_behalf"]) == (None, True)


def test_a_returned_organisation_alone_is_open_again_whatever_state_it_was_in(jet: Jet) -> None:
    survey = surveyed(jet, 3)
    for number in range(3):
        survey.ask_for(number, (1,))
        done(survey.submit(number))
    back = done(survey.give_back(0, line=1, field="seats"))
    assert (back["state"], survey.states()) == ("returned", ["returned", "submitted", "submitted"])
    done(survey.submit(0))
    act = done(survey.consolidate())
    assert survey.states() == ["consolidated"] * 3
    assert done(survey.give_back(1))["consolidation_id"] is None
    done(survey.approve(act["id"]))
    assert survey.states() == ["approved", "returned", "approved"]
    done(survey.give_back(2))
    assert survey.states() == ["approved", "returned", "returned"]
    assert survey.steps(2) == [
        ("submit", "draft", "submitted"), ("consolidate", "submitted", "consolidated"),
        ("approve", "consolidated", "approved"), ("return", "approved", "returned"),
    ]  # fmt: skip
    listed = done(
        jet.call("jet_placement_remarks_list", survey.members[0], params={"programme_year": survey.year})
    )
    assert [(one["line"], one["field"], one["remark"]) for one in listed["items"]] == [
        (1, "seats", "席数を確認してください。")
    ]
    assert survey.events(0, "placement-remarks") == 1


def test_what_is_closed_says_why_and_what_is_open_is_named(jet: Jet) -> None:
    survey = surveyed(jet, 1)
    refused = survey.give_back(0)
    assert (refused.status_code, refused.json()["code"]) == (409, "action_not_available")
    assert "差し戻されています" in refused.json()["detail"]

    def offered(caller: Caller) -> dict[str, bool]:
        path = {"ref": survey.of(0)["id"]}
        found = done(jet.call("jet_placement_submissions_read", caller, path=path))["available_actions"]
        return {one["action"]: "closed" not in one for one in found}

    assert offered(survey.host) == {"submit": True, "return": False}
    assert offered(survey.members[0]) == {"submit": True}
    done(survey.submit(0))
    assert offered(survey.host) == {"submit": True, "return": True}
    done(survey.consolidate())
    assert offered(survey.host) == {"submit": False, "return": True}
    closed = survey.submit(0)
    assert (closed.status_code, closed.json()["code"]) == (409, "action_not_available")
    assert len(survey.receipts(0)) == 1


@pytest.mark.parametrize(
    ("remark", "told"),
    [
        ({"line": 7}, {("/remarks/0/line", "line_unknown")}),
        ({"field": "seats"}, {("/remarks/0/line", "line_missing")}),
        ({"line": 1, "field": "salary"}, {("/remarks/0/field", "remarked_field_unknown")}),
    ],
)
def test_a_remark_points_at_what_is_there(jet: Jet, remark: dict[str, Any], told: object) -> None:
    survey = surveyed(jet, 1)
    survey.ask_for(0, (1,))
    done(survey.submit(0))
    refused = survey.give_back(0, **remark)
    assert (refused.status_code, codes(refused)) == (422, told)
    assert survey.states() == ["submitted"]


def test_a_return_says_something(jet: Jet) -> None:
    survey = surveyed(jet, 1)
    done(survey.submit(0))
    path = {"ref": survey.of(0)["id"]}
    refused = jet.call("jet_placement_submissions_return", survey.host, path=path, json={"remarks": []})
    assert refused.status_code == 422


def test_strangers_see_nothing_and_members_decide_nothing(jet: Jet) -> None:
    survey, other = surveyed(jet, 2), surveyed(jet, 1)
    done(survey.submit(0))
    for stranger in (other.host, survey.members[1]):
        assert survey.of(0, stranger) == {}
        assert survey.submit(0, stranger).status_code == 404
        assert survey.receipts(0, stranger) == []
    assert survey.give_back(0, other.host).status_code == 404
    assert survey.give_back(0, survey.members[0]).status_code == 403
    assert survey.consolidate(survey.members[0]).status_code == 403
    assert survey.states() == ["submitted", "draft"]


def test_a_former_member_is_the_new_host_authoritys(jet: Jet) -> None:
    survey, other = surveyed(jet, 1), surveyed(jet, 1)
    done(survey.submit(0))
    member = survey.own[0]
    jet.sql(f"UPDATE directory.hierarchy SET valid_to = platform.today() - 1 WHERE member_id = '{member.id}'")
    jet.sql(
        "INSERT INTO directory.hierarchy (member_id, host_id, valid_from) "
        f"VALUES ('{member.id}', '{other.home.id}', platform.today())"
    )
    assert survey.of(0, survey.host) == {}
    assert survey.give_back(0, survey.host).status_code == 404
    assert survey.consolidate().status_code == 409
    assert survey.of(0, other.host)["host_code"] == other.home.code
    act = done(survey.consolidate(other.host, organisation_code=other.home.code))
    assert (act["members"], survey.states()) == (1, ["consolidated"])


def test_an_answer_at_the_deadline_is_late_and_what_stands_stays(jet: Jet) -> None:
    survey = surveyed(jet, 4)
    for number in (0, 1):
        done(survey.submit(number))
    done(survey.give_back(1))
    survey.late()
    first = done(survey.submit(2))
    assert (first["late"], first["state"]) == (True, "submitted")
    refused = survey.submit(0)
    assert (refused.status_code, refused.json()["code"]) == (409, "action_not_available")
    assert "締切" in refused.json()["detail"]
    again = done(survey.submit(1))
    assert again["late"] is False
    assert sorted(one["late"] for one in survey.receipts(1)) == [False, True]
    assert survey.submit(2).status_code == 409
    done(survey.give_back(2))
    assert done(survey.submit(2))["late"] is True
    board = {"programme_year": survey.year, "host_authority": survey.home.code, "dimensions": "state,late"}
    cells = done(
        jet.call("jet_statistics_read", survey.host, path={"name": "placement-submissions"}, params=board)
    )
    assert {(cell["state"], cell["late"]): cell["value"] for cell in cells["cells"]} == {
        ("draft", None): 1, ("submitted", False): 2, ("submitted", True): 1,
    }  # fmt: skip


def test_lateness_is_half_open_to_the_microsecond(jet: Jet) -> None:
    deadline = jet.now()
    assert late(deadline, deadline)
    assert not late(deadline - timedelta(microseconds=1), deadline)


@pytest.mark.parametrize(
    ("state", "before", "now", "stands"),
    [
        ("draft", None, True, True),
        ("draft", False, True, True),  # what was taken back does not keep its place
        ("returned", False, True, False),
        ("returned", True, True, True),
        ("submitted", True, False, False),  # of two files the one that arrived first
        ("submitted", False, False, False),
    ],
)
def test_what_an_answer_counts_as(state: str, before: bool | None, now: bool, stands: bool) -> None:
    assert stands_late(state, before, now) is stands
