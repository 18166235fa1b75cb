"""Whoever gives up frees money for exactly one who waits: many at once, and never more than there is."""

from collections import Counter
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grants.caps import Bid, Party, caps
from services.grants.eligibility import Facts, Verdict, judged
from services.grants.ledger.domain import CapKey
from services.grants.money import Amount, Application, Cost, Yen, grant
from services.grants.rules import Rules
from services.grants.selections.domain import Candidate, Judge, propose, tightest
from tests.grants.applying import RULES, Applying
from tests.grants.deciding import Deciding, budget
from tests.support.grants import RULES as PLAIN
from tests.support.grants import Grants, done

ROUND = Rules.model_validate(PLAIN | RULES)
EDITION = UUID(int=1)
HUNDREDS = st.integers(3, 35).map(lambda one: one * 100_000)


@pytest.fixture(scope="module")
def applying(grants: Grants) -> Applying:
    return Applying(grants)


def test_fifty_clients_give_up_at_once_and_each_promotes_one(applying: Applying) -> None:
    """Twenty hold 1,000,000 each, ten of them as an award, and thirty wait; who waits gives up as well. Each is sent twice."""
    round_, grants = Deciding(applying, 20_000_000), applying.grants
    bodies = [applying.organisation("prefecture") for _ in range(50)]
    refs = round_.ranked(*((one, budget(1_000_000)) for one in bodies))
    done(round_.draw_up())
    twins = round_.together(*[("selections", "decide", round_.selection, round_.decider, {})] * 2)
    assert sorted(twins) == [201, 409] and round_.balance() == (0, 20_000_000, 0)
    round_.publish()
    round_.appropriate(20_000_000)
    done(round_.award(None, *refs[:10]))
    awards = {
        one["application_id"]: one["id"]
        for one in done(grants.call("awards_list", round_.officer, params={"limit": 500}))["items"]
    }
    why = {"ended_reason": "職員の減"}
    acts = [
        *(("awards", "withdraw", awards[refs[place]], bodies[place].first, why) for place in range(8)),
        *(("applications", "decline", refs[place], bodies[place].first, why) for place in range(10, 19)),
        *(("applications", "withdraw", refs[place], bodies[place].first, why) for place in range(42, 50)),
    ]
    answers = Counter(round_.together(*(one for act in acts for one in (act, act))))
    assert answers == {201: 25, 409: 25}
    standings = Counter(one for one, _ in round_.standings())
    assert standings == {"selected": 18, "awarded": 2, "declined": 9, "withdrawn": 16, "waitlisted": 5}
    assert round_.promoted() == 17 and round_.balance() == (0, 18_000_000, 2_000_000)
    waiting = [one["rank"] for one in round_.entries() if one["standing"] == "waitlisted"]
    assert waiting == [*range(38, 43)]  # the first by rank were promoted
    round_.sound()


def _judge(requested: int) -> Judge:
    def by(left: int | None) -> tuple[Verdict, Amount]:
        cap = None if left is None else Yen(left)
        costs = (Cost("travel", Yen(2 * requested)),)
        found = grant(ROUND, Application("city", costs, Yen(requested), cap_left=cap))
        return judged(ROUND, Facts("city", True, False, (), 0, left), found), found

    return by


@given(
    asked=st.lists(st.tuples(st.integers(0, 1), HUNDREDS), min_size=3, max_size=8),
    available=st.integers(5, 60).map(lambda one: one * 100_000),
    taken=st.lists(st.integers(0, 10).map(lambda one: one * 100_000), min_size=2, max_size=2),
)
def test_a_proposal_keeps_to_the_line_the_caps_and_the_ranking(
    asked: list[tuple[int, int]], available: int, taken: list[int]
) -> None:
    cities = [UUID(int=number + 10) for number in range(2)]
    left = {
        CapKey(EDITION, "organisation", city): 3_000_000 - yen
        for city, yen in zip(cities, taken, strict=True)
    }
    ranked = []
    for place, (city, yen) in enumerate(asked):
        bid = Bid(uuid5(EDITION, str(place)), Party(cities[city], "city"), (), False)
        ranked.append(Candidate(bid.application, tuple(caps(ROUND, EDITION, bid)), _judge(yen)))
    made = [*propose(ranked, available, left)]
    assert [one.application for one in made] == [one.application for one in ranked]
    chosen = [one for one in made if one.standing == "selected"]
    assert sum(one.yen for one in chosen) <= available
    spent = dict(left)
    for candidate, one in zip(ranked, made, strict=True):
        verdict, found = candidate.judge(tightest(candidate.caps, spent))
        assert verdict.eligible == (one.standing != "not_selected") and (one.yen == 0) == (
            not verdict.eligible
        )
        if one.standing != "not_selected":
            assert found is not None and one.yen == found.yen
        if one.standing == "selected":
            for key in candidate.caps:
                spent[key] -= one.yen
    assert all(yen >= 0 for yen in spent.values())
    # nobody eligible is passed over: who waits comes after all who are selected
    order = [one.standing for one in made if one.standing != "not_selected"]
    assert order == sorted(order)
    first = next((one for one in made if one.standing == "waitlisted"), None)
    assert first is None or first.yen > available - sum(one.yen for one in chosen)
