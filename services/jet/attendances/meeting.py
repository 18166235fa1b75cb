"""Times as meeting tools write them in their exports: Japanese time, in the order of the tool's language.

Zoom: 2024/07/29 09:00:12 or 07/29/2024 09:00:12 AM. Teams: 2024/7/29 9:00:12 or 7/29/24, 9:00:12 AM. Where a slash
stands after one or two digits the month comes first, as in the tools' English; the day never does.
"""

import re
from datetime import UTC, date, datetime

from services.kit.columns import Cell, Raw
from services.kit.findings import BadValue, Finding, Parsed
from services.kit.japan.clock import JST
from services.kit.japan.codes import parse_instant
from services.kit.japan.reading import fold
from services.kit.text import Text

_LONGEST = 40
_CLOCK = r"(?P<before>午前|午後)? ?(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))? ?(?P<after>[AaPp][Mm])?"
_FORMS = tuple(
    re.compile(day + r"[, ]+" + _CLOCK)
    for day in (
        r"(?P<year>[0-9]{4})[/-](?P<month>[0-9]{1,2})[/-](?P<day>[0-9]{1,2})",
        r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4}|[0-9]{2})",
        r"(?P<year>[0-9]{4})年(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})日",
    )
)
BAD_TIME = Finding(
    "meeting_time_unreadable",
    Text("参加・退出の時刻として読み取れません", "This cannot be read as a time of joining or leaving"),
    Text(
        "会議ツールが出力したまま（2024/07/29 09:00:12 など）にしてください。",
        "Leave it as the meeting tool wrote it, such as 07/29/2024 09:00:12 AM.",
    ),
    "L3-05",
)


def parse_meeting_time(raw: Raw) -> Parsed[datetime]:
    if isinstance(raw, str) and len(raw) <= _LONGEST:
        text = fold(raw.strip()).replace("\u202f", " ")
        if (match := next((found for form in _FORMS if (found := form.fullmatch(text))), None)) is not None:
            value = _instant(match)
            return Parsed(value.astimezone(UTC), value.isoformat())
    if not isinstance(raw, str | datetime):
        raise BadValue(BAD_TIME)
    return parse_instant(raw)


def _instant(match: re.Match[str]) -> datetime:
    hour, year = int(match["hour"]), int(match["year"])
    half = {"午前": "am", "午後": "pm"}.get(match["before"] or "", (match["after"] or "").lower())
    if half and not 0 <= hour <= 12:
        half = ""  # a 24-hour clock with a mark that says nothing
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        day = date(year + 2000 if year < 100 else year, int(match["month"]), int(match["day"]))
        return datetime(
            day.year, day.month, day.day, hour, int(match["minute"]), int(match["second"] or 0), tzinfo=JST
        )
    except ValueError:
        raise BadValue(BAD_TIME) from None


MEETING_TIME = Cell(
    "meeting_time",
    parse_meeting_time,
    Text("会議ツールが出力した時刻（日本時間）", "A time as the meeting tool wrote it (Japanese time)"),
    rules=("L3-05",),
)
