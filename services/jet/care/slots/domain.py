"""Rules of slots (相談の枠): a wall time of a named zone, which is one instant, none, or two.

Where clocks go forward an hour is not shown, and nobody can meet in it; where they go back an hour is shown twice, and
it must be said which is meant.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from services.kit.errors import Refusal
from services.kit.findings import Finding
from services.kit.text import Text

Channel = Literal["online", "skype", "phone", "in_person"]
Repeated = Literal["first", "second"]
SHORTEST, LONGEST = 10, 240  # minutes

UNKNOWN_ZONE = Finding(
    "time_zone_unknown",
    Text("このタイムゾーンはありません", "There is no such time zone"),
    Text("Asia/Tokyo のような IANA の名称を入力してください。", "Give an IANA name, such as Asia/Tokyo."),
)
NOT_SHOWN = Finding(
    "wall_time_skipped",
    Text("この時刻は、夏時間への切替えで存在しません", "Clocks go forward then and do not show this time"),
    Text("切替えの前か後の時刻にしてください。", "Choose a time before or after the change."),
)
SHOWN_TWICE = Finding(
    "wall_time_repeated",
    Text("この時刻は、夏時間の終わりで2回あります", "Clocks go back then and show this time twice"),
    Text(
        "repeated_hour で1回目（first）か2回目（second）かを指定してください。",
        "Say in repeated_hour whether the first or the second is meant.",
    ),
)
NO_WALL_TIME = Finding(
    "wall_time_malformed",
    Text("日時として読み取れません", "This is no date and time"),
    Text("2026-04-01T10:00 の形で入力してください。", "Write it as 2026-04-01T10:00, without a zone."),
)
SLOT_PAST = Finding(
    "slot_past",
    Text("過ぎた時刻の枠です", "The slot would lie in the past"),
    Text("これからの日時にしてください。", "Choose a time that is still to come."),
)
SLOT_OVERLAPS = Refusal(
    "slot_overlaps", "conflict",
    Text("同じ時間に、あなたの別の枠があります", "You have another slot at that time"),
    Text("時刻を変えるか、先に別の枠を取り下げてください。", "Choose another time, or withdraw the other slot first."),
)  # fmt: skip
SLOT_BOOKED = Text(
    "この枠には予約があります。先に予約を取り消してください。",
    "The slot is booked. Cancel the booking first.",
)
SLOT_GONE = Text("この枠はすでに取り下げられています。", "This slot was withdrawn already.")


@cache
def zones() -> frozenset[str]:
    return frozenset(available_timezones())


def zone(name: str) -> ZoneInfo | None:
    return ZoneInfo(name) if name in zones() else None


def wall_time(text: str) -> datetime | None:
    try:
        found = datetime.strptime(text, "%Y-%m-%dT%H:%M")
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def instant(local: datetime, where: ZoneInfo, repeated: Repeated | None = None) -> datetime | Finding:
    """When the clocks of a zone show `local`, in UTC."""
    both = [local.replace(tzinfo=where, fold=fold).astimezone(UTC) for fold in (0, 1)]
    shown = [one for one in both if one.astimezone(where).replace(tzinfo=None, fold=0) == local]
    if not shown:
        return NOT_SHOWN
    first, last = shown[0], shown[-1]
    if first == last:
        return first
    if repeated is None:
        return SHOWN_TWICE
    return first if repeated == "first" else last


def offered(
    starts: str, name: str, minutes: int, repeated: Repeated | None, now: datetime
) -> tuple[datetime, datetime, datetime] | tuple[str, Finding]:
    """The wall time and the two ends of a slot, or the field at fault with what is wrong. A length is of time that
    passes, whatever the clocks do meanwhile."""
    where, local = zone(name), wall_time(starts)
    if where is None:
        return "time_zone", UNKNOWN_ZONE
    if local is None:
        return "local_start", NO_WALL_TIME
    at = instant(local, where, repeated)
    if isinstance(at, Finding):
        return "local_start", at
    if at <= now:
        return "local_start", SLOT_PAST
    return local, at, at + timedelta(minutes=minutes)


def why_not_withdrawn(withdrawn: bool, taken: bool) -> Text | None:
    if withdrawn:
        return SLOT_GONE
    return SLOT_BOOKED if taken else None
