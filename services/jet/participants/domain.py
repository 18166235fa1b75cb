"""The life of a participation: one per person and stint (03-jet §1.2, as far as it is built)."""

from datetime import date, datetime
from typing import NamedTuple

from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

BEFORE_ENTRY = Finding(
    "programme_year_before_entry",
    Text(
        "この参加者の参加は、この招致年度より後に始まります",
        "This participant's participation begins after this programme year",
    ),
    Text(
        "招致年度を確認してください。参加の登録は CLAIR が行います。",
        "Check the programme year; CLAIR registers participations.",
    ),
)
_PLACE = Text("中途終了または辞退した参加者は配置できません。", "Somebody who has left cannot be placed.")
_LEAVE = Text("この参加者はすでに終了または辞退しています。", "This participant has left already.")
PARTICIPATION = Machine(
    "participation",
    "accepted",
    (
        Transition("place", ("accepted", "placed"), "placed", _PLACE),
        # for a further year, or elsewhere
        Transition("place", ("active",), "active", _PLACE),
        Transition(
            "appoint",
            ("accepted", "placed", "active"),
            "active",
            Text(
                "中途終了または辞退した参加者は任用できません。", "Somebody who has left cannot be appointed."
            ),
        ),
        Transition("terminate_early", ("accepted", "placed"), "withdrawn", _LEAVE),
        Transition("terminate_early", ("active",), "early_terminated", _LEAVE),
    ),
)


# who is in these has no part in a form of what is to come
GONE = ("withdrawn", "early_terminated")


class Stint(NamedTuple):
    """A participation as the rules see it; `known_from`: since when it is known at all, for rows that say since when
    they are."""

    programme_year: int
    job_type: str
    state: str
    left_on: date | None
    known_from: datetime | None = None
