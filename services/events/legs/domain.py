"""Rules of legs (日程): a wall time of the venue's own zone, and the fiscal year of the venue's own day."""

from datetime import date, datetime
from typing import Any

from services.kit.findings import Finding
from services.kit.text import Text
from services.kit.wall_time import UNKNOWN_ZONE, Repeated, instant, zone

Findings = list[tuple[str, Finding]]
ONE_TIME = Finding(
    "leg_times_incomplete",
    Text("開始時刻と終了時刻はそろって必要です", "A leg has both its times, or neither"),
    Text("両方を入力するか、両方を空欄にしてください。", "Give both, or neither."),
)
ENDS_FIRST = Finding(
    "leg_ends_first",
    Text("終了が開始より前です", "The leg ends before it begins"),
    Text("開始と終了の日付・時刻を確認してください。", "Check its days and times."),
)
ANOTHER_YEAR = Finding(
    "leg_in_another_fiscal_year",
    Text(
        "開催地の日付が、この開催の年度に入りません",
        "Its day at the venue is not in the edition's fiscal year",
    ),
    Text(
        "開催地の現地日付で年度を決めます。日付を直すか、別の年度の開催を登録してください。",
        "The day at the venue decides. Mend the day, or make an edition of the other year.",
    ),
)
CANCELLED = Finding(
    "cancelled_without_reason",
    Text("中止日と中止の理由はそろって必要です", "The day of a cancellation and its reason come together"),
    Text("両方を入力するか、両方を空欄にしてください。", "Give both, or neither."),
)
WINDOW = Finding(
    "registration_window_incomplete",
    Text("参加申込みの受付開始と終了はそろって必要です", "Registration has both its times, or neither"),
    Text(
        "開始が終了より前になるように両方を入力するか、両方を空欄にしてください。",
        "Give both, the first before the last, or neither.",
    ),
)
SEATS_WITHOUT_WINDOW = Finding(
    "seats_without_registration",
    Text("定員には参加申込みの受付期間が必要です", "Seats come with a time of registration"),
    Text(
        "受付の開始と終了を入力するか、定員を空欄にしてください。", "Give the time, or leave the seats out."
    ),
)
WINDOW_STAYS = Finding(
    "registration_stays",
    Text("参加申込みの受付期間は空欄に戻せません", "The time of registration cannot be taken away again"),
    Text("受付を終えるには、終了日時を早めてください。", "To close registration, let it end earlier."),
)
NO_INSTANTS = (None, None)


def instants(
    name: str,
    starts_on: date,
    opens: str | None,
    ends_on: date,
    closes: str | None,
    repeated: Repeated | None,
) -> tuple[datetime | None, datetime | None] | Findings:
    """When a leg begins and ends, in UTC; none where its times are not known."""
    where = zone(name)
    if where is None:
        return [("time_zone", UNKNOWN_ZONE)]
    if ends_on < starts_on:
        return [("ends_on", ENDS_FIRST)]
    if opens is None and closes is None:
        return NO_INSTANTS
    if opens is None or closes is None:
        return [("opens_at" if opens is None else "closes_at", ONE_TIME)]
    starts = instant(_wall(starts_on, opens), where, repeated)
    ends = instant(_wall(ends_on, closes), where, repeated)
    if isinstance(starts, Finding) or isinstance(ends, Finding):
        told = (("opens_at", starts), ("closes_at", ends))
        return [(field, one) for field, one in told if isinstance(one, Finding)]
    return (starts, ends) if starts < ends else [("closes_at", ENDS_FIRST)]


def check_window(
    seats: int | None, opens: datetime | None, closes: datetime | None, had_one: bool
) -> Findings:
    """Where there is a window there are registrations; without seats, as many as come."""
    if opens is None and closes is None:
        if had_one:
            return [("registers_from", WINDOW_STAYS)]
        return [] if seats is None else [("seats", SEATS_WITHOUT_WINDOW)]
    if opens is None or closes is None:
        return [("registers_from" if opens is None else "registers_until", WINDOW)]
    return [] if opens < closes else [("registers_until", WINDOW)]


def _wall(day: date, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime(day.year, day.month, day.day, int(hour), int(minute))


def moved(before: Any, after: Any) -> bool:
    """Whether who has it in a calendar must be told: its name, its time, its place, or that it is off."""
    seen = (
        "starts_on",
        "ends_on",
        "starts_at",
        "ends_at",
        "venue",
        "place",
        "country",
        "time_zone",
        "label",
        "mode",
        "cancelled_on",
    )
    return any(before[name] != after[name] for name in seen)
