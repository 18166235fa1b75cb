"""Times of the day as they stand in spreadsheets: Excel's fractions of a day, 9:30, 9時30分, 午後1時."""

import re
from datetime import time

from services.kit.findings import Parsed
from services.kit.japan.reading import folded, refusal, shown
from services.kit.text import Text

MINUTES = 24 * 60
_TIME = re.compile(
    r"(?P<half>午前|午後)?(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2})(?::00)?|時(?:(?P<spoken>[0-9]{1,2})分|(?P<thirty>半))?)"
)


def parse_time(raw: object) -> Parsed[str]:
    """As HH:MM; of what has seconds nobody says that an event begins so."""
    minutes = _minutes(raw)
    if minutes is None or not 0 <= minutes < MINUTES:
        raise refusal(
            "time_unreadable",
            Text(
                f"「{shown(raw)}」を時刻として読み取れません。", f"“{shown(raw)}” cannot be read as a time."
            ),
            Text("9:30 または 9時30分 の形で書いてください。", "Write it as 9:30 or 13:00."),
        )
    text = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return Parsed(text, text)


def _minutes(raw: object) -> int | None:
    if isinstance(raw, time):
        return raw.hour * 60 + raw.minute if raw.second == 0 else None
    if isinstance(raw, float):
        minutes = raw * MINUTES
        return round(minutes) if 0 <= raw < 1 and abs(minutes - round(minutes)) < 1e-6 else None
    match = _TIME.fullmatch(folded(raw))
    if match is None:
        return None
    minute = int(match["minute"] or match["spoken"] or (30 if match["thirty"] else 0))
    hour = int(match["hour"])
    if match["half"]:
        if hour > 12:
            return None
        hour = hour % 12 + (12 if match["half"] == "午後" else 0)
    return hour * 60 + minute if minute < 60 else None
