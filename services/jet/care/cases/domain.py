"""Rules of cases: open until they are closed, kept for their time, and then shredded. Lists call them by a pseudonym."""

import secrets
from typing import Literal

from services.kit.errors import Refusal
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

State = Literal["open", "closed", "shredded"]
Outcome = Literal["settled", "referred", "left_programme", "no_contact", "other"]
# letters and figures that are told apart on the phone
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

CASE = Machine(
    "care_case",
    "open",
    (
        Transition(
            "close", ("open",), "closed", Text("このケースはすでに終了しています。", "This case is closed already.")
        ),
        Transition(
            "shred", ("closed",), "shredded",
            Text("終了したケースだけが廃棄されます。", "Only a closed case is shredded."),
        ),
    ),
)  # fmt: skip
WALLED = Refusal(
    "counsellor_walled_off", "conflict",
    Text("この相談員は、このケースを担当できません", "This counsellor cannot take this case"),
    Text("別の相談員を選んでください。", "Choose another counsellor."),
)  # fmt: skip


def pseudonym() -> str:
    """By chance: it tells of nobody, and of no order."""
    return "C-" + "".join(secrets.choice(_SIGNS) for _ in range(6))
