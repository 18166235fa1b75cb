"""Rules of a fair's days: when they are open, and the counts that are reported of them."""

from datetime import date, datetime

from services.kit.findings import Finding
from services.kit.japan.clock import day_in_japan
from services.kit.text import Text

Findings = list[tuple[str, Finding]]
CLOSES_FIRST = Finding(
    "day_closes_before_it_opens",
    Text("終了時刻が開始時刻より前です", "The day closes before it opens"),
    Text("開始と終了の日時を確認してください。", "Check when it opens and closes."),
)
ANOTHER_DAY = Finding(
    "day_opens_on_another_day",
    Text("開始日時が開催日と違う日です（日本時間）", "It opens on another day than it is held, in Japan"),
    Text("開催日と開始日時を確認してください。", "Check the day and when it opens."),
)
MORE_THAN_ALL = Finding(
    "part_exceeds_whole",
    Text("うちJET参加者が参加者数より多くなっています", "There are more JET participants than participants"),
    Text("二つの人数を確認してください。", "Check both counts."),
)
INCOMPLETE_REPORT = Finding(
    "report_incomplete",
    Text(
        "報告した人数・団体数には、報告日と数え方がそろって必要です",
        "Reported counts come with the day of the report and how they were counted",
    ),
    Text("報告日と数え方を入力するか、すべて空欄にしてください。", "Give both, or leave the counts out too."),
)


def check_hours(held_on: date, opens_at: datetime, closes_at: datetime) -> Findings:
    if opens_at >= closes_at:
        return [("closes_at", CLOSES_FIRST)]
    return [] if day_in_japan(opens_at) == held_on else [("opens_at", ANOTHER_DAY)]


def check_report(
    participants: int | None, jet_participants: int | None, exhibitors: int | None,
    reported_on: date | None, method: str | None,
) -> Findings:  # fmt: skip
    """Counts are reported together with their day and method; JET participants are some of the participants."""
    counted = any(one is not None for one in (participants, jet_participants, exhibitors))
    if len({counted, reported_on is not None, method is not None}) > 1:
        return [("reported_on", INCOMPLETE_REPORT)]
    if participants is not None and jet_participants is not None and jet_participants > participants:
        return [("reported_jet_participants", MORE_THAN_ALL)]
    return []
