"""Rules of cases: open until they are closed, kept for their time, and then shredded. Lists call them by a pseudonym."""

import secrets
from datetime import date
from typing import Literal

from services.kit.errors import ACTION_CLOSED, Refusal
from services.kit.japan.fiscal_year import fiscal_year_of
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
            "assign", ("open",), "open",
            Text("終了したケースの担当は変えられません。", "A closed case keeps its counsellor."),
        ),
        Transition(
            "part", ("open",), "open",
            Text("終了したケースの担当は変えられません。", "A closed case keeps its counsellor."),
        ),
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
OFFICER_WALLED = Refusal(
    "officer_walled_off", "conflict",
    Text("この方の相談の申出は、あなたには受け付けられません", "You cannot take this person's word"),
    Text("ほかの担当者に引き継いでください。", "Ask another officer to take it."),
)  # fmt: skip
OF_OPEN_CASE = Refusal(
    ACTION_CLOSED.code, "conflict", ACTION_CLOSED.title,
    Text("このケースは終了しています。", "This case is closed."),
)  # fmt: skip


def keep_until(closed_on: date, years: int) -> date:
    """As documents of a Japanese office are kept: so many whole fiscal years after the one in which it was closed."""
    return date(fiscal_year_of(closed_on) + 1 + years, 3, 31)


def pseudonym() -> str:
    """By chance: it tells of nobody, and of no order."""
    return "C-" + "".join(secrets.choice(_SIGNS) for _ in range(6))
