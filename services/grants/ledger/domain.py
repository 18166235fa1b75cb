"""Rules of a budget line's money: which accounts it moves between, and how reservations are cut to what was given.

`source` is what the Board gave, and below zero; `available` what is free of it; `reserved` what was promised on the
condition that there is a budget (採択内示); `committed` what was granted (交付決定).
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from services.kit.errors import Refusal, Refused
from services.kit.text import Text

Account = Literal["source", "available", "reserved", "committed"]
Kind = Literal["plan", "appropriate", "transfer", "reserve", "commit", "release", "recut"]
CapKind = Literal["organisation", "joint", "person"]
Held = Literal["reserved", "committed"]

BUDGET_SHORT = Refusal(
    "budget_insufficient", "conflict",
    Text("予算残額が足りません", "Too little is left of the budget line"),
    Text("金額を減らすか、ほかの予算科目から流用してから、もう一度行ってください。",
         "Take less, or transfer from another line, and do it again."),
)  # fmt: skip
NOT_HELD = Refusal(
    "budget_not_held", "conflict",
    Text("内示または決定した金額を超えています", "This is more than was reserved or committed"),
    Text("内示額・決定額を確認してください。", "Check what is reserved and committed."),
)  # fmt: skip
NOT_APPROPRIATED = Refusal(
    "budget_not_appropriated", "conflict",
    Text("予算がまだ議決されていません", "The Board has not decided on this budget yet"),
    Text("理事会の議決を予算科目に登録してから、交付を決定してください。",
         "Enter the Board's decision on the budget line before anything is committed."),
)  # fmt: skip
RECUT_FIRST = Refusal(
    "budget_recut_needed", "conflict",
    Text("内示・決定した金額が予算額を超えます", "More is promised than this budget gives"),
    Text("先に内示額を再配分するか、予算額を増やしてください。",
         "Cut the reservations first, or give the line more."),
)  # fmt: skip
APPEND_ONLY = Refusal(
    "ledger_append_only", "conflict",
    Text("仕訳は変更できません", "A posting is never changed"),
    Text("訂正する仕訳を追加してください。", "Mend it by another posting."),
)  # fmt: skip
CAP_REACHED = Refusal(
    "cap_reached", "conflict",
    Text("上限額を超えます", "This is over the cap"),
    Text("金額を上限額の残りまで減らしてください。", "Take no more than is left of the cap."),
)  # fmt: skip
CONSTRAINTS = {
    "budget_balance_available": BUDGET_SHORT,
    "budget_balance_reserved": NOT_HELD,
    "budget_balance_committed": NOT_HELD,
    "budget_holding_reserved": NOT_HELD,
    "budget_holding_committed": NOT_HELD,
    "ledger_entry_appropriated": NOT_APPROPRIATED,
    "ledger_append_only": APPEND_ONLY,
    "budget_cap_not_overdrawn": CAP_REACHED,
}


class Balance(NamedTuple):
    """A line as it stands under its lock. `appropriated`: whether the Board has decided."""

    appropriated: bool
    source: int
    available: int
    reserved: int
    committed: int


class Holding(NamedTuple):
    holder: UUID
    reserved: int
    committed: int


class CapKey(NamedTuple):
    """Whose cap of an edition. `kind` joint: the holder is the application itself."""

    edition: UUID
    kind: CapKind
    holder: UUID


class Cap(NamedTuple):
    limit: int
    taken: int

    @property
    def left(self) -> int:
        return self.limit - self.taken


def reservable(balance: Balance, yen: int) -> Refused | None:
    if yen <= balance.available:
        return None
    left = balance.available
    return Refused(
        BUDGET_SHORT,
        Text(
            f"残額は{left:,}円で、{yen:,}円には足りません。{BUDGET_SHORT.detail.ja}",
            f"{left:,} yen are left, too little for {yen:,}. {BUDGET_SHORT.detail.en}",
        ),
    )


def committable(balance: Balance, held: Holding, yen: int) -> Refused | None:
    if not balance.appropriated:
        return NOT_APPROPRIATED()
    return releasable(held, "reserved", yen)


def releasable(held: Holding, account: Held, yen: int) -> Refused | None:
    has = held.reserved if account == "reserved" else held.committed
    if yen <= has:
        return None
    return Refused(
        NOT_HELD,
        Text(
            f"{'内示' if account == 'reserved' else '決定'}額は{has:,}円です。{yen:,}円以下にできるか確認してください。",
            f"{has:,} yen are {account}, and {yen:,} were asked for. {NOT_HELD.detail.en}",
        ),
    )


def fundable(balance: Balance, more: int) -> Refused | None:
    """Whether the line can be given `more`, which is below zero where it loses some."""
    if balance.available + more >= 0:
        return None
    promised, given = balance.reserved + balance.committed, more - balance.source
    return Refused(
        RECUT_FIRST,
        Text(
            f"内示・決定の合計{promised:,}円に対し、予算額は{given:,}円になります。{RECUT_FIRST.detail.ja}",
            f"{promised:,} yen are promised, and the line would have {given:,}. {RECUT_FIRST.detail.en}",
        ),
    )


def takeable(cap: Cap, yen: int) -> Refused | None:
    if yen <= cap.left:
        return None
    return Refused(
        CAP_REACHED,
        Text(
            f"上限額{cap.limit:,}円のうち、残りは{cap.left:,}円です。{CAP_REACHED.detail.ja}",
            f"Of the cap of {cap.limit:,} yen, {cap.left:,} are left. {CAP_REACHED.detail.en}",
        ),
    )


def recut(held: Mapping[UUID, int], ranked: Sequence[UUID], total: int, unit: int) -> dict[UUID, int]:
    """What each has once all together have `total` at most: pro rata, floored to `unit`; what that leaves goes by rank,
    a unit to each who is still short of one, from the first again and again.

    Whoever is not ranked comes last, in the order of `held`. Nothing changes where the total suffices.
    """
    sum_held = sum(held.values())
    if sum_held <= total:
        return dict(held)
    made = {one: yen * total // sum_held // unit * unit for one, yen in held.items()}
    order = [
        *dict.fromkeys([one for one in ranked if one in held]),
        *(one for one in held if one not in set(ranked)),
    ]
    left = total - sum(made.values())
    while left >= unit and (short := [one for one in order if made[one] + unit <= held[one]]):
        for one in short[: left // unit]:
            made[one] += unit
            left -= unit
    return made
