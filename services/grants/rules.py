"""The rules of a grant (要綱の内容) as one typed document: all that a computation, a form or a report asks of a programme.

A version of it is frozen before a round is announced under it, and an award computes for ever with the version of its
decision. Amounts are whole yen; a rate is a fraction and never a float.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, Protocol, get_args

from pydantic import Field, StrictBool, StrictInt, StrictStr

from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.wire import Line, Wire

ApplicantKind = Literal[
    "prefecture", "designated_city", "city", "special_ward", "town", "village", "association", "npo", "participant",
]  # fmt: skip
APPLICANT_KINDS = get_args(ApplicantKind)
Tax = Literal["included", "excluded", "reported_later"]

Amount = Annotated[StrictInt, Field(ge=1, le=10**12, examples=[3_000_000])]
Part = Annotated[StrictInt, Field(ge=1, le=10_000)]
# of a list within the document: what later records name an entry by
Code = Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", examples=["travel"])]
Kinds = Annotated[list[ApplicantKind], Field(max_length=len(APPLICANT_KINDS))]
SomeKinds = Annotated[Kinds, Field(min_length=1)]


class Rate(Wire):
    """補助率. 1/2 is numerator 1, denominator 2."""

    numerator: Part
    denominator: Part


class CapOfKinds(Wire):
    """What one organisation gets in a fiscal year at most."""

    kinds: SomeKinds
    yen: Amount


class TaxOfKinds(Wire):
    """`included`: consumption tax is an eligible cost. `excluded`: it is none. `reported_later`: it is one, and what the
    applicant deducts from its own tax is reported and given back."""

    kinds: SomeKinds
    tax: Tax


class Applicants(Wire):
    """`kinds`: who applies, alone or as the lead of a joint bid. `joint_kinds`: who may be a further member of one; none,
    where there are no joint bids."""

    kinds: SomeKinds
    joint_kinds: Kinds = Field(default_factory=list)


class CostCategory(Wire):
    code: Code
    ja: Line
    en: Line
    eligible: StrictBool = True


class Document(Wire):
    """`kinds`: of whom it is asked; of everybody where none is named."""

    code: Code
    ja: Line
    en: Line
    required: StrictBool = True
    kinds: Kinds = Field(default_factory=list)


class Outcome(Wire):
    """A figure that the performance report asks for."""

    code: Code
    ja: Line
    en: Line
    unit: Literal["persons", "person_times", "cases", "times", "organisations", "yen"]


class Conflicts(Wire):
    """Whom the home organisation of a secondee is in conflict with: until how many years after the return, and whether
    what lies within a host authority counts as it. Both are samples until a section has decided."""

    years_after_return: Annotated[StrictInt, Field(ge=0, le=20)] = 2
    members_of_host: StrictBool = True


class Rules(Wire):
    """`level`: rate and unit are applied to the total, or to each category of cost. What has no cap is not named.
    `joint_uses_member_caps`: a joint bid takes its whole amount from the cap of the lead and of each member.
    `withdrawal_days`: after the decision, in which an award may be withdrawn (取下げ); a sample until a section has decided.
    `report_days`: from the end of a project, in which its performance is reported, and never after the fiscal year; a sample."""

    rate: Rate
    unit: Literal[1, 10, 100, 1000, 10_000] = 1000
    order: Literal["cap_then_floor", "floor_then_cap"] = "cap_then_floor"
    level: Literal["total", "line"] = "total"
    cap_project: Amount | None = None
    cap_joint: Amount | None = None
    cap_organisation: Annotated[list[CapOfKinds], Field(max_length=20)] = Field(default_factory=list)
    joint_uses_member_caps: StrictBool = False
    minimum: Amount | None = None
    below_minimum: Literal["ineligible", "pay"] = "ineligible"
    tax: Annotated[list[TaxOfKinds], Field(max_length=20)] = Field(default_factory=list)
    indirect_percent: Annotated[StrictInt, Field(ge=1, le=100)] | None = None
    deduct_income: StrictBool = True
    applicants: Applicants
    cost_categories: Annotated[list[CostCategory], Field(max_length=100)] = Field(default_factory=list)
    documents: Annotated[list[Document], Field(max_length=100)] = Field(default_factory=list)
    outcomes: Annotated[list[Outcome], Field(max_length=100)] = Field(default_factory=list)
    conflicts: Conflicts = Conflicts()
    withdrawal_days: Annotated[StrictInt, Field(ge=1, le=90)] = 14
    report_days: Annotated[StrictInt, Field(ge=1, le=120)] = 30

    def cap_of(self, kind: ApplicantKind) -> int | None:
        """What an organisation of this kind gets in a year at most."""
        return next((one.yen for one in self.cap_organisation if kind in one.kinds), None)

    def tax_of(self, kind: ApplicantKind) -> Tax:
        """Local governments' general accounts deduct no tax: where nothing is said, it is a cost."""
        return next((one.tax for one in self.tax if kind in one.kinds), "included")


RATE_ABOVE_ONE = Finding(
    "rate_above_one",
    Text("補助率が1を超えています", "The rate is above one"),
    Text("分子を分母以下にしてください。", "Make the numerator no greater than the denominator."),
)
ABOVE_CAP = Finding(
    "minimum_above_cap",
    Text("最低額が上限額を超えています", "The minimum is above the cap"),
    Text("最低額を上限額以下にしてください。", "Make the minimum no greater than the cap."),
)
CODE_TWICE = Finding(
    "code_twice",
    Text("同じコードが2度使われています", "The code is used twice"),
    Text("一覧の中で重ならないコードにしてください。", "Give each entry of the list a code of its own."),
)
KIND_TWICE = Finding(
    "kind_twice",
    Text("同じ団体種別が2つの行にあります", "A kind of applicant stands in two entries"),
    Text("団体種別ごとに1行だけにしてください。", "Name each kind of applicant in one entry alone."),
)
NOT_ADMITTED = Finding(
    "kind_not_admitted",
    Text("申請できない団体種別が指定されています", "This kind of applicant is not admitted"),
    Text(
        "申請者（単独または共同）に含まれる種別にしてください。",
        "Name a kind that is among those who apply or join.",
    ),
)
CAP_WITHOUT_JOINT = Finding(
    "cap_joint_without_joint",
    Text(
        "単独申請だけの制度に共同申請の上限があります",
        "There is a cap of joint bids, and nobody bids jointly",
    ),
    Text(
        "共同申請できる種別を登録するか、共同申請の上限を空欄にしてください。",
        "Say who may join, or leave out the cap of joint bids.",
    ),
)


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


class _OfKinds(Protocol):
    @property
    def kinds(self) -> list[ApplicantKind]: ...


def contradictions(rules: Rules) -> Iterator[tuple[str, Finding]]:
    """What in the document goes against another part of it, each at its place."""
    if rules.rate.numerator > rules.rate.denominator:
        yield "rate/numerator", RATE_ABOVE_ONE
    if rules.minimum and rules.cap_project and rules.minimum > rules.cap_project:
        yield "minimum", ABOVE_CAP
    who = rules.applicants
    if rules.cap_joint and not who.joint_kinds:
        yield "cap_joint", CAP_WITHOUT_JOINT
    admitted = {*who.kinds, *who.joint_kinds}
    yield from _kinds_once("cap_organisation", rules.cap_organisation)
    yield from _kinds_once("tax", rules.tax)
    named: tuple[tuple[str, Sequence[_OfKinds]], ...] = (
        ("cap_organisation", rules.cap_organisation), ("tax", rules.tax), ("documents", rules.documents),
    )  # fmt: skip
    for name, entries in named:
        for place, entry in enumerate(entries):
            if not admitted.issuperset(entry.kinds):
                yield f"{name}/{place}/kinds", NOT_ADMITTED
    yield from _codes_once("cost_categories", rules.cost_categories)
    yield from _codes_once("documents", rules.documents)
    yield from _codes_once("outcomes", rules.outcomes)


def _codes_once(name: str, entries: Sequence[_Coded]) -> Iterator[tuple[str, Finding]]:
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        if entry.code in seen:
            yield f"{name}/{place}/code", CODE_TWICE
        seen.add(entry.code)


def _kinds_once(name: str, entries: Sequence[_OfKinds]) -> Iterator[tuple[str, Finding]]:
    seen: Counter[str] = Counter()
    for place, entry in enumerate(entries):
        seen.update(entry.kinds)
        if any(seen[kind] > 1 for kind in entry.kinds):
            yield f"{name}/{place}/kinds", KIND_TWICE
