"""Calendars as files: entries of any service as one iCalendar (RFC 5545) that a calendar program subscribes to.

Nothing of it is of the moment of asking: the same entries give the same bytes, so an answer has a lasting ETag.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vText

MEDIA_TYPE = "text/calendar; charset=utf-8"
PRODUCER = "-//CLAIR//Kakehashi//JA"

_NO_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing with a time. Either both ends are aware instants (in a ZoneInfo or UTC), the last one without,
    or both are civil dates, the last one within; an entry of one day starts and ends on it.
    """

    uid: str  # for ever the same and the whole world's: id@host
    sequence: int  # the version of the row: programs take over what is higher
    starts: datetime | date
    ends: datetime | date
    summary: str
    last_modified: datetime
    location: str | None = None
    description: str | None = None
    url: str | None = None
    cancelled: bool = False  # is kept and told, or the program goes on showing it


def ics(entries: Sequence[Entry], name: str) -> bytes:
    """The calendar `name` with its entries, in their order."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for field in ("name", "x-wr-calname"):  # of RFC 7986, and what programs understood before
        calendar.add(field, vText(_text(name)))
    for zone, (first, last) in sorted(_zones(entries).items()):
        calendar.add_component(_timezone(zone, first, last))
    for entry in entries:
        calendar.add_component(_event(entry))
    made: bytes = calendar.to_ical()
    return made


def _event(entry: Entry) -> Event:
    starts, ends = _span(entry)
    if _NO_LINE.search(entry.uid) or _NO_LINE.search(entry.url or ""):
        raise ValueError(f"{entry.uid!r} or its address is more than a line")
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.last_modified.astimezone(UTC))
    event.add("last-modified", entry.last_modified.astimezone(UTC))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("dtstart", starts)
    if ends != starts:
        event.add("dtend", ends)
    event.add("summary", _text(entry.summary))
    for field, value in (("location", entry.location), ("description", entry.description)):
        if value:
            event.add(field, _text(value))
    if entry.url:
        event.add("url", entry.url)
    return event


def _span(entry: Entry) -> tuple[datetime | date, datetime | date]:
    """As the standard has it: both ends without their last moment."""
    starts, ends = entry.starts, entry.ends
    if isinstance(starts, datetime) and isinstance(ends, datetime):
        starts, ends = _instant(starts), _instant(ends)
        if ends.astimezone(UTC) < starts.astimezone(UTC):
            raise ValueError(f"{entry.uid} ends before it starts")
        return starts, ends
    if isinstance(starts, datetime) or isinstance(ends, datetime):
        raise ValueError(f"{entry.uid} has a time at one end only")
    if ends < starts:
        raise ValueError(f"{entry.uid} ends before it starts")
    return starts, ends + timedelta(days=1)


def _instant(moment: datetime) -> datetime:
    """Wall time of its zone; UTC where the wall shows that time twice and this is the second."""
    if moment.tzinfo == UTC:
        return moment
    if not isinstance(moment.tzinfo, ZoneInfo):
        raise ValueError("an instant of a calendar is in a named zone, or in UTC")
    again = moment.utcoffset() != moment.replace(fold=0).utcoffset()
    return moment.astimezone(UTC) if again or moment.tzinfo.key in ("UTC", "Etc/UTC") else moment


def _zones(entries: Iterable[Entry]) -> dict[str, tuple[int, int]]:
    """The zones that are named, each with the first and the last year in which it is."""
    years: dict[str, tuple[int, int]] = {}
    for entry in entries:
        for moment in _span(entry):
            if isinstance(moment, datetime) and isinstance(moment.tzinfo, ZoneInfo):
                zone = str(moment.tzinfo.key)
                first, last = years.get(zone, (moment.year, moment.year))
                years[zone] = min(first, moment.year), max(last, moment.year)
    return years


@lru_cache(maxsize=256)
def _timezone(zone: str, first: int, last: int) -> Timezone:
    """The offsets of a zone over whole years, one more on either side, for programs that know no zones.

    An onset is told in the wall time before it (RFC 5545, 3.6.5); icalendar 7.3 tells it in the one after, so the
    clocks of a strict reader would go forward an hour late.
    """
    clock = ZoneInfo(zone)
    told = Timezone()
    told.add("tzid", zone)
    start = datetime(first - 1, 1, 1, tzinfo=UTC)
    onsets: dict[_Offset, list[datetime]] = {_Offset.at(start, start, clock): [start]}
    for onset in _transitions(clock, start, datetime(last + 2, 1, 1, tzinfo=UTC)):
        onsets.setdefault(_Offset.at(onset - timedelta(seconds=1), onset, clock), []).append(onset)
    for offset, moments in onsets.items():
        observance = TimezoneDaylight() if offset.summer else TimezoneStandard()
        walls = [(moment + offset.before).replace(tzinfo=None) for moment in moments]
        observance.add("dtstart", walls[0])
        if walls[1:]:
            observance.add("rdate", walls[1:])
        observance.add("tzoffsetfrom", offset.before)
        observance.add("tzoffsetto", offset.after)
        observance.add("tzname", offset.name)
        told.add_component(observance)
    return told


class _Offset(NamedTuple):
    """What a transition changes. The offset before the first one that is told is its own."""

    before: timedelta
    after: timedelta
    name: str
    summer: bool

    @classmethod
    def at(cls, before: datetime, after: datetime, clock: ZoneInfo) -> Self:
        old, new = before.astimezone(clock), after.astimezone(clock)
        return cls(
            old.utcoffset() or timedelta(),
            new.utcoffset() or timedelta(),
            new.tzname() or "",
            bool(new.dst()),
        )


def _transitions(clock: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The instants at which a clock is put forward or back. No zone does so twice within a day."""
    day = timedelta(days=1)
    while start < end:
        low, high = start, start + day
        start = high
        if _shown(clock, low) == _shown(clock, high):
            continue
        while high - low > timedelta(seconds=1):
            middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
            low, high = (middle, high) if _shown(clock, middle) == _shown(clock, low) else (low, middle)
        yield high


def _shown(clock: ZoneInfo, moment: datetime) -> tuple[timedelta | None, str | None]:
    wall = moment.astimezone(clock)
    return wall.utcoffset(), wall.tzname()


def _text(value: str) -> str:
    """Without the controls that the standard forbids; lines end as it says."""
    return _NOT_TEXT.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
