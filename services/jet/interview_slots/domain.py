"""Rules of interview slots (面談の枠): at a table of an exhibitor, on one of its days, within the day's hours."""

from datetime import datetime

from services.kit.errors import ACTION_CLOSED
from services.kit.findings import Finding
from services.kit.text import Text

OUT_OF_ORDER = Finding(
    "slot_ends_before_it_starts",
    Text("終了時刻が開始時刻より前です", "The slot ends before it starts"),
    Text("開始と終了の日時を確認してください。", "Check when it starts and ends."),
)
OUTSIDE_DAY = Finding(
    "interview_outside_day",
    Text("開催時間の外の枠です", "The slot lies outside the day's hours"),
    Text(
        "開催日の開始から終了までの時刻にしてください。",
        "Choose a time between the day's opening and its end.",
    ),
)
NOT_THERE = Finding(
    "exhibitor_not_there",
    Text("この団体は、この開催日には出展しません", "The organisation does not exhibit on that day"),
    Text("開催日と団体コードを確認してください。", "Check the day and the organisation's code."),
)

TAKEN = Finding(
    ACTION_CLOSED.code,
    ACTION_CLOSED.title,
    Text(
        "この枠には面談の予定があります。先に面談を取り消してください。",
        "The slot has an interview. Cancel that first.",
    ),
)


def check_slot(
    starts_at: datetime, ends_at: datetime, opens_at: datetime, closes_at: datetime
) -> list[tuple[str, Finding]]:
    if starts_at >= ends_at:
        return [("ends_at", OUT_OF_ORDER)]
    return [] if opens_at <= starts_at and ends_at <= closes_at else [("starts_at", OUTSIDE_DAY)]
