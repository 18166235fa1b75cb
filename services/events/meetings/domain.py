"""Rules of meetings (会議): their days, their one count, and how one stands."""

from datetime import date
from typing import Literal

from services.events.editions.domain import Standing
from services.kit.findings import Finding
from services.kit.text import Text

Body = Literal[
    "board",  # 理事会
    "councillors",  # 評議員会
    "review",  # 担い手連携検討会
    "regional_advisers",
    "association_council",
    "association_block",
    "resident_officers",
    "other",
]
Mode = Literal["on_site", "online", "hybrid", "partly_online"]
Counted = Literal["名", "協会"]
Findings = list[tuple[str, Finding]]
OFFICE_STAYS = Finding(
    "code_of_another_office",
    Text("このコードは別の事務所の記録です", "This code is of another office's record"),
    Text(
        "別のコードを入力するか、記録の事務所コードをそのままにしてください。",
        "Give another code, or leave the office as it is recorded.",
    ),
)
ENDS_FIRST = Finding(
    "dates_out_of_order",
    Text("終了日が開始日より前です", "The last day lies before the first"),
    Text("開始日と終了日を確認してください。", "Check both days."),
)
INCOMPLETE_COUNT = Finding(
    "count_incomplete",
    Text("参加数には、単位と数の確かさがそろって必要です", "A count comes with its unit and how sure it is"),
    Text(
        "参加数・単位・数の確かさをすべて入力するか、すべて空欄にしてください。",
        "Give the count, its unit and its qualifier, or none of them.",
    ),
)
COUNTED_NOT_HELD = Finding(
    "counted_though_not_held",
    Text("開催していない会議に参加数があります", "A meeting that was not held has a count"),
    Text(
        "参加数・単位・数の確かさを空欄にするか、状況を「予定どおり」にしてください。",
        "Take the count away, or say that it goes as planned.",
    ),
)
TWO_SECRETARIATS = Finding(
    "secretariat_twice",
    Text("事務局が二重に入力されています", "The secretariat is given twice"),
    Text(
        "団体コードか、団体名の文字のどちらか一方だけを入力してください。",
        "Give the organisation's code or a text, not both.",
    ),
)


def check_days(date_start: date, date_end: date) -> Findings:
    return [("date_end", ENDS_FIRST)] if date_end < date_start else []


def check_count(
    participants: int | None, unit: str | None, qualifier: str | None, standing: Standing
) -> Findings:
    """Mirrored by the constraints meeting_count and meeting_counted_where_held."""
    given = {
        name: value is not None
        for name, value in (("participants", participants), ("unit", unit), ("qualifier", qualifier))
    }
    if len(set(given.values())) > 1:
        return [(next(name for name, there in given.items() if not there), INCOMPLETE_COUNT)]
    return [("participants", COUNTED_NOT_HELD)] if given["participants"] and standing != "as_planned" else []


def check_secretariat(text: str | None, code: str | None) -> Findings:
    return [] if text is None or code is None else [("secretariat_code", TWO_SECRETARIATS)]
