"""Events, editions and legs through the front door: zones, days, fiscal years, and for whom they are."""

import json
from typing import Any

from tests.support.events import Events, code, done, wrong
from tests.support.serving import Caller


def edition(events: Events, caller: Caller, office: str | None = None, **given: Any) -> str:
    """A new edition of 2024, of an event of its own."""
    event = events.made(
        "events",
        caller,
        code=code("EV"),
        programme="joined_economic_event",
        office_code=office,
        name_ja="架空フェア",
    )["code"]
    body = {"code": code("ED"), "event_code": event, "fiscal_year": 2024, "title_ja": "架空フェア2024"}
    return str(events.made("editions", caller, **body | given)["code"])


def leg(of: str, **given: Any) -> dict[str, Any]:
    return {
        "code": code("LG"), "edition_code": of, "time_zone": "America/New_York", "starts_on": "2024-05-11",
        "ends_on": "2024-05-11",
    } | given  # fmt: skip


def test_a_time_is_the_venues(events: Events) -> None:
    officer = events.at("new_york")
    of = edition(events, officer, "new_york")
    evening = {"starts_on": "2025-03-31", "ends_on": "2025-03-31", "opens_at": "19:00", "closes_at": "21:00"}
    made = events.made("legs", officer, **leg(of, **evening))
    assert (made["starts_at"], made["fiscal_year"]) == ("2025-03-31T23:00:00Z", 2024)
    gap = {"starts_on": "2025-03-09", "ends_on": "2025-03-09", "opens_at": "02:30", "closes_at": "04:00"}
    assert wrong(events.call("legs_create", officer, json=leg(of, number=2, **gap))) == {
        ("/opens_at", "wall_time_skipped")
    }
    twice = {"starts_on": "2024-11-03", "ends_on": "2024-11-03", "opens_at": "01:30", "closes_at": "04:00"}
    assert wrong(events.call("legs_create", officer, json=leg(of, number=2, **twice))) == {
        ("/opens_at", "wall_time_repeated")
    }
    second = events.made("legs", officer, **leg(of, number=2, repeated_hour="second", **twice))
    assert second["starts_at"] == "2024-11-03T06:30:00Z"
    april = {"starts_on": "2025-04-01", "ends_on": "2025-04-01"}
    assert wrong(events.call("legs_create", officer, json=leg(of, number=3, **april))) == {
        ("/starts_on", "leg_in_another_fiscal_year")
    }


def test_a_move_is_counted(events: Events) -> None:
    officer = events.at("paris")
    of = edition(events, officer, "paris")
    made = events.made("legs", officer, **leg(of, time_zone="Europe/Paris"))
    assert made["sequence"] == 0
    assert done(events.change("legs", made["code"], officer, topic="食"))["sequence"] == 0
    assert done(events.change("legs", made["code"], officer, venue="架空会館"))["sequence"] == 1


def test_an_office_writes_its_own(events: Events) -> None:
    of = edition(events, events.at("paris"), "paris")
    answer = events.call("legs_create", events.at("london"), json=leg(of))
    assert wrong(answer) == {("/edition_code", "office_not_yours")}
    assert events.call("legs_create", events.headquarters, json=leg(of)).status_code == 201
    tool = Caller("organisation", "kanri-tool")
    assert of not in events.codes("editions", tool)
    done(events.change("editions", of, events.headquarters, public=True))
    assert of in events.codes("editions", tool)


def test_what_is_not_held_has_a_reason(events: Events) -> None:
    officer = events.at("singapore")
    of = edition(events, officer, "singapore")
    answer = events.change("editions", of, officer, standing="postponed")
    assert wrong(answer) == {("/standing_reason", "standing_without_reason")}
    made = done(
        events.change(
            "editions", of, officer, standing="postponed", standing_reason="会場の都合", next_plan="翌年6月"
        )
    )
    assert made["state"] == "postponed"


def test_a_file_takes_over_nothing_of_another_office(events: Events) -> None:
    london, paris = events.at("london"), events.at("paris")
    theirs, own = edition(events, london, "london"), edition(events, paris, "paris")
    names = {
        of: done(events.call("editions_read", paris, path={"ref": of}))["event_code"] for of in (theirs, own)
    }
    held = events.made("legs", london, **leg(theirs))["code"]
    for kind, row in (
        ("events", {"code": names[theirs], "programme": "other", "office_code": "paris", "name_ja": "架空"}),
        ("editions", {"code": theirs, "event_code": names[own], "fiscal_year": 2024, "title_ja": "架空"}),
        ("legs", leg(own, code=held)),
    ):
        summary = events.imported(kind, paris, json.dumps(row).encode())
        assert [one["rule"] for one in summary["problems"]] == ["office_not_yours"], (kind, summary)


def test_what_is_below_is_not_left_behind(events: Events) -> None:
    """An event stays with its office, an edition with its event, a leg with its edition: by hand and by file."""
    officer = events.headquarters
    one, other = (edition(events, officer, office) for office in ("paris", "london"))
    names = [
        done(events.call("editions_read", officer, path={"ref": of}))["event_code"] for of in (one, other)
    ]
    held = events.made("legs", officer, **leg(one))["code"]
    answer = events.change("events", names[0], officer, office_code="london")
    assert wrong(answer) == {("/office_code", "fixed_by_identity")}
    for kind, field, row in (
        (
            "events",
            "office_code",
            {"code": names[0], "programme": "other", "office_code": "london", "name_ja": "架空"},
        ),
        (
            "editions",
            "event_code",
            {"code": one, "event_code": names[1], "fiscal_year": 2024, "title_ja": "架空"},
        ),
        ("legs", "edition_code", leg(other, code=held)),
    ):
        summary = events.imported(kind, officer, json.dumps(row).encode())
        found = [(one["field"], one["rule"]) for one in summary["problems"]]
        assert found == [(field, "fixed_by_identity")], (kind, summary)


def test_what_stands_under_an_edition_holds_it(events: Events) -> None:
    """Its year while it has legs, and its level while it is counted: by hand and by file, with the field that is wrong."""
    officer = events.headquarters
    of = edition(events, officer, counted_at="leg")
    held = events.made("legs", officer, **leg(of, number=2))["code"]
    events.organisations("福井県")
    body = {"edition_code": of, "organisation_code": "180009", "seq": 1, "leg_numbers": [2]}
    took_part = events.made("edition_participants", officer, **body)["id"]
    most = {"subject": "participants", "value": 2**31 - 1, "unit": "名"}
    events.made("attendance_counts", officer, code=code("C"), leg_code=held, **most)
    other = events.made("legs", officer, **leg(of, number=3))["code"]
    events.made("attendance_counts", officer, code=code("C"), leg_code=other, **most)
    stands = done(events.call("editions_read", officer, path={"ref": of}))
    row = {name: stands[name] for name in ("code", "event_code", "fiscal_year", "title_ja", "counted_at")}
    for field, value, rule in (
        ("fiscal_year", 2025, "leg_in_another_fiscal_year"), ("counted_at", "edition", "count_at_other_level"),
    ):  # fmt: skip
        assert wrong(events.change("editions", of, officer, **{field: value})) == {(f"/{field}", rule)}
        (problem,) = events.imported("editions", officer, json.dumps(row | {field: value}).encode())[
            "problems"
        ]
        assert (problem["field"], problem["rule"]) == (field, rule)
    for wrongly in ({"series_number": 0}, {"fiscal_year": 1986}):
        assert events.change("editions", of, officer, **wrongly).status_code == 422
    # two counts of the greatest number there is are still a number
    done(events.change("events", stands["event_code"], officer, programme="promotion_workshop"))
    (line,) = events.figures("multicultural-promotion-workshop")["cells"]
    assert line["value"] == 2 * (2**31 - 1)
    # who took part on a leg goes on having taken part on it
    done(events.change("legs", held, officer, number=7))
    read = done(events.call("edition_participants_read", officer, path={"ref": took_part}))
    assert read["leg_numbers"] == [7]
    last = {"ends_on": "9999-12-31", "opens_at": "10:00", "closes_at": "23:00"}
    assert wrong(events.change("legs", held, officer, **last)) == {("/closes_at", "wall_time_skipped")}
