"""Rules of breaking the glass: one asks, another decides, and it ends by itself."""

from typing import Literal
from uuid import UUID

from services.kit.errors import ACTION_CLOSED, Refusal
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

Reason = Literal["danger_to_life", "court_order", "abuse", "no_counsellor"]
# `expired` is what an open one is after its time: no row says so
State = Literal["requested", "open", "refused", "ended", "expired"]

_DECIDED = Text("この申請はすでに決定されています。", "This request was decided already.")
GLASS = Machine(
    "glass_opening",
    "requested",
    (
        Transition("approve", ("requested",), "open", _DECIDED),
        Transition("refuse", ("requested",), "refused", _DECIDED),
        Transition(
            "end", ("open",), "ended", Text("閲覧はすでに終わっています。", "This opening is over already.")
        ),
    ),
)
BY_TWO = Refusal(
    "second_person_needed", "conflict",
    Text("申請した本人は決定できません", "Who asked cannot decide"),
    Text("別の担当者が決定してください。", "Another person has to decide."),
)  # fmt: skip
CANNOT_LAST = Refusal(
    ACTION_CLOSED.code, "conflict", ACTION_CLOSED.title,
    Text("閲覧は24時間を超えて許可できません。", "No opening lasts longer than 24 hours."),
)  # fmt: skip


def by_two(requested_by: UUID, decides: UUID | None) -> bool:
    return decides is not None and decides != requested_by
