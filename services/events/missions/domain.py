"""Rules of missions (派遣・訪問): their days, the countries they go to, and how one stands."""

from collections.abc import Collection
from datetime import date
from typing import Literal

from services.kit.findings import Finding
from services.kit.text import Text

State = Literal["planned", "under_way", "held", "cancelled"]
Findings = list[tuple[str, Finding]]
ENDS_FIRST = Finding(
    "mission_ends_first",
    Text("終了日が開始日より前です", "The mission ends before it begins"),
    Text("開始日と終了日を確認してください。", "Check its first and its last day."),
)
CANCELLED = Finding(
    "cancelled_without_reason",
    Text("中止日と中止の理由はそろって必要です", "The day of a cancellation and its reason come together"),
    Text("両方を入力するか、両方を空欄にしてください。", "Give both, or neither."),
)


def check_mission(
    starts_on: date, ends_on: date, cancelled_on: date | None, cancelled_reason: str | None
) -> Findings:
    """Mirrored by the constraints mission_days and mission_cancelled."""
    found: Findings = [] if starts_on <= ends_on else [("ends_on", ENDS_FIRST)]
    if (cancelled_on is None) != (cancelled_reason is None):
        found.append(("cancelled_reason" if cancelled_reason is None else "cancelled_on", CANCELLED))
    return found


def unknown_countries(given: Collection[str], known: Collection[str]) -> list[str]:
    return sorted(set(given) - set(known))


def state(starts_on: date, ends_on: date, cancelled_on: date | None, today: date) -> State:
    """By the calendar: nobody needs to say that a mission has begun."""
    if cancelled_on is not None:
        return "cancelled"
    if today < starts_on:
        return "planned"
    return "under_way" if today <= ends_on else "held"
