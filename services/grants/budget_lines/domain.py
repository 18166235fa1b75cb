"""Rules of budget lines (予算科目): planned until the Board decides, and what is moved between lines after that."""

from datetime import date
from typing import Literal, NamedTuple

from services.kit.errors import Refusal, Refused
from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.transitions import Machine, Transition

State = Literal["planned", "appropriated"]
LINE = Machine(
    "budget_line",
    "planned",
    (
        Transition(
            "plan", ("planned",), "planned",
            Text("理事会の議決後は見込額を変更できません。補正は議決として登録してください。",
                 "The Board has decided: its next decision changes the line, no plan does."),
        ),
        Transition("appropriate", ("planned", "appropriated"), "appropriated", Text("", "")),
        Transition("recut", ("planned",), "planned", Text("", "")),
        Transition("recut", ("appropriated",), "appropriated", Text("", "")),
        Transition(
            "transfer", ("appropriated",), "appropriated",
            Text("理事会の議決前の予算科目からは流用できません。", "Nothing is transferred before the Board has decided."),
        ),
    ),
)  # fmt: skip
NOT_YOUR_SECTION = Finding(
    "budget_section_not_yours",
    Text("この係は、あなたの担当ではありません", "This is no section that you serve in"),
    Text("担当する係のコードを入力してください。", "Give a section of yours."),
)
DECIDED_LATER = Refusal(
    "board_decision_ahead", "payload",
    Text("議決日が今日より後です", "The day of the Board's decision lies ahead"),
    Text("議決された日を確認してください。", "Check the day on which the Board decided."),
)  # fmt: skip
TRANSFER_OUTSIDE = Refusal(
    "transfer_outside_section", "conflict",
    Text("この予算科目へは流用できません", "Nothing can be transferred to this line"),
    Text("同じ係・同じ年度の、議決済みの別の予算科目を指定してください。",
         "Name another line of the same section and fiscal year, on which the Board has decided."),
)  # fmt: skip
STAYS = Refusal(
    "budget_line_stays", "conflict",
    Text("議決された内容、係、年度は変更できません", "What the Board has decided stays, as do section and year"),
    Text("補正は議決として登録してください。", "Enter the Board's next decision."),
)  # fmt: skip


class Line(NamedTuple):
    section: str
    fiscal_year: int
    state: State


def transferable(giving: Line, taking: Line) -> Refused | None:
    """Of two different lines."""
    LINE.take("transfer", giving.state)
    same = (giving.section, giving.fiscal_year) == (taking.section, taking.fiscal_year)
    return None if same and taking.state == "appropriated" else TRANSFER_OUTSIDE()


def decidable(day: date, today: date) -> Refused | None:
    return None if day <= today else DECIDED_LATER()
