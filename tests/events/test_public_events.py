"""What is announced, without a key: the list, and calendars that programs of others read back."""

import csv
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.tz import tzical
from icalendar import Calendar

from services.events.legs.rezoning import tell_anew
from services.kit.wall_time import RELEASE
from tests.events.registering import fiscal_year
from tests.support.events import Events, code, done
from tests.support.serving import Caller

# what is typed: zone, first day and hour, last day and hour, as the venue's clocks show them
TYPED = {
    "Australia/Adelaide": ("2026-01-15", "10:00", "2026-01-15", "16:00"),  # +10:30
    "Australia/Darwin": ("2026-07-15", "10:00", "2026-07-15", "16:00"),
    "Australia/Brisbane": ("2026-01-16", "10:00", "2026-01-16", "16:00"),  # no summer time beside Sydney's
    "Australia/Sydney": ("2026-01-16", "10:00", "2026-01-16", "16:00"),
    "Asia/Kolkata": ("2026-02-01", "09:30", "2026-02-03", "18:00"),
    "America/New_York": ("2026-03-31", "19:00", "2026-03-31", "21:00"),
    "Europe/Paris": ("2026-03-28", "18:00", "2026-03-29", "12:00"),  # over the change of the clocks
}
INSTANTS = {
    "Australia/Adelaide": "2026-01-14T23:30:00Z", "Australia/Brisbane": "2026-01-16T00:00:00Z",
    "Australia/Sydney": "2026-01-15T23:00:00Z", "Asia/Kolkata": "2026-02-01T04:00:00Z",
    "America/New_York": "2026-03-31T23:00:00Z",
}  # fmt: skip


def edition(
    events: Events, caller: Caller, office: str | None, day: str, *, public: bool = True, **given: Any
) -> str:
    programme = given.pop("programme", "hosted_economic_event")
    event = events.made(
        "events",
        caller,
        code=code("EV"),
        programme=programme,
        office_code=office,
        name_ja="架空フェア",
    )["code"]
    told = {"fiscal_year": fiscal_year(date.fromisoformat(day)), "title_ja": "架空フェア", "public": public}
    return str(events.made("editions", caller, code=code("ED"), event_code=event, **told | given)["code"])


def leg(events: Events, caller: Caller, of: str, zone: str, day: str, **given: Any) -> str:
    body = {"code": code("LG"), "edition_code": of, "time_zone": zone, "starts_on": day, "ends_on": day}
    return str(events.made("legs", caller, **body | given)["code"])


def calendar(events: Events, **params: str) -> dict[str, Any]:
    """By the legs' codes, which stand for their venues here."""
    answer = events.call("public_calendar_read", None, params=params)
    assert answer.status_code == 200, answer.text
    found = Calendar.from_ical(answer.content)
    return {str(one.get("LOCATION")): one for one in found.walk("VEVENT")}


def test_calendars_show_the_time_that_was_typed(events: Events) -> None:
    officer = events.at("sydney")
    for zone, (first, opens, last, closes) in TYPED.items():
        of = edition(events, officer, "sydney", first)
        times = {"ends_on": last, "opens_at": opens, "closes_at": closes, "venue": zone}
        leg(events, officer, of, zone, first, **times)
    content = events.call("public_calendar_read", None, params={"office": "sydney"}).content
    # one reader takes the zones that the file tells, the other knows them by itself
    told = tzical(StringIO(content.decode().replace("\r\n ", "")))
    found: dict[str, Any] = {str(one["LOCATION"]): one for one in Calendar.from_ical(content).walk("VEVENT")}
    assert set(found) == set(TYPED)
    for zone, (first, opens, last, closes) in TYPED.items():
        for name, day, clock in (("DTSTART", first, opens), ("DTEND", last, closes)):
            value = found[zone][name]
            assert value.params["TZID"] == zone
            wall = datetime.fromisoformat(f"{day}T{clock}")
            assert value.dt.replace(tzinfo=None) == wall
            for reader in (told.get(zone), ZoneInfo(zone)):
                instant = wall.replace(tzinfo=reader).astimezone(UTC)
                assert instant == value.dt.astimezone(UTC)
                if name == "DTSTART" and zone in INSTANTS:
                    assert instant == datetime.fromisoformat(INSTANTS[zone])
    nobody = events.call("public_calendar_read", None, params={"office": "sydney"})
    again = {"If-None-Match": nobody.headers["etag"]}
    answer = events.call("public_calendar_read", None, again, params={"office": "sydney"})
    assert answer.status_code == 304


def test_what_is_off_is_told_as_off(events: Events) -> None:
    officer, day = events.at("london"), "2026-10-01"
    of = edition(
        events, officer, "london", day, title_en="Fair", host="架空商工会議所", programme="media_promotion"
    )
    named = leg(
        events, officer, of, "Europe/London", day, venue="ホール", label="二日目", number=2, mode="hybrid"
    )
    other = leg(events, officer, of, "Europe/London", day, venue="広場", opens_at="10:00", closes_at="16:00")
    hidden = edition(events, officer, "london", day, public=False)
    leg(events, officer, hidden, "Europe/London", day, venue="非公開")
    before = calendar(events, office="london")
    assert set(before) == {"ホール", "広場"}
    assert (
        before["ホール"]["DTSTART"].dt == date(2026, 10, 1) and "DTEND" in before["ホール"]
    )  # the whole day
    assert (before["広場"]["SEQUENCE"], before["広場"]["STATUS"]) == (0, "CONFIRMED")

    done(events.change("legs", other, officer, cancelled_on=day, cancelled_reason="荒天"))
    after = calendar(events, office="london")
    assert (after["広場"]["SEQUENCE"], after["広場"]["STATUS"]) == (1, "CANCELLED")
    assert after["広場"]["UID"] == before["広場"]["UID"]
    done(events.change("editions", of, officer, standing="postponed", standing_reason="会場の都合"))
    put_off = calendar(events, office="london", language="en")
    assert (put_off["ホール"]["SEQUENCE"], put_off["ホール"]["STATUS"]) == (1, "CANCELLED")
    assert put_off["ホール"]["SUMMARY"] == "Postponed: Fair"
    assert calendar(events, office="paris") == {}

    listed = events.codes("public_events", None, office="london", sort="code")
    assert listed == [named, other]
    assert events.codes("public_events", None, state="cancelled", programme="media_promotion") == [other]
    assert events.codes("public_events", None, office="london", **{"from": "2026-10-02"}) == []
    answer = events.call(
        "public_events_list",
        None,
        {"Accept": "text/csv", "Accept-Language": "ja"},
        params={"state": "postponed"},
    )
    (row,) = csv.DictReader(StringIO(answer.text.lstrip("\ufeff")))
    assert {name: row[name] for name in list(row)[:13]} == {
        "ID": named, "イベント名": "架空フェア 二日目", "イベント名（英語）": "Fair", "開始日": "2026-10-01",
        "終了日": "2026-10-01", "開始時刻": "", "終了時刻": "", "タイムゾーン": "Europe/London", "場所": "ホール",
        "国": "", "開催方式": "hybrid", "主催者": "架空商工会議所", "状態": "postponed",
    }  # fmt: skip


def test_a_zone_whose_rules_change_keeps_its_wall_times(events: Events) -> None:
    officer, day = events.at("paris"), "2026-11-05"
    of = edition(events, officer, "paris", day)
    times = {"opens_at": "10:00", "closes_at": "16:00"}
    moved, same = (
        leg(events, officer, of, "Europe/Paris", day, number=n, venue=str(n), **times) for n in (1, 2)
    )
    spring = edition(events, officer, "paris", "2026-03-28")
    gap = leg(
        events,
        officer,
        spring,
        "Europe/Paris",
        "2026-03-29",
        venue="gap",
        opens_at="03:30",
        closes_at="16:00",
    )
    # as a release before would have told them: an hour later; and an hour that the clocks do not show now
    events.sql(
        "UPDATE events.leg SET zone_release = '2020a', starts_at = starts_at + interval '1 hour', "
        f"ends_at = ends_at + interval '1 hour' WHERE code = '{moved}'"
    )
    events.sql(f"UPDATE events.leg SET zone_release = '2020a' WHERE code = '{same}'")
    events.sql(f"UPDATE events.leg SET zone_release = '2020a', opens_at = '02:30' WHERE code = '{gap}'")
    database = events.served.app.state.service.database
    for _ in range(2):  # twice is once
        events.served.run(tell_anew(database))
    found = {one: done(events.call("legs_read", officer, path={"ref": one})) for one in (moved, same, gap)}
    assert [(one["sequence"], one["zone_release"], one["zone_problem"]) for one in found.values()] == [
        (1, RELEASE, None), (0, RELEASE, None), (0, "2020a", "wall_time_skipped"),
    ]  # fmt: skip
    assert found[moved]["starts_at"] == "2026-11-05T09:00:00Z"
    entry = calendar(events, office="paris")["1"]
    assert (entry["SEQUENCE"], entry["DTSTART"].dt.replace(tzinfo=None)) == (1, datetime(2026, 11, 5, 10))
    assert events.codes("legs", officer, zone_problem="wall_time_skipped") == [gap]
    told = events.sql(
        f"SELECT role, before ->> 'starts_at' AS was FROM events.audit_entry WHERE resource_id = '{found[moved]['id']}' "
        "AND action = 'tell_anew'"
    )
    assert [tuple(one) for one in told] == [("worker", "2026-11-05T10:00:00Z")]
    decided = done(events.change("legs", gap, officer, opens_at="03:30"))
    assert (decided["zone_problem"], decided["zone_release"]) == (None, RELEASE)


def test_calendars_hear_of_each_change_and_of_the_end(events: Events) -> None:
    """The name, the host and the label count as the place does; what is announced no more is off, and has no name."""
    officer, day = events.at("beijing"), "2026-10-01"
    of = edition(events, officer, "beijing", day, title_en="Fair")
    one = leg(events, officer, of, "Asia/Shanghai", day, venue="会館", opens_at="10:00", closes_at="16:00")

    def told() -> Any:
        asked = {"office": "beijing", "language": "en"}
        content = events.call("public_calendar_read", None, params=asked).content
        found: list[Any] = Calendar.from_ical(content).walk("VEVENT")
        (one,) = found
        assert one["DTSTAMP"].dt == one["LAST-MODIFIED"].dt
        return one

    before = told()
    for number, (kind, ref, body) in enumerate(
        (
            ("editions", of, {"title_en": "Great Fair"}),
            ("editions", of, {"host": "架空商工会議所"}),
            ("legs", one, {"label": "初日"}),
            ("legs", one, {"time_zone": "Asia/Tokyo"}),
        ),
        start=1,
    ):
        events.advance(1)
        done(events.change(kind, ref, officer, **body))
        after = told()
        assert (after["SEQUENCE"], after["DTSTAMP"].dt > before["DTSTAMP"].dt) == (number, True), body
        before = after
    # what nobody is shown moves nothing; nor does a zone that is known no more keep others from their calendar
    done(events.change("editions", of, officer, audience="企業"))
    events.sql(f"UPDATE events.leg SET time_zone = 'Asia/Nowhere' WHERE code = '{one}'")
    assert (told()["SEQUENCE"], told()["DTSTART"].dt) == (4, datetime(2026, 10, 1, 1, tzinfo=UTC))
    events.sql(f"UPDATE events.leg SET time_zone = 'Asia/Tokyo' WHERE code = '{one}'")

    done(events.change("editions", of, officer, public=False))
    made = events.made("legs", officer, code=code("LG"), edition_code=of, time_zone="Asia/Tokyo", number=2,
                       starts_on=day, ends_on=day)["code"]  # fmt: skip
    gone = told()
    assert (gone["UID"], gone["SEQUENCE"], gone["STATUS"]) == (before["UID"], 5, "CANCELLED")
    assert (gone["SUMMARY"], gone.get("LOCATION"), gone.get("DESCRIPTION")) == (
        "No longer announced",
        None,
        None,
    )
    assert events.codes("public_events", None, office="beijing") == []
    done(events.change("editions", of, officer, public=True))
    assert sorted(events.codes("public_events", None, office="beijing")) == sorted([one, made])
    done(events.change("editions", of, officer, public=False))
    events.advance(366)
    assert calendar(events, office="beijing") == {}
