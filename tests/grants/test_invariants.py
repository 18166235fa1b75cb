"""What holds whoever acts at once, and which test holds it.

1. never over-committed: `test_ledger`, `test_histories`, `test_decision_histories`
2. caps are rows that are locked: `test_ledger`, `test_decisions` (two departments in the same second)
3. a command is done once: here of decisions and awards, of submissions in `test_submissions` (fifty clicks)
4. the deadline is the database's: `test_submissions` (deadline night, the last ten seconds)
5. what was submitted stays, byte by byte: `test_submissions`
6. of those who move one thing one wins, and the others are told how it stands: here, and `test_submissions`
7. embargo: `test_embargo`, `test_letters`, `test_adoptions`
8. numbers of documents have no gap: `test_documents`, `test_decision_histories`
9. whoever gives up frees money for exactly one: `test_promotions`, `test_decision_histories`
11. what was decided under rules stays as they were: here
12. conflicts and the separation of duties: `test_conflicts`, `test_decisions`, `test_first_wall`
14. what is told is told with the change, in its order, and again from a cursor: here
16. of a past day the same is told later: `test_adoptions`
"""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from services.grants.money import replay
from tests.grants.applying import RULES, Applying, code
from tests.grants.deciding import Deciding, budget
from tests.support.grants import Grants, done
from tests.support.serving import Caller

WHY = {"ended_reason": "職員の減"}
FIFTY = 50


@pytest.fixture(scope="module")
def applying(grants: Grants) -> Applying:
    return Applying(grants)


def fifty(round_: Deciding, *calls: Any) -> Counter[int]:
    """The calls in turn until there are fifty, all at once."""
    return Counter(round_.together(*(calls[place % len(calls)] for place in range(FIFTY))))


def keyed(round_: Deciding, verb: str, key: str, **body: Any) -> httpx.Response:
    return round_.grants.call(
        f"selections_{verb}", round_.decider, {"Idempotency-Key": key}, path={"ref": round_.selection},
        **({"json": body} if body else {}),
    )  # fmt: skip


def test_fifty_at_once_are_one_decision_one_award_and_one_end(applying: Applying) -> None:
    round_, grants = Deciding(applying, 2_000_000), applying.grants
    bodies = [applying.organisation("prefecture") for _ in range(4)]
    refs = round_.ranked(*((one, budget(1_000_000)) for one in bodies))
    done(round_.draw_up())
    others = [grants.officer("grants-exchange") for _ in range(3)]
    clerks = (round_.decider, *others)
    assert fifty(round_, *(("selections", "decide", round_.selection, who, {}) for who in clerks)) == {
        201: 1,
        409: 49,
    }
    refused = round_.decide()
    assert code(refused) == (409, "action_not_available") and "すでに決定" in refused.json()["detail"]
    round_.publish()
    round_.appropriate(2_000_000)
    award = ("selections", "award", round_.selection, round_.decider, {"application_ids": [refs[0]]})
    # whoever comes second is told that it is not selected: it is awarded
    assert fifty(round_, award) == {201: 1, 422: 49}
    # the same again with its key is answered as it was, and another body under that key is refused
    first, again = (keyed(round_, "award", "second", application_ids=[refs[1]]) for _ in range(2))
    assert first.status_code == 201 and (again.content, again.headers["Idempotency-Replayed"]) == (
        first.content,
        "true",
    )
    other = keyed(round_, "award", "second", application_ids=[refs[2]])
    assert code(other) == (422, "idempotency_key_reused")
    awards = {
        one["application_id"]: one["id"] for one in done(grants.call("awards_list", round_.officer))["items"]
    }
    assert awards.keys() == {refs[0], refs[1]}
    # of fifty that end one thing in two ways one does, whichever; so of an application that waits
    ends = [("awards", verb, awards[refs[0]], bodies[0].first, WHY) for verb in ("withdraw", "decline")]
    assert fifty(round_, *ends) == {201: 1, 409: 49}
    refused = grants.act("awards", "withdraw", awards[refs[0]], bodies[0].first, **WHY)
    assert code(refused) == (409, "action_not_available") and "すでに" in refused.json()["detail"]
    waits = [("applications", "withdraw", refs[3], who, WHY) for who in (bodies[3].first, bodies[3].second)]
    assert fifty(round_, *waits) == {201: 1, 409: 49}
    assert [one for one, _ in round_.standings()] == [
        applying.read(refs[0], bodies[0].first)["state"], "awarded", "selected", "withdrawn",
    ]  # fmt: skip
    assert round_.promoted() == 1
    round_.sound()


def test_entries_of_a_selection_are_changed_at_once(applying: Applying) -> None:
    """Each has an officer of its own; whoever comes second waits for the first, and none is lost."""
    round_, grants = Deciding(applying, 9_000_000), applying.grants
    refs = round_.ranked(*((applying.organisation("prefecture"), budget(1_000_000)) for _ in range(4)))
    done(round_.draw_up())
    entries = [round_.entry(ref) for ref in refs]
    who = [grants.officer("grants-exchange") for _ in entries]

    async def change(place: int, yen: int) -> int:
        given = {"amount_yen": yen, "reason": "減額"}
        answer = await grants.served.send(
            "grants_selection_entries_change", who[place], {"If-Match": "*"}, path={"ref": entries[place]["id"]}, json=given,
        )  # fmt: skip
        return answer.status_code

    answers = grants.served.run(_all([change(turn % 4, 900_000 + turn) for turn in range(48)]))
    assert Counter(answers) == {200: 48}
    assert {one["changed_by"] for one in round_.entries()} == {str(one.person) for one in who}


async def _all(work: Any) -> list[int]:
    return list(await asyncio.gather(*work))


def test_what_was_decided_stays_under_the_rules_of_its_day(applying: Applying) -> None:
    grants = applying.grants
    old = grants.rules(applying.officer, applying.edition, **RULES)["code"]
    round_, city = Deciding(applying, 3_000_000, old), applying.organisation()
    round_.ranked((city, budget(1_400_000)))
    done(round_.draw_up())
    # a decision that is sent again with its key is answered as it was, and with another body refused
    first, again = (keyed(round_, "decide", "decided") for _ in range(2))
    assert first.status_code == 201 and again.content == first.content
    assert code(keyed(round_, "decide", "decided", other=1)) == (422, "idempotency_key_reused")
    round_.publish()
    round_.appropriate(3_000_000)
    done(round_.award())
    stored = "SELECT trace, verdict, amount_yen, rule_version_id FROM grants.award"
    before, shown = grants.sql(stored), done(grants.call("awards_list", city.first))["items"]
    new = grants.rules(
        applying.officer, applying.edition, **RULES | {"rate": {"numerator": 1, "denominator": 3}}
    )
    assert grants.sql(stored) == before and done(grants.call("awards_list", city.first))["items"] == shown
    assert shown[0]["rules_code"] == old != new["code"]
    refused = grants.change("rounds", round_.call, round_.officer, rules_code=new["code"])
    assert code(refused) == (409, "round_announced_stays")
    frozen = grants.change("rule_versions", old, round_.officer, rules=new["rules"])
    assert frozen.status_code == 409
    # each trace of the database gives its yen, whenever it is gone through again
    assert all(replay(one["trace"]) == one["amount_yen"] for one in shown)
    round_.sound()


def test_what_is_told_is_told_with_the_change_and_again_from_a_cursor(applying: Applying) -> None:
    grants, round_ = applying.grants, Deciding(applying, 1_000_000)
    bodies = [applying.organisation("prefecture") for _ in range(2)]
    refs = round_.ranked(*((one, budget(1_000_000)) for one in bodies))
    round_.decided()
    round_.publish()
    round_.appropriate(1_000_000)
    readers = [one.first for one in bodies]

    def read(by: Caller, after: str = "") -> dict[str, Any]:
        params = {"limit": 500} | ({"after": after} if after else {})
        found: dict[str, Any] = done(grants.call("changes_list", by, params=params))
        return found

    begin = [read(one)["next"] for one in readers]

    def told() -> list[list[tuple[str, str, str]]]:
        return [
            [(one["resource"], one["id"], one["action"]) for one in read(by, after)["items"]]
            for by, after in zip(readers, begin, strict=True)
        ]

    # the number of a letter is the last that is done: where it fails, nothing is changed and nothing is told
    grants.sql("ALTER TABLE grants.document ADD CONSTRAINT broken CHECK (false) NOT VALID")
    try:
        failed = applying.act("decline", refs[0], bodies[0].first, **WHY)
    finally:
        grants.sql("ALTER TABLE grants.document DROP CONSTRAINT broken")
    assert failed.status_code >= 400 and told() == [[], []]
    assert [one for one, _ in round_.standings()] == ["selected", "waitlisted"] and round_.balance() == (
        0,
        1_000_000,
        0,
    )
    done(applying.act("decline", refs[0], bodies[0].first, **WHY))
    first = told()
    assert first[1] == [("applications", refs[1], "changed")]  # that it was promoted, and of nobody else
    done(round_.award())
    # what was told before is told again, alike and before what is new
    again = told()
    assert again[1][:1] == first[1] and {one[0] for one in again[1][1:]} == {"applications", "awards"}
    assert again[0] == first[0]
    round_.sound()
