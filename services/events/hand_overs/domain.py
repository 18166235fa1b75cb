"""Rules of a hand-over (引継ぎ): who leaves signs what is open, who comes ticks each matter and takes the office over."""

from typing import Literal
from uuid import UUID

from services.kit.errors import Refusal, Refused
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

State = Literal["drafted", "signed", "taken_over"]
_NOT_SIGNED = Text(
    "署名された引継ぎだけでできます。", "This is done on a hand-over that is signed and not yet taken over."
)
HAND_OVER = Machine(
    "hand_over",
    "drafted",
    (
        Transition("change", ("drafted",), "drafted", Text("署名した引継ぎは変更できません。", "What was signed stays.")),
        Transition("sign", ("drafted",), "signed", Text("すでに署名されています。", "It has been signed already.")),
        Transition("succeed", ("signed",), "signed", _NOT_SIGNED),
        Transition("step_down", ("signed",), "signed", _NOT_SIGNED),
        Transition("tick", ("signed",), "signed", _NOT_SIGNED),
        Transition("untick", ("signed",), "signed", _NOT_SIGNED),
        Transition("take_over", ("signed",), "taken_over", _NOT_SIGNED),
    ),
)  # fmt: skip
NO_PERSON = Refusal(
    "hand_over_of_a_person", "conflict",
    Text("引継ぎは離任する本人が作成します", "Who leaves begins a hand-over"),
    Text("離任する担当者本人としてサインインしてください。", "Sign in as the person who leaves."),
)  # fmt: skip
NOT_LEAVING = Refusal(
    "hand_over_not_leaving", "conflict",
    Text("署名できるのは離任する本人だけです", "Only the person who leaves signs"),
    Text("この引継ぎを作成した担当者が署名してください。", "Ask the officer who made this hand-over to sign it."),
)  # fmt: skip
LEAVING = Refusal(
    "hand_over_to_oneself", "conflict",
    Text("離任する本人は後任になれません", "Who leaves is not the successor"),
    Text("後任者がサインインして引き受けてください。", "The successor signs in and takes it on."),
)  # fmt: skip
NOT_SUCCESSOR = Refusal(
    "hand_over_not_successor", "conflict",
    Text("確認できるのは後任者だけです", "Only the successor ticks and takes over"),
    Text("後任者がサインインし、先に後任を引き受けてください。",
         "The successor signs in, and first takes the hand-over on."),
)  # fmt: skip
SUCCEEDED = Refusal(
    "hand_over_has_successor", "conflict",
    Text("後任者はすでに決まっています", "There is a successor already"),
    Text("間違いのときは、その後任者が引受けを取り消してください。",
         "If that is a mistake, that successor steps down."),
)  # fmt: skip
UNTICKED = Refusal(
    "hand_over_unticked", "conflict",
    Text("まだ確認していない事項があります", "Some matters are not ticked yet"),
    Text("すべての事項を確認してから引き継いでください。", "Tick every matter first."),
)  # fmt: skip
NOBODY = Refusal(
    "hand_over_persons", "conflict",
    Text("署名は離任者、引継ぎは後任者だけができます", "Who leaves signs, and who comes takes over"),
    Text("引継ぎの状態と、自分の役割を確認してください。", "Check how the hand-over stands, and your part in it."),
)  # fmt: skip


def signable(leaving: UUID, person: UUID | None) -> Refused | None:
    return None if person == leaving else NOT_LEAVING()


def succeedable(leaving: UUID, successor: UUID | None, person: UUID | None) -> Refused | None:
    if successor is not None:
        return SUCCEEDED()
    return LEAVING() if person is None or person == leaving else None


def tickable(successor: UUID | None, person: UUID | None) -> Refused | None:
    return None if person is not None and person == successor else NOT_SUCCESSOR()
