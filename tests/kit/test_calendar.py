"""Calendars: read back as programs do, those that know the world's zones and those that know only the file."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from services.kit.calendar import Entry, ics

TOKYO = ZoneInfo("Asia/Tokyo")
CHANGED = datetime(2024, 6, 3, 18, 30, tzinfo=TOKYO)
ZONES = [
    "Asia/Tokyo", "America/New_York", "Europe/Paris", "Australia/Adelaide", "Australia/Brisbane",
    "Asia/Kolkata", "America/Sao_Paulo", "Pacific/Auckland", "Africa/Casablanca", "Australia/Lord_Howe",
]  # fmt: skip
ORIENTATION = Entry(
    uid="run-1@jet.kakehashi.example",
    sequence=4,
    starts=datetime(2024, 7, 29, 9, 30, tzinfo=TOKYO),
    ends=datetime(2024, 7, 29, 17, 0, tzinfo=TOKYO),
    summary="来日直後オリエンテーション（Aグループ）; 東京, 1日目\\",
    last_modified=CHANGED,
    location="京王プラザホテル, 東京都新宿区西新宿二丁目2番1号",
    description="持ち物：\r\n・在留カード\n・筆記用具",
    url="https://kakehashi.example/desk/runs/1?a=1;b,c",
)


def read(*entries: Entry) -> Any:
    return Calendar.from_ical(ics(entries, "研修"))


def event(entry: Entry) -> Any:
    [found] = read(entry).walk("VEVENT")
    return found


def test_an_entry_is_read_back_as_it_was_told() -> None:
    calendar = read(ORIENTATION)
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "研修"
    [found] = calendar.walk("VEVENT")
    assert found["DTSTART"].params["TZID"] == "Asia/Tokyo"
    assert (found.decoded("DTSTART"), found.decoded("DTEND")) == (ORIENTATION.starts, ORIENTATION.ends)
    assert (found["UID"], found["SEQUENCE"], found["STATUS"]) == (ORIENTATION.uid, 4, "CONFIRMED")
    assert (found["SUMMARY"], found["LOCATION"]) == (ORIENTATION.summary, ORIENTATION.location)
    assert found["DESCRIPTION"] == "持ち物：\n・在留カード\n・筆記用具"
    assert found["URL"] == ORIENTATION.url
    assert found.decoded("DTSTAMP") == found.decoded("LAST-MODIFIED") == CHANGED
    assert found["DTSTAMP"].to_ical() == b"20240603T093000Z"


def test_a_cancelled_entry_is_still_told() -> None:
    found = event(replace(ORIENTATION, cancelled=True, sequence=5))
    assert (found["STATUS"], found["SEQUENCE"]) == ("CANCELLED", 5)


@pytest.mark.parametrize(
    ("last", "until"), [(date(2024, 7, 29), b"20240730"), (date(2024, 7, 31), b"20240801")]
)
def test_civil_dates_end_on_the_day_after(last: date, until: bytes) -> None:
    found = event(replace(ORIENTATION, starts=date(2024, 7, 29), ends=last))
    assert found["DTSTART"].params["VALUE"] == found["DTEND"].params["VALUE"] == "DATE"
    assert (found["DTSTART"].to_ical(), found["DTEND"].to_ical()) == (b"20240729", until)


def test_lines_are_short_and_no_letter_is_cut() -> None:
    entry = replace(ORIENTATION, summary="国際交流員研修𠮷é" * 30)
    lines = ics([entry], "研修").split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode("utf-8") is not None for line in lines)
    assert event(entry)["SUMMARY"] == entry.summary


def test_nothing_typed_makes_a_line_of_its_own() -> None:
    typed = "a\r\nATTENDEE:mailto:x@y\rEND:VEVENT\x00\x0b\x85\nSTATUS:CANCELLED"
    entry = replace(ORIENTATION, summary=typed, location=typed, description=typed)
    lines = ics([entry], typed).decode().replace("\r\n ", "").split("\r\n")
    assert not [line for line in lines if line.startswith(("ATTENDEE", "STATUS:CANCELLED"))]
    assert lines.count("END:VEVENT") == 1
    assert not any(ord(letter) < 0x20 or ord(letter) == 0x85 for line in lines for letter in line)
    for torn in (replace(ORIENTATION, url=f"https://x.example/{typed}"), replace(ORIENTATION, uid=typed)):
        with pytest.raises(ValueError):
            ics([torn], "研修")


def test_the_same_entries_give_the_same_bytes() -> None:
    entries = [replace(ORIENTATION, starts=_at(zone), ends=_at(zone)) for zone in ZONES]
    assert ics(entries, "研修") == ics(entries, "研修")


def _at(zone: str) -> datetime:
    return datetime(2024, 7, 29, 9, 30, tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize("zone", ZONES)
def test_the_file_tells_its_zones_to_the_second(zone: str) -> None:
    """At each hour of three years, and just before and after each change of the clocks."""
    calendar = read(replace(ORIENTATION, starts=_at(zone), ends=_at(zone)))
    [told] = calendar.walk("VTIMEZONE")
    assert told["TZID"] == zone
    onsets = _onsets(told)
    clock = ZoneInfo(zone)
    moments = [datetime(2023, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(3 * 365 * 24)]
    moments += [onset + timedelta(seconds=beside) for onset, _, _ in onsets[1:] for beside in (-1, 0)]
    at = -1
    for moment in sorted(moments):
        while at + 1 < len(onsets) and onsets[at + 1][0] <= moment:
            at += 1
        there = moment.astimezone(clock)
        assert (there.utcoffset(), there.tzname()) == onsets[at][1:], moment


def _onsets(told: Any) -> list[tuple[datetime, timedelta, str]]:
    """Instant, offset and name of each change, as RFC 5545, 3.6.5 says it: the wall time is that of before."""
    found = []
    for observance in told.subcomponents:
        walls = [observance.decoded("DTSTART")]
        listed = observance.get("RDATE")
        walls += [each.dt for each in listed.dts] if listed is not None else []
        for wall in walls:
            instant = wall.replace(tzinfo=timezone(observance.decoded("TZOFFSETFROM"))).astimezone(UTC)
            found.append((instant, observance.decoded("TZOFFSETTO"), str(observance["TZNAME"])))
    return sorted(found)


def test_each_zone_is_told_once_over_all_its_years() -> None:
    paris = ZoneInfo("Europe/Paris")
    calendar = read(
        ORIENTATION,
        *(
            replace(
                ORIENTATION,
                uid=f"{year}@x",
                starts=datetime(year, 7, 1, tzinfo=paris),
                ends=_at("Asia/Tokyo"),
            )
            for year in (2019, 2022)
        ),
    )
    zones = {zone["TZID"]: _onsets(zone) for zone in calendar.walk("VTIMEZONE")}
    assert sorted(zones) == ["Asia/Tokyo", "Europe/Paris"]
    assert {onset.year for onset, _, _ in zones["Europe/Paris"]} == {*range(2018, 2024)}


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Paris", "Australia/Adelaide"])
def test_wall_time_stays_on_both_sides_of_a_change(zone: str) -> None:
    for month in (1, 7):
        starts = datetime(2025, month, 15, 14, 0, tzinfo=ZoneInfo(zone))
        found = event(replace(ORIENTATION, starts=starts, ends=starts + timedelta(hours=2)))
        assert found["DTSTART"].to_ical() == f"2025{month:02}15T140000".encode()
        assert found.decoded("DTSTART").astimezone(UTC) == starts.astimezone(UTC)


def test_the_second_of_two_like_hours_is_told_in_utc() -> None:
    new_york = ZoneInfo("America/New_York")
    first = datetime(2024, 11, 3, 1, 30, tzinfo=new_york)
    found = event(replace(ORIENTATION, starts=first, ends=first.replace(fold=1)))
    assert found["DTSTART"].to_ical() == b"20241103T013000"
    assert found["DTEND"].to_ical() == b"20241103T063000Z"


def test_an_hour_that_no_clock_shows_keeps_its_instant() -> None:
    gap = datetime(2024, 3, 10, 2, 30, tzinfo=ZoneInfo("America/New_York"))
    found = event(replace(ORIENTATION, starts=gap, ends=gap + timedelta(hours=2)))
    assert found.decoded("DTSTART").astimezone(UTC) == gap.astimezone(UTC)


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("UTC"), ZoneInfo("Etc/UTC")])
def test_utc_needs_no_zone(zone: Any) -> None:
    starts = datetime(2024, 7, 29, 0, 30, tzinfo=zone)
    calendar = read(replace(ORIENTATION, starts=starts, ends=starts))
    [found] = calendar.walk("VEVENT")
    assert found["DTSTART"].to_ical() == b"20240729T003000Z"
    assert "DTEND" not in found and not calendar.walk("VTIMEZONE")


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (datetime(2024, 7, 29, 9), datetime(2024, 7, 29, 10)),
        (datetime(2024, 7, 29, 9, tzinfo=timezone(timedelta(hours=9))),) * 2,
        (datetime(2024, 7, 29, 9, tzinfo=TOKYO), datetime(2024, 7, 29, 8, tzinfo=TOKYO)),
        (date(2024, 7, 29), date(2024, 7, 28)),
        (date(2024, 7, 29), datetime(2024, 7, 29, 8, tzinfo=TOKYO)),
    ],
)
def test_what_is_no_span_of_time_is_a_fault(starts: Any, ends: Any) -> None:
    with pytest.raises(ValueError):
        ics([replace(ORIENTATION, starts=starts, ends=ends)], "研修")


def test_no_entries_make_a_calendar_without_any() -> None:
    calendar = read()
    assert (calendar["X-WR-CALNAME"], calendar.walk("VEVENT")) == ("研修", [])
