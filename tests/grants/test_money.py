"""The one computation of a grant: worked examples, a second computation in fractions, and what holds of every amount."""

import json
from dataclasses import replace
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grants.money import BELOW_MINIMUM, NOTHING, Application, Cost, Yen, grant, replay
from services.grants.rules import Rules

CATEGORIES = [
    {"code": "travel", "ja": "旅費", "en": "Travel"},
    {"code": "fees", "ja": "謝金", "en": "Fees"},
    {"code": "meals", "ja": "食糧費", "en": "Meals", "eligible": False},
]
HALF = {
    "rate": {"numerator": 1, "denominator": 2},
    "applicants": {"kinds": ["city", "npo"], "joint_kinds": ["association"]},
    "cost_categories": CATEGORIES,
}
PLENTY = 10**10


def rules(**given: Any) -> Rules:
    return Rules.model_validate(HALF | given)


def cost(category: str, yen: int, tax: int = 0) -> Cost:
    return Cost(category, Yen(yen), Yen(tax))


def asked(travel: int, **given: Any) -> Application:
    return replace(Application("city", (cost("travel", travel),), Yen(PLENTY)), **given)


@pytest.mark.parametrize(
    ("under", "application", "yen", "reason"),
    [
        pytest.param(rules(), asked(9_999_999), 4_999_000, None, id="half, rounded down to a thousand"),
        pytest.param(
            rules(cap_project=3_000_000, minimum=500_000), asked(9_999_999, cap_left=480_000), 0, BELOW_MINIMUM,
            id="what is left of the organisation's cap is under the minimum",
        ),
        pytest.param(
            rules(minimum=500_000, below_minimum="pay"), asked(9_999_999, cap_left=480_000), 480_000, None,
            id="and is paid where the rules say so",
        ),
        pytest.param(rules(minimum=500_000), asked(1_000_000), 500_000, None, id="the minimum itself is granted"),
        pytest.param(
            rules(cap_project=4_999_500), asked(10_000_000), 4_999_000, None, id="capped, and then rounded down"
        ),
        pytest.param(
            rules(cap_project=4_999_500, order="floor_then_cap"), asked(10_000_000), 4_999_500, None,
            id="rounded down, and then capped",
        ),
        pytest.param(
            rules(cap_project=3_000_000, cap_joint=4_000_000), asked(10_000_000, joint=True), 4_000_000, None,
            id="a joint bid has a cap of its own",
        ),
        pytest.param(rules(), asked(10_000_000, requested=1_234_567), 1_234_000, None, id="no more than is asked for"),
        pytest.param(
            rules(), asked(1_000_000, income=600_000), 200_000, None, id="what it brings in is not paid again"
        ),
        pytest.param(
            rules(deduct_income=False), asked(1_000_000, income=600_000), 500_000, None, id="but where the rules let it"
        ),
        pytest.param(
            rules(),
            asked(0, costs=(cost("travel", 1_000_000), cost("meals", 400_000)), income=600_000),
            400_000, None, id="income is met by ineligible costs first",
        ),
        pytest.param(rules(), asked(1_000_000, income=2_000_000), 0, NOTHING, id="nothing is left to pay"),
        pytest.param(
            rules(tax=[{"kinds": ["npo"], "tax": "excluded"}], unit=1),
            asked(0, kind="npo", costs=(cost("travel", 110_000, 10_000), cost("travel", 11_001, 1_000))),
            55_000, None, id="without consumption tax",
        ),
        pytest.param(
            rules(tax=[{"kinds": ["npo"], "tax": "reported_later"}], unit=1),
            asked(0, kind="npo", costs=(cost("travel", 110_000, 10_000),)),
            55_000, None, id="with the tax that is reported later",
        ),
        pytest.param(
            rules(indirect_percent=10, unit=1), asked(1_000_005, indirect=200_000), 550_002, None,
            id="indirect costs up to a tenth",
        ),
        pytest.param(
            rules(level="line"), asked(0, costs=(cost("travel", 3_999), cost("fees", 3_999))), 2_000, None,
            id="rounded down in each category",
        ),
        pytest.param(
            rules(level="total"), asked(0, costs=(cost("travel", 3_999), cost("fees", 3_999))), 3_000, None,
            id="rounded down once",
        ),
    ],
)  # fmt: skip
def test_what_is_granted(under: Rules, application: Application, yen: int, reason: object) -> None:
    made = grant(under, application)
    assert (made.yen, made.ineligible) == (yen, reason)


def test_the_trace_tells_a_clerk_how_the_amount_came_about() -> None:
    made = grant(rules(cap_project=3_000_000), asked(9_999_999, requested=2_600_500))
    told = json.loads(json.dumps(made.stored(), ensure_ascii=False))
    assert [(one["step"], one["result"]) for one in told] == [
        ("direct_cost", 9_999_999), ("total_cost", 9_999_999), ("cost_after_income", 9_999_999),
        ("base", 9_999_999), ("share", 4_999_999), ("capped", 2_600_500), ("floored", 2_600_000),
        ("granted", 2_600_000),
    ]  # fmt: skip
    assert told[5]["given"] == [["share", 4_999_999], ["requested", 2_600_500], ["cap_project", 3_000_000]]
    assert (told[4]["ja"], told[4]["en"]) == ("補助率を掛けた額", "The rate applied")
    told[0]["given"] = [["cost.travel", 2_000_001]]
    assert replay(told) == 1_000_000  # what went in counts, and not what was noted on the way


money = st.integers(0, 30_000_000)
codes = st.sampled_from(["travel", "fees", "meals"])


@st.composite
def all_rules(draw: st.DrawFn) -> Rules:
    denominator = draw(st.integers(1, 12))
    some = st.none() | st.integers(1, 8_000_000)
    return rules(
        rate={"numerator": draw(st.integers(1, denominator)), "denominator": denominator},
        unit=draw(st.sampled_from([1, 10, 100, 1000, 10_000])),
        order=draw(st.sampled_from(["cap_then_floor", "floor_then_cap"])),
        level=draw(st.sampled_from(["total", "line"])),
        cap_project=draw(some), cap_joint=draw(some), minimum=draw(some),
        below_minimum=draw(st.sampled_from(["ineligible", "pay"])),
        tax=[{"kinds": ["npo"], "tax": draw(st.sampled_from(["included", "excluded", "reported_later"]))}],
        indirect_percent=draw(st.none() | st.integers(1, 30)), deduct_income=draw(st.booleans()),
    )  # fmt: skip


@st.composite
def all_applications(draw: st.DrawFn) -> Application:
    costs = []
    for code in draw(st.lists(codes, max_size=5)):
        yen = draw(money)
        costs.append(cost(code, yen, draw(st.integers(0, yen // 11))))
    return Application(
        draw(st.sampled_from(["city", "npo"])), tuple(costs), Yen(draw(money)), Yen(draw(money)), Yen(draw(money)),
        draw(st.booleans()), draw(st.none() | money.map(Yen)),
    )  # fmt: skip


def in_fractions(under: Rules, application: Application) -> int:
    """The same once more, in another way: exact until it is rounded down."""
    net = application.kind == "npo" and under.tax_of("npo") == "excluded"
    paid = {code: Fraction(0) for code in ("travel", "fees", "meals")}
    for one in application.costs:
        paid[one.category] += one.yen - (one.tax if net else 0)
    lines = {code: paid[code] for code in ("travel", "fees")}
    if under.indirect_percent is not None:
        tenth = floor(sum(lines.values()) * Fraction(under.indirect_percent, 100))
        lines["indirect"] = Fraction(min(application.indirect, tenth))
    base = sum(lines.values(), Fraction(0))
    if under.deduct_income:
        base = min(base, sum(paid.values(), Fraction(application.indirect - application.income)))
    rate = Fraction(under.rate.numerator, under.rate.denominator)

    def down(value: Fraction) -> Fraction:
        return Fraction(floor(value / under.unit) * under.unit)

    most: Fraction = max(Fraction(0), base) * rate
    if under.level == "line":
        most = min(sum((down(one * rate) for one in lines.values()), Fraction(0)), most)
    joint_cap = under.cap_joint if under.cap_joint is not None else under.cap_project
    caps = [
        application.requested,
        joint_cap if application.joint else under.cap_project,
        application.cap_left,
    ]
    least = Fraction(min(one for one in caps if one is not None))
    yen = min(down(most), least) if under.order == "floor_then_cap" else down(min(most, least))
    short = under.below_minimum == "ineligible" and yen < (under.minimum or 0)
    return 0 if short else int(yen)


@given(all_rules(), all_applications())
def test_of_every_amount(under: Rules, application: Application) -> None:
    made = grant(under, application)
    assert made.yen == in_fractions(under, application)
    assert replay(json.loads(json.dumps(made.stored()))) == made.yen
    assert 0 <= made.yen <= application.requested
    assert made.yen <= sum(one.yen for one in application.costs) + application.indirect
    assert application.cap_left is None or made.yen <= application.cap_left
    assert (made.ineligible is None) == (made.yen > 0)
    if under.order == "cap_then_floor":
        assert made.yen % under.unit == 0
    if made.yen and under.minimum is not None and under.below_minimum == "ineligible":
        assert made.yen >= under.minimum


@given(all_rules(), all_applications(), codes, money)
def test_more_cost_is_never_granted_less(
    under: Rules, application: Application, code: str, more: int
) -> None:
    dearer = replace(application, costs=(*application.costs, cost(code, more)))
    assert grant(under, dearer).yen >= grant(under, application).yen
