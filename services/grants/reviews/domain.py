"""Rules of reviews (評価): scored and sealed once by the member they are assigned to, blind to the others' until then.

A score by somebody who has come into conflict is set aside by the facts of the day: kept, and not counted.
"""

from typing import Literal, get_args

from services.kit.errors import Refusal
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

State = Literal["assigned", "sealed", "set_aside"]
STATES = get_args(State)
_FACTS = Text("利害関係の有無によって自動で変わります。", "The facts of conflicts do this.")
REVIEW = Machine(
    "review",
    "assigned",
    (
        Transition(
            "seal", ("assigned",), "sealed",
            Text("すでに確定した評価か、数えない評価です。", "It is sealed already, or set aside."),
        ),
        Transition("conflict_comes", ("assigned", "sealed"), "set_aside", _FACTS),
    ),
)  # fmt: skip
SEALED = Refusal(
    "review_sealed", "conflict",
    Text("確定した評価は変更できません", "A sealed review does not change"),
    Text("評価はそのまま数えられます。", "It counts as it is."),
)  # fmt: skip
CLOSED = Refusal(
    "review_closed", "conflict",
    Text("この申請は、もう評価できません", "This application is scored no more"),
    Text("順位が確定していないか、取り下げられていないかを確認してください。", "See whether it is ranked already, or withdrawn."),
)  # fmt: skip
NOT_YOURS = Refusal(
    "review_of_another", "conflict",
    Text("ほかの委員に割り当てられた評価です", "This review is assigned to another member"),
    Text("その委員が評価します。", "That member scores it."),
)  # fmt: skip
ONCE = Refusal(
    "review_once", "conflict",
    Text("この申請は、この委員に割り当て済みです", "This application is assigned to this member already"),
    Text("別の委員を指定してください。", "Name another member."),
)  # fmt: skip
