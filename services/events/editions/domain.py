"""Rules of editions (開催): how one stands, and why."""

from datetime import date
from typing import Literal, NamedTuple

from services.events.counts.domain import OTHER_LEVEL, Level
from services.kit.findings import Finding
from services.kit.text import Text

Part = Literal["hosted", "cohosted", "joined"]  # 主催, 共催, 参加
Standing = Literal["as_planned", "postponed", "not_held"]
State = Literal["planned", "held", "postponed", "not_held"]
REASON = Finding(
    "standing_without_reason",
    Text(
        "延期・中止には理由が必要です。予定どおりのときは理由を書きません",
        "A postponement or a cancellation has a reason, and what goes as planned has none",
    ),
    Text(
        "理由を入力するか、状況を「予定どおり」にしてください。",
        "Give the reason, or say that it goes as planned.",
    ),
)

LEGS_OF_ANOTHER_YEAR = Finding(
    "leg_in_another_fiscal_year",
    Text("この開催の日程は、別の年度の日付です", "Its legs are on days of another fiscal year"),
    Text(
        "年度を元に戻すか、別の年度の開催を登録してください。",
        "Leave the year as it was, or make an edition of the other year.",
    ),
)


class Below(NamedTuple):
    """What stands under an edition: the fiscal years of its legs, and at which levels it has been counted."""

    years: frozenset[int]
    counted_at: frozenset[str]


def check_below(year: int, counted_at: Level, below: Below | None) -> list[tuple[str, Finding]]:
    """Mirrored by the keys of legs and of counts to their edition."""
    if below is None:
        return []
    problems = [] if below.years <= {year} else [("fiscal_year", LEGS_OF_ANOTHER_YEAR)]
    return problems + ([] if below.counted_at <= {counted_at} else [("counted_at", OTHER_LEVEL)])


def check_standing(standing: Standing, reason: str | None) -> list[tuple[str, Finding]]:
    """Mirrored by the constraint edition_reason."""
    return [] if (standing == "as_planned") == (reason is None) else [("standing_reason", REASON)]


def state(standing: Standing, last_day: date | None, today: date) -> State:
    """Held, once a leg that was not cancelled is over; `last_day` is the first of these."""
    if standing != "as_planned":
        return standing
    return "held" if last_day is not None and last_day < today else "planned"
