"""Rules of selections (選定案): who of the ranked is proposed, whose caps that takes, and what becomes of each after the
decision. One person draws it up and changes it; another decides.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args
from uuid import UUID

from services.grants.eligibility import Verdict
from services.grants.ledger.domain import CapKey
from services.grants.money import Amount
from services.kit.errors import Refusal
from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

Standing = Literal["selected", "waitlisted", "not_selected", "declined", "awarded", "withdrawn"]
Proposal = Literal["selected", "waitlisted", "not_selected"]
STANDINGS, PROPOSALS = get_args(Standing), get_args(Proposal)
STATES = ("drawn_up", "decided")
_DECIDED = Text("この選定案は、すでに決定しています。", "This selection is decided already.")
SELECTION = Machine(
    "selection",
    "drawn_up",
    (
        Transition("decide", ("drawn_up",), "decided", _DECIDED),
        Transition(
            "award", ("decided",), "decided",
            Text("選定案が決定していません。", "The selection is not decided yet."),
        ),
    ),
)  # fmt: skip
_HOUSE = Text("ほかの操作に伴って変わります。", "Another act does this.")
ENTRY = Machine(
    "selection_entry",
    "waitlisted",
    (
        Transition("promote", ("waitlisted",), "selected", _HOUSE),
        Transition("set_back", ("selected",), "waitlisted", _HOUSE),
        Transition("decline", ("selected", "awarded"), "declined", _HOUSE),
        Transition("award", ("selected",), "awarded", _HOUSE),
        Transition("withdraw", ("selected", "waitlisted", "not_selected", "awarded"), "withdrawn", _HOUSE),
    ),
)
ONCE = Refusal(
    "selection_once", "conflict",
    Text("この募集回には、すでに選定案があります", "This round has a selection already"),
    Text("その選定案の内訳を変更してください。", "Change the entries of that selection."),
)  # fmt: skip
NOT_RANKED = Finding(
    "round_not_ranked",
    Text("この募集回の順位が確定していません", "The ranking of this round is not signed"),
    Text("審査会の順位を確定してから選定案を作成してください。", "Have the panel's ranking signed first."),
)
NO_LINE = Refusal(
    "round_without_budget_line", "conflict",
    Text("この募集回に予算科目がありません", "This round is on no budget line"),
    Text("募集回に予算科目を登録してから行ってください。", "Name the budget line in the round first."),
)  # fmt: skip
NOT_DATED = Refusal(
    "round_without_publication", "conflict",
    Text("結果の公表日時が、これから先の日時になっていません", "The instant of publication does not lie ahead"),
    Text("募集回の公表日時を、現在以後の日時に変更してから決定してください。",
         "Set the round's instant of publication to now or later, then decide."),
)  # fmt: skip
# whoever is in conflict is told this as well, and not with what
NOT_ALL = Refusal(
    "selection_of_all", "conflict",
    Text("この募集回の選定は、この担当者では進められません", "This officer cannot go on with the selection of this round"),
    Text("すべての申請の審査が済んでいるか確認してください。済んでいるときは、別の担当者が行ってください。",
         "See that every application of the round is ranked. Where all are, another officer does it."),
)  # fmt: skip
SAME_PERSON = Refusal(
    "selection_two_people", "conflict",
    Text("選定案を作成・変更した人は決定できません", "Who drew it up, or changed it, does not decide it"),
    Text("作成も変更もしていない、別の担当者が決定してください。", "Another officer, who did neither, decides."),
)  # fmt: skip
STAYS = Refusal(
    "selection_stays", "conflict",
    Text("決定した選定は変更できません", "What was decided stays"),
    Text("辞退・取下げとして登録してください。", "Enter it as declined or withdrawn."),
)  # fmt: skip
ENDED = Text(
    "決定後か、終わった申請の内訳は変更できません。", "What is decided, or has ended, does not change here."
)
NO_STEP = Refusal(
    "selection_entry_moves", "conflict",
    Text("今の状態からこの結果にはできません", "There is no such step from its present standing"),
    Text("内訳を読み直して、今の状態を確認してください。", "Read the entry again and see how it stands."),
)  # fmt: skip
WRONG_AMOUNT = Finding(
    "selection_amount",
    Text("この金額にはできません", "It cannot be this amount"),
    Text("1円以上、計算された助成額以下にしてください。不採択のときは0円にしてください。",
         "Give 1 yen to what was computed; of what is not selected, 0."),
)  # fmt: skip
REASON_MISSING = Finding(
    "selection_reason_missing",
    Text("理由が必要です", "A reason is needed"),
    Text("順位と異なる扱いにするか、計算された額より少なくする理由を入力してください。",
         "Say why it goes against the ranking, or why it gets less than was computed."),
)  # fmt: skip
NO_LONGER = Finding(
    "selection_no_longer_holds",
    Text("この申請には、今はこの金額を助成できません", "This amount can no longer be granted to this application"),
    Text("内訳の金額を減らすか、補欠・不採択に変更してください。", "Lower its amount, or waitlist it, or do not select it."),
)  # fmt: skip


def tightest(keys: Sequence[CapKey], left: Mapping[CapKey, int]) -> int | None:
    """What is left under the tightest of the organisations' caps; a joint bid's own is in the computation."""
    return min((left[one] for one in keys if one.kind == "organisation"), default=None)


# by what is left under the caps
Judge = Callable[[int | None], tuple[Verdict, Amount | None]]


class Candidate(NamedTuple):
    """A ranked application. `caps`: from which it takes."""

    application: UUID
    caps: tuple[CapKey, ...]
    judge: Judge


class Proposed(NamedTuple):
    application: UUID
    standing: Proposal
    yen: int
    verdict: Verdict
    grant: Amount | None

    def trace(self) -> list[dict[str, Any]]:
        return self.grant.stored() if self.grant is not None else []


def propose(ranked: Sequence[Candidate], available: int, left: Mapping[CapKey, int]) -> Iterator[Proposed]:
    """By rank each gets what is computed, under what those before it leave of its caps, while the line lasts; the first
    that does not fit waits, and whoever comes after it."""
    left, waits = dict(left), False
    for one in ranked:
        verdict, grant = one.judge(tightest(one.caps, left))
        if not verdict.eligible or grant is None:
            yield Proposed(one.application, "not_selected", 0, verdict, grant)
            continue
        waits = waits or grant.yen > available
        yield Proposed(one.application, "waitlisted" if waits else "selected", grant.yen, verdict, grant)
        if not waits:
            available -= grant.yen
            for key in one.caps:
                left[key] -= grant.yen


class Place(NamedTuple):
    """An entry among those of its selection."""

    rank: int
    standing: str
    eligible: bool
    computed: int
    amount: int


def misplaced(one: Place, others: Sequence[Place], reason: str | None) -> Iterator[tuple[str, Finding]]:
    """What is wrong with an entry as an officer would have it."""
    chosen = one.standing != "not_selected"
    if not (1 <= one.amount <= one.computed if chosen else one.amount == 0):
        yield "amount_yen", WRONG_AMOUNT
    before = any(other.rank < one.rank and passed(other) for other in others)
    after = any(other.rank > one.rank and other.standing == "selected" for other in others)
    against = before if one.standing == "selected" else passed(one) and (after or not chosen)
    if (against or (chosen and one.amount < one.computed)) and not reason:
        yield "reason", REASON_MISSING


def passed(one: Place) -> bool:
    """Could have been selected, and is not."""
    return one.eligible and one.standing in ("waitlisted", "not_selected")
