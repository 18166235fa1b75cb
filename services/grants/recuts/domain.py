"""The Board's cut: what each reservation of a line is left with once the Board gives less than was planned."""

from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from services.grants.ledger import domain as ledger
from services.grants.ledger.domain import Balance
from services.kit.errors import Refusal, Refused
from services.kit.text import Text

Method = Literal["pro_rata", "tail"]
COMMITTED_ABOVE = Refusal(
    "recut_below_committed", "conflict",
    Text("交付を決定した額が、この予算額を超えています", "More is committed than this budget gives"),
    Text("決定額は{committed}円で、この予算額では{room}円までです。予算額を増やすか、流用を受けてください。",
         "{committed} yen are committed, and this budget allows for {room}. Give the line more, or transfer to it."),
)  # fmt: skip
NOT_ALL_SEEN = Refusal(
    "recut_by_another", "conflict",
    Text("この再配分は、ほかの担当者が行います", "Another officer has to do this cut"),
    Text("この予算科目には、あなたが扱えない内示があります。係のほかの担当者に依頼してください。",
         "Something that is reserved on this line is not yours to handle. Ask another officer of the section."),
)  # fmt: skip


class Reserved(NamedTuple):
    """What an application has reserved. `minimum`: less than it is not granted by its rules."""

    application: UUID
    yen: int
    minimum: int


def room(balance: Balance, given: int, so_far: int | None) -> int:
    """What may be reserved where the Board gives `given` in all: what was transferred counts, what is committed is gone.
    `so_far`: what it has decided before."""
    transferred = 0 if so_far is None else -balance.source - so_far
    return given + transferred - balance.committed


def unrecuttable(balance: Balance, room: int, seen: int) -> Refused | None:
    """`seen`: the sum of the reservations that the caller sees."""
    if room < 0:
        told = {"committed": f"{balance.committed:,}", "room": f"{max(0, room + balance.committed):,}"}
        return COMMITTED_ABOVE(**told)
    return NOT_ALL_SEEN() if seen != balance.reserved else None


def cut(ranked: Sequence[Reserved], room: int, unit: int, method: Method) -> dict[UUID, int]:
    """What each is left with, the first by rank first; nothing for whoever goes to the waiting list (補欠).

    `tail`: the last go until the rest fits. `pro_rata`: all are cut alike; of those who would fall below their minimum the
    last goes, and what it frees is the others'.
    """
    staying = list(ranked)
    while True:
        if method == "tail":
            left = {one.application: one.yen for one in staying}
            out = staying[-1:] if sum(left.values()) > room else []
        else:
            left = ledger.recut(
                {one.application: one.yen for one in staying},
                [one.application for one in staying],
                room,
                unit,
            )
            out = [one for one in staying if left[one.application] < min(one.yen, max(one.minimum, 1))]
        if not out:
            return {one.application: left.get(one.application, 0) for one in ranked}
        staying.remove(out[-1])
