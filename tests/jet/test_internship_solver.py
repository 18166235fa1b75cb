"""The assignment against brute force: small cases, every result tried, the best picked by the rules as they are said."""

from dataclasses import replace
from itertools import product
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.jet.internship_assignments.domain import (
    Applicant,
    Assignment,
    Case,
    Host,
    Score,
    Unsound,
    lottery,
    score_of,
    unmet,
    verify,
    weights,
)
from services.jet.internship_assignments.solver import assign
from services.jet.internship_assignments.words import explained
from services.jet.terms import LEVELS
from services.kit.text import Text


def identity(kind: int, number: int) -> UUID:
    return UUID(int=(kind << 64) + number)


def case_of(draw: Random, applicants: int, hosts: int, places: int = 2) -> Case:
    made = tuple(
        Host(
            identity(1, number), Text(f"架空社{number}", f"Company {number}"), draw.randint(0, places), draw.choice((1, 1, 1, 2, 3)),
            draw.choice(("none", "none", "n4", "n2")), draw.choice(((), (), ("fr",))),
        )
        for number in range(hosts)
    )  # fmt: skip
    asking = tuple(
        Applicant(
            identity(2, number), tuple(one.id for one in draw.sample(made, draw.randint(1, min(3, hosts)))),
            draw.choice((1, 2, 3, None)) if draw.random() < 0.3 else 3, draw.choice(LEVELS),
            draw.choice((("en",), ("en", "fr"))),
        )
        for number in range(applicants)
    )  # fmt: skip
    kept = tuple(
        (identity(3, n), one.id) for n, one in enumerate(made) if one.places > 1 and draw.random() < 0.3
    )
    return Case(made, asking, kept)


def brute(case: Case, seed: str) -> tuple[Score, dict[UUID, UUID | None]]:
    """Every way to give each applicant one of their open wishes or nothing."""
    hosts, free = {one.id: one for one in case.hosts}, case.free()
    open_ = [
        [*(rank for rank, wish in enumerate(one.wishes) if not any(unmet(hosts[wish], one))), 9]
        for one in case.applicants
    ]
    numbers = lottery(seed, (one.id for one in case.applicants))
    order = sorted(range(len(case.applicants)), key=lambda place: numbers[case.applicants[place].id])
    best: Any = None
    for ranks in product(*open_):
        chosen = [one.wishes[r] if r < 9 else None for one, r in zip(case.applicants, ranks, strict=True)]
        if any(chosen.count(host) > seats for host, seats in free.items()):
            continue
        key = (sum(r < 9 for r in ranks), ranks.count(0), ranks.count(1), *(-ranks[place] for place in order))
        if best is None or key > best[0]:
            best = key, chosen
    return Score(*best[0][:3]), dict(zip((one.id for one in case.applicants), best[1], strict=True))


def got(found: Assignment) -> dict[UUID, UUID | None]:
    return {one.application: one.host for one in found.placed}


@pytest.mark.parametrize("number", range(120))
def test_the_result_is_the_one_that_trying_everything_finds(number: int) -> None:
    draw = Random(number)
    case = case_of(draw, draw.randint(1, 6), draw.randint(1, 4))
    found = assign(case, f"seed-{number}")
    verify(case, found)
    assert (found.score, got(found)) == brute(case, f"seed-{number}")
    assert [text.ja for _, text in explained(case, found, "x")] and found.objective == found.proof.bound


@pytest.mark.parametrize("number", range(40))
def test_a_better_wish_is_unmet_for_a_reason_that_is_true(number: int) -> None:
    """A condition really stands against it, or granting it is really worth what the explanation says."""
    draw = Random(1000 + number)
    case = case_of(draw, 6, 3)
    found = assign(case, "seed")
    for one in found.placed:
        applicant = next(a for a in case.applicants if a.id == one.application)
        for wish in one.wishes[: one.rank - 1 if one.rank else 3]:
            host = next(h for h in case.hosts if h.id == wish.host)
            assert (wish.outcome == "condition") == any(unmet(host, applicant))
            if wish.instead is not None:
                only = replace(applicant, wishes=(wish.host,))
                hosts = tuple(replace(h, places=h.places - (h.id == wish.host)) for h in case.hosts)
                rest = Case(hosts, tuple(a for a in case.applicants if a != applicant), case.kept)
                without, _ = brute(rest, "seed")
                rank = applicant.wishes.index(only.wishes[0])
                expected = Score(
                    without.assigned + 1, without.first + (rank == 0), without.second + (rank == 1)
                )
                assert wish.instead == expected
                assert (wish.outcome == "lottery") == (expected == found.score)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.text(min_size=1, max_size=8))
def test_one_input_and_one_seed_have_one_result(number: int, seed: str) -> None:
    """Whatever the order in which it comes."""
    draw = Random(number)
    case = case_of(draw, draw.randint(1, 20), draw.randint(1, 8), 3)
    hosts, applicants = list(case.hosts), list(case.applicants)
    draw.shuffle(hosts)
    draw.shuffle(applicants)
    again = Case(tuple(hosts), tuple(applicants), tuple(reversed(case.kept)))
    first, second = assign(case, seed), assign(again, seed)
    verify(case, first)
    assert case.digest() == again.digest()
    assert got(first) == got(second) and first.score == second.score


@given(st.integers(1, 400), st.data())
def test_weights_order_results_as_scores_do(applicants: int, data: st.DataObject) -> None:
    def score() -> Score:
        assigned = data.draw(st.integers(0, applicants))
        first = data.draw(st.integers(0, assigned))
        return Score(assigned, first, data.draw(st.integers(0, assigned - first)))

    def total(one: Score) -> int:
        w = weights(applicants)
        return one.first * w[0] + one.second * w[1] + one.third * w[2]

    one, other = score(), score()
    assert score_of(total(one), applicants) == one
    assert (total(one) < total(other)) == (one < other)


def test_the_lot_is_fair_and_drawn_again_by_anybody() -> None:
    ids = [identity(2, number) for number in range(3)]
    drawn = [lottery(str(seed), ids) for seed in range(600)]
    assert all(sorted(one.values()) == [1, 2, 3] for one in drawn)
    firsts = [sum(one[identity_] == 1 for one in drawn) for identity_ in ids]
    assert min(firsts) > 150
    assert lottery("7", ids) == lottery("7", reversed(ids))


def _tampered(case: Case, found: Assignment) -> list[Assignment]:
    """Each breaks one rule."""
    placed, other = list(found.placed), list(case.hosts)
    full = replace(placed[0], host=other[1].id, rank=2)
    proof = found.proof
    cheap = replace(
        proof, places={host: 0 for host in proof.places}, applicants={a: 0 for a in proof.applicants}
    )
    return [
        replace(found, placed=tuple(placed[1:])),
        replace(found, placed=(full, *placed[1:])),
        replace(found, placed=(replace(placed[0], rank=2), *placed[1:])),
        replace(found, objective=found.objective + 1),
        replace(found, score=Score(0, 0, 0)),
        replace(found, proof=cheap),
        replace(found, proof=replace(proof, bound=proof.bound + 1)),
        replace(found, proof=replace(proof, places=dict.fromkeys(proof.places, -1))),
    ]


def test_the_checker_sees_every_broken_rule() -> None:
    hosts = (Host(identity(1, 1), Text("甲", "A"), 1), Host(identity(1, 2), Text("乙", "B"), 1, min_year=2))
    both = (hosts[0].id, hosts[1].id)
    case = Case(hosts, (Applicant(identity(2, 1), both, 1), Applicant(identity(2, 2), both, 2)))
    found = assign(case, "seed")
    verify(case, found)
    for broken in _tampered(case, found):
        with pytest.raises(Unsound):
            verify(case, broken)
