"""The one computation of a grant: from the rules, the costs and what is left under a cap to whole yen, with a trace.

A trace names each step, what went into it and what came of it. It is stored with the amount; replaying it gives the same
yen, whatever becomes of the rules.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, NewType

from services.grants.rules import ApplicantKind, Rules
from services.kit.findings import Finding
from services.kit.text import Text

Yen = NewType("Yen", int)
Operation = Literal["add", "subtract", "least", "share", "floor", "at_least"]

BELOW_MINIMUM = Finding(
    "grant_below_minimum",
    Text("助成額が最低額に満たないため、対象外です", "Not eligible: the grant would be below the minimum"),
    Text("対象経費、申請額、上限額の残りを確認してください。",
         "Check the eligible costs, what is asked for, and what is left under the cap."),
)  # fmt: skip
NOTHING = Finding(
    "grant_of_nothing",
    Text("助成できる金額がありません", "There is nothing to grant"),
    Text("対象経費、収入、申請額、上限額の残りを確認してください。",
         "Check the eligible costs, the income, what is asked for, and what is left under the cap."),
)  # fmt: skip
_TITLES = {
    "without_tax": Text("{category}（消費税を除く）", "{category} without consumption tax"),
    "direct_cost": Text("対象となる直接経費", "Eligible direct costs"),
    "indirect_limit": Text("間接経費の限度", "Limit of indirect costs"),
    "indirect_cost": Text("対象となる間接経費", "Eligible indirect costs"),
    "eligible_cost": Text("対象経費", "Eligible costs"),
    "total_cost": Text("総事業費", "Total cost"),
    "cost_after_income": Text("総事業費から収入を除いた額", "Total cost less income"),
    "base": Text("助成の基礎となる額", "What the rate is applied to"),
    "share": Text("補助率を掛けた額", "The rate applied"),
    "line_share": Text("{category}に補助率を掛けた額", "The rate applied to {category}"),
    "line_floored": Text("{category}の端数を切り捨てた額", "{category}, rounded down"),
    "lines": Text("経費区分ごとの額の合計", "Sum of the categories"),
    "share_by_line": Text("補助率を掛けた額（経費区分ごと）", "The rate applied, category by category"),
    "capped": Text("上限額・申請額までの額", "Up to the caps and to what is asked for"),
    "floored": Text("端数を切り捨てた額", "Rounded down"),
    "granted": Text("助成額", "The grant"),
    "lowered": Text("減額した助成額", "The grant as it was lowered"),
}


class Cost(NamedTuple):
    """`tax`: the consumption tax that `yen` contains."""

    category: str
    yen: Yen
    tax: Yen = Yen(0)


@dataclass(frozen=True, slots=True)
class Application:
    """What is asked for. `kind`: of the applicant or the lead; `cap_left`: what is left under the tightest of the yearly
    caps that it falls under, None where there is none."""

    kind: ApplicantKind
    costs: tuple[Cost, ...]
    requested: Yen
    income: Yen = Yen(0)
    indirect: Yen = Yen(0)
    joint: bool = False
    cap_left: Yen | None = None


class Category(NamedTuple):
    """A category of cost by its code in the rules; indirect costs have none."""

    code: str
    name: Text


class Step(NamedTuple):
    """`given`: names and values, in the order in which the operation takes them; a name of an earlier step is its
    result."""

    name: str
    operation: Operation
    given: tuple[tuple[str, int], ...]
    result: int
    title: Text

    def stored(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            "step": self.name, "operation": self.operation, "given": [list(one) for one in self.given],
            "result": self.result, "ja": self.title.ja, "en": self.title.en,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amount:
    """`ineligible`: why nothing is granted."""

    yen: Yen
    trace: tuple[Step, ...]
    ineligible: Finding | None = None

    def stored(self) -> list[dict[str, Any]]:
        return [step.stored() for step in self.trace]


_OPERATIONS: Mapping[Operation, Callable[[Sequence[int]], int]] = {
    "add": sum,
    "subtract": lambda given: given[0] - sum(given[1:]),
    "least": lambda given: max(0, min(given)),
    "share": lambda given: given[0] * given[1] // given[2],
    "floor": lambda given: given[0] // given[1] * given[1],
    "at_least": lambda given: given[0] if given[0] >= given[1] else 0,
}


class _Trace:
    def __init__(self) -> None:
        self.steps: list[Step] = []

    def take(
        self, name: str, operation: Operation, *given: tuple[str, int], of: Category | None = None
    ) -> tuple[str, int]:
        """The step's name and result, to be given to a later one."""
        title = _TITLES[name]
        if of is not None:
            name, title = (
                f"{name}.{of.code}",
                Text(title.ja.format(category=of.name.ja), title.en.format(category=of.name.en)),
            )
        result = _OPERATIONS[operation]([value for _, value in given])
        self.steps.append(Step(name, operation, given, result, title))
        return name, result


def grant(rules: Rules, application: Application) -> Amount:
    """What is granted of an application under the rules."""
    trace, asked = _Trace(), application
    costs = _costs(trace, rules, asked)
    eligible, base = _base(trace, rules, asked, costs)
    found = _caps(trace, rules, asked, _share(trace, rules, eligible, base))
    minimum = rules.minimum if rules.minimum is not None and rules.below_minimum == "ineligible" else 0
    _, yen = trace.take("granted", "at_least", found, ("minimum", minimum))
    reason = None if yen else BELOW_MINIMUM if found[1] else NOTHING
    return Amount(Yen(yen), tuple(trace.steps), reason)


def replay(trace: Sequence[Mapping[str, Any]]) -> Yen:
    """The yen of a stored trace, computed anew from what went into it: the result of its last step."""
    results: dict[str, int] = {}
    yen = 0
    for step in trace:
        given = [results.get(name, value) for name, value in step["given"]]
        yen = results[step["step"]] = _OPERATIONS[step["operation"]](given)
    return Yen(yen)


def lowered(trace: Sequence[dict[str, Any]], yen: int) -> list[dict[str, Any]]:
    """A stored trace that ends at `yen`: where less is granted than was computed, by a step that says so."""
    last = trace[-1]
    if last["result"] == yen:
        return [*trace]
    given = ((str(last["step"]), int(last["result"])), ("lowered_to", yen))
    return [*trace, Step("lowered", "least", given, yen, _TITLES["lowered"]).stored()]


_Named = tuple[str, int]
_Line = tuple[Category, _Named]
_INDIRECT = Category("", Text("間接経費", "Indirect costs"))


def _costs(trace: _Trace, rules: Rules, asked: Application) -> list[_Line]:
    """Each category's cost, without tax where the applicant gets that back."""
    known = {one.code: Category(one.code, Text(one.ja, one.en)) for one in rules.cost_categories}
    yen: Counter[str] = Counter()
    tax: Counter[str] = Counter()
    for cost in asked.costs:
        yen[cost.category] += cost.yen
        tax[cost.category] += cost.tax
    lines = [(known[code], (f"cost.{code}", one)) for code, one in yen.items()]
    if rules.tax_of(asked.kind) != "excluded":
        return lines
    return [
        (of, trace.take("without_tax", "subtract", cost, (f"tax.{of.code}", tax[of.code]), of=of))
        for of, cost in lines
    ]


def _base(
    trace: _Trace, rules: Rules, asked: Application, costs: Sequence[_Line]
) -> tuple[list[_Line], _Named]:
    """The eligible costs by category, indirect ones last, and what the rate is applied to."""
    eligible = {one.code for one in rules.cost_categories if one.eligible}
    lines = [line for line in costs if line[0].code in eligible]
    whole = trace.take("direct_cost", "add", *(cost for _, cost in lines))
    indirect = ("indirect", int(asked.indirect))
    if rules.indirect_percent is not None:
        limit = trace.take("indirect_limit", "share", whole, ("percent", rules.indirect_percent), ("of", 100))
        within = trace.take("indirect_cost", "least", indirect, limit)
        lines.append((_INDIRECT, within))
        whole = trace.take("eligible_cost", "add", whole, within)
    if not rules.deduct_income:
        return lines, trace.take("base", "least", whole)
    total = trace.take("total_cost", "add", *(cost for _, cost in costs), indirect)
    after = trace.take("cost_after_income", "subtract", total, ("income", asked.income))
    return lines, trace.take("base", "least", whole, after)


def _share(trace: _Trace, rules: Rules, lines: Sequence[_Line], base: _Named) -> _Named:
    rate = (("numerator", rules.rate.numerator), ("denominator", rules.rate.denominator))
    share = trace.take("share", "share", base, *rate)
    if rules.level == "total":
        return share
    floored = []
    for of, cost in lines:
        part = trace.take("line_share", "share", cost, *rate, of=of)
        floored.append(trace.take("line_floored", "floor", part, ("unit", rules.unit), of=of))
    return trace.take("share_by_line", "least", share, trace.take("lines", "add", *floored))


def _caps(trace: _Trace, rules: Rules, asked: Application, share: _Named) -> _Named:
    named = {
        "requested": asked.requested,
        "cap_project": rules.cap_project if not asked.joint else rules.cap_joint or rules.cap_project,
        "cap_left": asked.cap_left,
    }
    caps = tuple((name, int(yen)) for name, yen in named.items() if yen is not None)
    unit = ("unit", rules.unit)
    if rules.order == "floor_then_cap":
        return trace.take("capped", "least", trace.take("floored", "floor", share, unit), *caps)
    return trace.take("floored", "floor", trace.take("capped", "least", share, *caps), unit)
