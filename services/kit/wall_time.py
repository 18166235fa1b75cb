"""Wall times of named zones (IANA): each is one instant, none, or two.

Where clocks go forward an hour is not shown, and nobody can meet in it; where they go back an hour is shown twice, and
it must be said which is meant. The rules are those of the pinned package and of no machine, so that it can be said by
which release an instant was told.
"""

import zoneinfo
from datetime import UTC, datetime
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

import tzdata

from services.kit.findings import Finding
from services.kit.text import Text

zoneinfo.reset_tzpath(to=())
RELEASE: str = tzdata.IANA_VERSION
Repeated = Literal["first", "second"]

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


@cache
def zones() -> frozenset[str]:
    return frozenset(available_timezones() - {"Factory"})  # of a machine that nobody has set


def zone(name: str) -> ZoneInfo | None:
    return ZoneInfo(name) if name in zones() else None


def instant(local: datetime, where: ZoneInfo, repeated: Repeated | None = None) -> datetime | Finding:
    """When the clocks of a zone show `local`, in UTC."""
    try:
        both = [local.replace(tzinfo=where, fold=fold).astimezone(UTC) for fold in (0, 1)]
    except OverflowError:  # on the first and the last day that there are
        return NOT_SHOWN
    shown = [one for one in both if one.astimezone(where).replace(tzinfo=None, fold=0) == local]
    if not shown:
        return NOT_SHOWN
    first, last = shown[0], shown[-1]
    if first == last:
        return first
    if repeated is None:
        return SHOWN_TWICE
    return first if repeated == "first" else last
