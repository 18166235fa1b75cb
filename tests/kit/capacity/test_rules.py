"""The pure rules: who is offered what is free, who is passed over and why, who has a seat at once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.kit.capacity.domain import (
    CLAIM,
    Claim,
    Pool,
    Wanted,
    admit,
    refuse,
    too_small,
    walk,
    why_waiting,
)
from services.kit.ids import uuid7

NOW = datetime(2024, 7, 8, tzinfo=UTC)
POOL = uuid7()
FREE = st.one_of(st.none(), st.integers(0, 12))
PARTIES = st.lists(st.tuples(st.integers(1, 6), st.integers(-1, 2)), max_size=10)


def claim(party: int = 1, priority: int = 0, number: int = 1, state: str = "waiting") -> Claim:
    ends = NOW if state == "offered" else None
    return Claim(uuid7(), POOL, party, priority, state, number, NOW, ends, None, 1)


def queue(parties: Sequence[tuple[int, int]]) -> list[Claim]:
    return [claim(party, priority, number) for number, (party, priority) in enumerate(parties, 1)]


@given(FREE, PARTIES, st.randoms(use_true_random=False))
def test_what_is_free_is_offered_in_order_to_whoever_fits(
    free: int | None, parties: list[tuple[int, int]], random: object
) -> None:
    waiting = queue(parties)
    shuffled = list(waiting)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    offers = walk(free, shuffled)
    chosen = [one.claim for one in offers]
    assert chosen == sorted(chosen, key=lambda one: (one.priority, one.number or 0))
    left = free
    for one in sorted(waiting, key=lambda one: (one.priority, one.number or 0)):
        fits = left is None or one.party <= left
        assert (one in chosen) == fits
        left = left - one.party if left is not None and fits else left
    assert left is None or left >= 0


@given(FREE, PARTIES)
def test_who_is_passed_over_is_named_once_by_the_offer_that_overtakes(
    free: int | None, parties: list[tuple[int, int]]
) -> None:
    waiting = queue(parties)
    offers = walk(free, waiting)
    place = {one.id: (one.priority, one.number or 0) for one in waiting}
    named: list[UUID] = []
    for one in offers:
        for passed in one.passed:
            assert passed.claim.party > passed.free >= one.claim.party
            assert place[passed.claim.id] < place[one.claim.id]
            assert str(passed.free) in passed.why.ja and str(passed.claim.party) in passed.why.en
            named.append(passed.claim.id)
    chosen = {one.claim.id for one in offers}
    last = max((place[identity] for identity in chosen), default=(-99, 0))
    assert sorted(named) == sorted(i for i, at in place.items() if i not in chosen and at < last)


def test_three_with_two_free_wait_and_two_behind_them_are_offered() -> None:
    three, two = queue([(3, 0), (2, 0)])
    (offer,) = walk(2, [three, two])
    assert (offer.claim, [one.claim for one in offer.passed]) == (two, [three])
    assert offer.passed[0].why == why_waiting(3, 2)
    assert why_waiting(3, 2) != why_waiting(3, 0) == why_waiting(1, 0)


@given(
    FREE,
    st.integers(0, 50),
    st.lists(st.tuples(st.integers(1, 6), st.integers(-1, 2), st.booleans()), max_size=8),
)
def test_new_claims_have_seats_or_the_next_numbers(
    free: int | None, drawn: int, parties: list[tuple[int, int, bool]]
) -> None:
    wanted = [Wanted(uuid7(), POOL, party, priority, None, certain) for party, priority, certain in parties]
    confirmed, waiting, short = admit(free, drawn, wanted)
    assert sorted(one.id for one in (*confirmed, *(one for one, _ in waiting), *short)) == sorted(
        one.id for one in wanted
    )
    assert [number for _, number in waiting] == list(range(drawn + 1, drawn + 1 + len(waiting)))
    assert [one for one, _ in waiting] == [one for one in wanted if one in {w for w, _ in waiting}]
    assert not any(one.certain for one, _ in waiting) and all(one.certain for one in short)
    if free is None:
        assert (waiting, short) == ([], [])
        return
    left = free - sum(one.party for one in confirmed)
    assert 0 <= left < min((one.party for one in (*(one for one, _ in waiting), *short)), default=99)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=8))
def test_a_fact_goes_before_who_asks_and_a_lower_priority_before_a_higher(parties: list[int]) -> None:
    asking = [Wanted(uuid7(), POOL, party, 1) for party in parties]
    first, fact = Wanted(uuid7(), POOL, 2, 0), Wanted(uuid7(), POOL, 3, 9, None, True)
    made = admit(5, 0, [*asking, first, fact])
    assert made.confirmed[:2] == [fact, first] and made.confirmed[2:] == []


def test_an_offer_is_half_open() -> None:
    offer = claim(state="offered")
    assert refuse("confirm", offer, NOW - timedelta(microseconds=1)) is None
    for now in (NOW, NOW + timedelta(hours=1)):
        refused = refuse("confirm", offer, now)
        assert refused is not None and refused.refusal.code == "offer_lapsed"


def test_each_state_has_its_actions() -> None:
    said = {
        state: [
            action
            for action in ("confirm", "release")
            if refuse(action, claim(state=state), NOW - timedelta(1)) is None
        ]
        for state in CLAIM.states
    }
    assert said == {
        "waiting": ["release"], "offered": ["confirm", "release"], "confirmed": ["release"], "lapsed": [], "released": [],
    }  # fmt: skip


@given(st.integers(0, 9), st.integers(0, 9))
def test_what_is_held_is_not_taken_away(taken: int, seats: int) -> None:
    pool = Pool(POOL, "x", 9, taken, 0, 72)
    refused = too_small(pool, seats)
    assert (refused is not None) == (seats < taken)
    assert refused is None or str(taken) in refused.detail.ja
    assert too_small(pool, None) is None
