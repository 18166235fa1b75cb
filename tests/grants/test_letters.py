"""Letters of a round: filed when it is decided, there for applicants when its results are, and true of what became of each."""

from typing import Any

import pytest

from services.grants.documents.service import NAME
from tests.grants.applying import SECTION, Applying, Body
from tests.grants.deciding import Deciding, budget
from tests.support.grants import Grants, done
from tests.support.serving import Caller

WHY = {"ended_reason": "職員の減"}
D4 = ["rejection_notice", "selection_notice", "waitlist_notice"]


@pytest.fixture(scope="module")
def applying(grants: Grants) -> Applying:
    return Applying(grants)


def letters(grants: Grants, by: Caller, of: str) -> list[dict[str, Any]]:
    answer = grants.call(f"{NAME}_list", by, params={"application_id": of, "sort": "number"})
    found: list[dict[str, Any]] = done(answer)["items"]
    return found


def kinds(grants: Grants, by: Caller, of: str) -> list[str]:
    return [one["kind"] for one in letters(grants, by, of)]


def content(grants: Grants, by: Caller, letter: dict[str, Any]) -> dict[str, Any]:
    answer = grants.call(f"{NAME}_content", by, path={"ref": letter["id"]})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()["content"]
    return told


def test_letters_wait_for_their_instant_and_follow_what_becomes_of_each(applying: Applying) -> None:
    round_, grants = Deciding(applying, 3_000_000), applying.grants
    bodies = [applying.organisation("prefecture") for _ in range(5)]
    refs = round_.ranked(*((one, budget(1_000_000)) for one in bodies))
    round_.decided()
    assert [kinds(grants, round_.officer, one) for one in refs] == [["selection_notice"]] * 3 + [
        ["waitlist_notice"]
    ] * 2
    assert [kinds(grants, body.first, one) for body, one in zip(bodies, refs, strict=True)] == [[]] * 5
    # the first gives up before anybody knows, and nobody is told what was not so
    done(applying.act("withdraw", refs[0], bodies[0].first, **WHY))
    assert kinds(grants, bodies[0].first, refs[0]) == ["withdrawal"]
    fourth = letters(grants, round_.officer, refs[3])
    assert {(one["kind"], one["void_at"] is None) for one in fourth} == {
        ("waitlist_notice", False), ("selection_notice", True),
    }  # fmt: skip
    # letters follow an instant that is put off
    later = applying.at(hours=5)
    tag = grants.call("rounds_read", round_.officer, path={"ref": round_.call}).headers["etag"]
    moved = grants.call(
        "rounds_change",
        round_.officer,
        {"If-Match": tag},
        path={"ref": round_.call},
        json={"publish_at": later},
    )
    assert moved.status_code == 200, moved.text
    applying.later(hours=3)
    assert kinds(grants, bodies[1].first, refs[1]) == []
    round_.publish()
    shown = [kinds(grants, body.first, one) for body, one in zip(bodies[1:], refs[1:], strict=True)]
    assert shown == [["selection_notice"]] * 3 + [["waitlist_notice"]]
    assert kinds(grants, bodies[0].first, refs[0]) == ["withdrawal"]
    promised_and_granted(round_, bodies, refs)


def promised_and_granted(round_: Deciding, bodies: list[Body], refs: list[str]) -> None:
    """A declination promotes at once; an award says what the rules say; each paper is a PDF."""
    grants, applying = round_.grants, round_.applying
    (notice,) = letters(grants, bodies[1].first, refs[1])
    told = content(grants, bodies[1].first, notice)
    assert (told["amount_yen"], told["requested_yen"], told["budget_conditional"]) == (
        1_000_000,
        1_000_000,
        True,
    )
    done(applying.act("decline", refs[1], bodies[1].first, **WHY))
    # two registers, which may be at the same number
    (declined,) = (one for one in letters(grants, bodies[1].first, refs[1]) if one["kind"] == "declination")
    said = content(grants, bodies[1].first, declined)
    assert declined["series"] == "received"
    assert (said["amount_yen"], said["notice_code"], said["reason"]) == (
        1_000_000,
        notice["code"],
        "職員の減",
    )
    assert sorted(kinds(grants, bodies[4].first, refs[4])) == ["selection_notice", "waitlist_notice"]
    cut = grants.act(
        "budget_lines",
        "recut",
        round_.line,
        round_.decider,
        total_yen=2_700_000,
        method="pro_rata",
        dry_run=False,
    )
    assert cut.status_code == 201, cut.text
    round_.appropriate(2_700_000)
    done(round_.award())
    (decided,) = (
        one for one in letters(grants, bodies[2].first, refs[2]) if one["kind"] == "decision_notice"
    )
    granted = content(grants, bodies[2].first, decided)
    (award,) = (
        one
        for one in done(grants.call("awards_list", bodies[2].first))["items"]
        if one["application_id"] == refs[2]
    )
    assert granted["amount_yen"] == award["amount_yen"] < granted["requested_yen"] == 1_000_000
    assert granted["reduced_reason"] == "予算額に合わせて減額したため"
    assert granted["withdrawal_until"] == award["withdrawable_until"]
    assert (granted["total_cost_yen"], granted["eligible_cost_yen"], granted["rate"]) == (
        2_000_000,
        2_000_000,
        [1, 2],
    )
    done(grants.act("awards", "withdraw", award["id"], bodies[2].first, **WHY))
    assert "withdrawal" in kinds(grants, bodies[2].first, refs[2])
    for letter in letters(grants, bodies[2].first, refs[2]):
        paper = grants.call(f"{NAME}_paper", bodies[2].first, path={"ref": letter["id"]})
        assert paper.status_code == 200 and paper.content.startswith(b"%PDF"), letter
    gapless(grants)


def gapless(grants: Grants) -> None:
    numbers = grants.sql(
        "SELECT series, number, count(*) OVER (PARTITION BY series) FROM grants.document "
        f"WHERE section = '{SECTION}' ORDER BY 1, 2"
    )
    assert all(
        {one[1] for one in numbers if one[0] == series} == {*range(1, count + 1)}
        for series, _, count in numbers
    )
