"""Rules of slots (相談の枠): a wall time of a named zone, for some minutes."""

from datetime import datetime, timedelta
from typing import Literal

from services.kit.errors import Refusal
from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.wall_time import UNKNOWN_ZONE, Repeated, instant, zone

Channel = Literal["online", "skype", "phone", "in_person"]
SHORTEST, LONGEST = 10, 240  # minutes

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


def wall_time(text: str) -> datetime | None:
    try:
        found = datetime.strptime(text, "%Y-%m-%dT%H:%M")
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


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
