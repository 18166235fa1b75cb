"""The budget of a project (収支予算), typed the same for every programme, and what is wrong with one under its rules."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StrictInt

from services.grants.rules import Code, Rules
from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.wire import Line, Wire

Money = Annotated[StrictInt, Field(ge=0, le=10**12, examples=[300_000])]


class CostLine(Wire):
    """`tax`: the consumption tax that `yen` contains."""

    category: Code
    yen: Money
    tax: Money = 0
    note: Line | None = None


class Income(Wire):
    """What the project takes in besides the grant."""

    source: Line
    yen: Money


class Budget(Wire):
    costs: Annotated[list[CostLine], Field(max_length=500)] = Field(default_factory=list)
    income: Annotated[list[Income], Field(max_length=100)] = Field(default_factory=list)
    indirect: Money = 0
    requested: Money = 0


CATEGORY_UNKNOWN = Finding(
    "cost_category_unknown",
    Text("この経費区分は、この制度の要綱にありません", "These rules have no such category of cost"),
    Text("要綱にある経費区分を選んでください。", "Choose a category that the rules name."),
)
TAX_ABOVE_COST = Finding(
    "tax_above_cost",
    Text("消費税が金額を超えています", "The tax is more than the amount"),
    Text(
        "金額には消費税を含む額を、消費税にはそのうちの税額を入力してください。",
        "Give the amount with tax, and of that the tax.",
    ),
)
REQUESTED_NOTHING = Finding(
    "requested_nothing",
    Text("助成申請額が0円です", "Nothing is asked for"),
    Text("申請する助成金の額を入力してください。", "Give the amount that is applied for."),
)


def _above(most: int) -> Finding:
    return Finding(
        "requested_above_rules",
        Text("助成申請額が、要綱で助成できる額を超えています", "More is asked for than the rules can give"),
        Text(
            f"補助率と上限額から、{most:,}円以下にしてください。対象外の経費は計算に入りません。",
            f"By rate and cap it is {most:,} yen at most; costs that are not eligible do not count.",
        ),
    )


def _below(least: int) -> Finding:
    return Finding(
        "requested_below_minimum",
        Text("助成申請額が、要綱の最低額に満ちません", "Less is asked for than the rules give at least"),
        Text(f"助成申請額を{least:,}円以上にしてください。", f"Ask for {least:,} yen or more."),
    )


def findings(rules: Rules, budget: Budget) -> Iterator[tuple[str, Finding]]:
    """Each at its place: a JSON pointer into the budget, without the first slash."""
    known = {one.code for one in rules.cost_categories}
    for number, cost in enumerate(budget.costs):
        if cost.category not in known:
            yield f"costs/{number}/category", CATEGORY_UNKNOWN
        if cost.tax > cost.yen:
            yield f"costs/{number}/tax", TAX_ABOVE_COST
    if not budget.requested:
        yield "requested", REQUESTED_NOTHING
        return
    if budget.requested > (most := ceiling(rules, budget)):
        yield "requested", _above(most)
    if rules.below_minimum == "ineligible" and budget.requested < (rules.minimum or 0):
        yield "requested", _below(rules.minimum or 0)


def ceiling(rules: Rules, budget: Budget) -> int:
    """What an applicant of whatever kind, alone or jointly, gets at most. What this one gets is computed elsewhere."""
    eligible = {one.code for one in rules.cost_categories if one.eligible}
    direct = sum(cost.yen for cost in budget.costs if cost.category in eligible)
    indirect = min(budget.indirect, direct * (rules.indirect_percent or 0) // 100)
    share = (direct + indirect) * rules.rate.numerator // rules.rate.denominator
    if rules.cap_project is None:
        return share
    return min(share, max(rules.cap_project, rules.cap_joint or 0))
