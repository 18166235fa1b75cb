"""Nothing below the threshold is recovered from what is released: attacked by linear programming over all cells together,
by trying every table that is possible, and by somebody who knows how cells are chosen."""

from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.jet.care.releases import suppression
from services.jet.care.releases.audit import Programme
from services.jet.care.releases.domain import (
    CUTS,
    LINKS,
    NONE,
    PREFECTURES,
    Cut,
    Equation,
    Fact,
    Key,
    Link,
    Rules,
    prefecture_of,
    rounded,
    sheet,
    told,
    totals,
)
from services.jet.care.releases.settings import FigureSettings
from services.jet.care.releases.suppression import published, withheld
from tests.care import attacking

SAMPLE = Rules()
CHANNELS = ("web_mail", "skype")
PLACES = ("01", "13", NONE)
TINY = (
    Cut("by-kind", "vendor_kind", ("local_government", "company", "other"), lambda fact: fact.kind),
    Cut("by-place", "prefecture", PLACES, lambda fact: fact.prefecture),
)
TIED = (Link("by-kind", frozenset({"local_government"}), "by-place", frozenset(PLACES[:2])),)
# the tables that are released, of a country with five prefectures
FIVE = PREFECTURES[:5]
CUT = (*CUTS[:2], CUTS[2]._replace(parts=(*FIVE, NONE)))
LINKED = (LINKS[0]._replace(others=frozenset(FIVE)),)


def some_facts(most: int) -> st.SearchStrategy[list[Fact]]:
    fact = st.builds(
        Fact, st.sampled_from(CHANNELS), st.sampled_from(("cases", "persons")), st.integers(1, 12),
        st.sampled_from(("local_government", "company", "other")), st.sampled_from((*FIVE, NONE)), st.integers(0, most),
    )  # fmt: skip
    return st.lists(fact, min_size=1, max_size=24)


@settings(max_examples=15, deadline=None)
@given(some_facts(60), st.randoms(use_true_random=False))
def test_a_linear_programme_over_all_tables_recovers_no_withheld_cell(facts: list[Fact], lot: Random) -> None:
    found = sheet(facts, CUT, LINKED)
    shown = published(found, SAMPLE, lot)
    alone = attacking.from_totals(shown, found.equations, SAMPLE)
    for key, (low, high) in attacking.linear(shown, found.equations, SAMPLE).items():
        assert low <= found.cells[key] <= high
        if shown[key] is None:
            below, above = alone[key]
            assert high - low >= min(SAMPLE.protection, above - below), key
            if found.cells[key] < SAMPLE.threshold:
                assert low == below, key


@settings(max_examples=15, deadline=None)
@given(some_facts(60), st.randoms(use_true_random=False))
def test_who_knows_where_there_is_nothing_recovers_no_other_cell(facts: list[Fact], lot: Random) -> None:
    found = sheet(facts, CUT, LINKED)
    shown = published(found, SAMPLE, lot)
    nothing = [Equation({key: 1}, 0) for key, value in found.cells.items() if value == 0]
    equations = (*found.equations, *nothing)
    alone = attacking.from_totals(shown, equations, SAMPLE)
    for key, (low, high) in attacking.linear(shown, equations, SAMPLE).items():
        if shown[key] is None and found.cells[key]:
            assert high - low >= min(SAMPLE.protection, alone[key][1] - alone[key][0]), key


def test_who_sets_one_unit_against_another_recovers_no_cell() -> None:
    """There are no more persons than contacts: the attacker knows that, too."""
    quarters = ((4, 12, 9), (7, 20, 20), (10, 40, 30), (1, 40, 30))
    facts = [Fact("phone", "cases", month, "company", NONE, cases) for month, cases, _ in quarters]
    facts += [Fact("phone", "persons", month, "company", NONE, persons) for month, _, persons in quarters]
    found = sheet(facts, CUTS[:1], ())
    for seed in range(12):
        shown = published(found, SAMPLE, Random(seed))
        within = [(key, key._replace(unit="cases")) for key in shown if key.unit == "persons"]
        small = Key("channel-by-quarter", "phone", "1", "persons")
        low, high = attacking.linear(shown, found.equations, SAMPLE, within)[small]
        assert low == 0 and high >= 10, shown


@settings(max_examples=12, deadline=None)
@given(some_facts(60))
def test_what_is_shown_is_rounded_and_not_small(facts: list[Fact]) -> None:
    found = sheet(facts, CUT, LINKED)
    for key, value in published(found, SAMPLE).items():
        if value is not None:
            assert value % 5 == 0 and found.cells[key] >= 10 and abs(value - found.cells[key]) <= 2
            assert told(value, SAMPLE)[0] <= found.cells[key] <= told(value, SAMPLE)[1]


@settings(max_examples=12, deadline=None)
@given(some_facts(60))
def test_cells_of_a_cut_are_fixed_and_withheld_in_each_unit_alike(facts: list[Fact]) -> None:
    found = sheet(facts, CUT, LINKED)
    gone = withheld(found, SAMPLE)
    for (channel, unit), total in totals(facts).items():
        for cut in CUT:
            row = [
                key for key in found.cells if (key.cut, key.channel, key.unit) == (cut.name, channel, unit)
            ]
            assert {key.part for key in row} == set(cut.parts)
            assert sum(found.cells[key] for key in row) == total
    places = {key.place for key in gone}
    assert {key for key in found.cells if key.place in places} == gone


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=4), st.data())
def test_a_range_is_that_of_all_tables_that_are_possible(values: list[int], data: st.DataObject) -> None:
    keys = [Key("cut", "phone", str(number), "cases") for number in range(len(values))]
    limits = {
        key: (value - data.draw(st.integers(0, value)), value + data.draw(st.integers(0, 4)))
        for key, value in zip(keys, values, strict=True)
    }
    row = Equation(dict.fromkeys(keys, 1), sum(values))
    possible = list(attacking.tables(keys, limits, row.total))
    programme = Programme([row], limits)
    for key in keys:
        assert programme.range(key) == (min(one[key] for one in possible), max(one[key] for one in possible))


def test_linked_tables_are_asked_together() -> None:
    """Each table is safe by itself; what the one shows of local governments tells the other's only open prefecture."""
    facts = [
        Fact("phone", "cases", 4, "local_government", "01", 2), Fact("phone", "cases", 4, "local_government", "13", 8),
        Fact("phone", "cases", 4, "company", NONE, 20), Fact("phone", "cases", 4, "other", NONE, 20),
    ]  # fmt: skip
    rules = Rules(threshold=3, rounding=1, protection=3)
    apart, bound = sheet(facts, TINY, ()), sheet(facts, TINY, TIED)
    cell = Key("by-place", "phone", "01", "cases")

    def left_open(shown: attacking.Shown) -> attacking.Range:
        return attacking.linear(shown, bound.equations, rules)[cell]

    assert (2, 2) in {left_open(published(apart, rules, Random(seed))) for seed in range(10)}
    for seed in range(10):
        low, high = left_open(published(bound, rules, Random(seed)))
        assert low == 0 and high >= 3


def outcomes(values: tuple[int, ...], cut: Cut, rules: Rules) -> set[tuple[int | None, ...]]:
    """Whatever can be shown of a row, by any lot."""
    row = [
        Fact("phone", "cases", 4, kind, NONE, value) for kind, value in zip(cut.parts, values, strict=True)
    ]
    found = sheet(row, (cut,), ())
    orders = permutations(range(len(values)))
    return {tuple(published(found, rules, attacking.Drawn(order)).values()) for order in orders}


def told_apart(total: int, rules: Rules) -> list[int]:
    """The cells below the threshold that are pinned to one value by who has tried every table of this total, by any lot."""
    cut = TINY[0]
    led: dict[tuple[int | None, ...], list[tuple[int, ...]]] = {}
    for values in attacking.rows(total, len(cut.parts)):
        for shown in outcomes(values, cut, rules):
            led.setdefault(shown, []).append(values)
    possible = [
        {values[place] for values in tables} for tables in led.values() for place in range(len(cut.parts))
    ]
    return [value for one in possible if len(one) == 1 for value in one if value < rules.threshold]


def test_who_knows_how_cells_are_chosen_recovers_none() -> None:
    for total in (1, 4, 5):
        assert told_apart(total, Rules(threshold=3, rounding=1, protection=3)) == []


def test_a_protection_below_the_threshold_would_tell_and_is_refused() -> None:
    assert 1 in told_apart(5, Rules(threshold=3, rounding=1, protection=2))
    with pytest.raises(ValueError, match="not less than the threshold"):
        FigureSettings(threshold=10, protection=9)
    assert FigureSettings().rules() == SAMPLE


def test_the_attack_succeeds_on_tables_that_only_withhold_what_is_small() -> None:
    """So that the tests above can fail: without complements one subtraction recovers the cell."""
    facts = [
        Fact("web_mail", "cases", 4, "company", NONE, 3), Fact("web_mail", "cases", 7, "company", NONE, 60),
        Fact("web_mail", "cases", 10, "company", NONE, 51), Fact("web_mail", "cases", 1, "company", NONE, 40),
    ]  # fmt: skip
    found = sheet(facts, CUTS[:1], ())
    exact = Rules(threshold=10, rounding=1, protection=10)
    naive = {key: value if value >= 10 else None for key, value in found.cells.items()}
    (small,) = (key for key, value in naive.items() if value is None)
    assert attacking.linear(naive, found.equations, exact)[small] == (3, 3)
    safe = attacking.linear(published(found, exact), found.equations, exact)
    assert safe[small][1] - safe[small][0] >= 10


def test_the_lot_is_not_to_be_foreseen() -> None:
    """Which cell goes with a small one differs from draw to draw."""
    facts = [Fact("web_mail", "cases", month, "company", NONE, value) for month, value in ((4, 1), (7, 40), (10, 40), (1, 40))]  # fmt: skip
    found = sheet(facts, CUTS[:1], ())
    assert len({suppression.withheld(found, SAMPLE) for _ in range(40)}) > 1


@pytest.mark.parametrize(
    ("value", "base", "shown"), [(10, 5, 10), (12, 5, 10), (13, 5, 15), (17, 5, 15), (18, 5, 20), (3, 2, 4), (7, 1, 7)]
)  # fmt: skip
def test_a_number_is_rounded_to_the_nearest(value: int, base: int, shown: int) -> None:
    assert rounded(value, base) == shown


def test_a_prefecture_is_read_from_a_code_of_local_government_alone() -> None:
    codes = ("131016", "470007", "480003", "T0000001", None, "13101")
    assert [prefecture_of(one) for one in codes] == ["13", "47", NONE, NONE, NONE, NONE]
