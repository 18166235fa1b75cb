"""Tables 52 and 53 of the business report, and the calendar of a fair."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from services.kit.auth.scope import Rule
from tests.jet.fairing import COORDINATOR, consent, crowd, done, fair, person
from tests.support.jet import Jet
from tests.support.serving import Caller

FIXTURE = Path(__file__).parents[1] / "fixtures/fy2024/52-jet_career_fairs.csv"
PRINTED = ("row_no", "date_start", "date_end", "venue")


def figures(jet: Jet, name: str, caller: Caller = COORDINATOR, **params: Any) -> list[dict[str, Any]]:
    answer = jet.call("jet_statistics_read", caller, path={"name": name}, params=params)
    found: list[dict[str, Any]] = done(answer, 200)["cells"]
    return found


def lines(cells: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    """One row for each line, with a value for each metric."""
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for cell in cells:
        key = tuple(cell[name] for name in names)
        rows.setdefault(key, {name: cell[name] for name in names})[cell["metric"]] = cell["value"]
    return list(rows.values())


def hold(jet: Jet, code: str, held_on: str, venue: str, **given: Any) -> dict[str, Any]:
    """A fair of one day as a list of the year tells it."""
    opens_at = datetime.fromisoformat(f"{held_on}T10:00:00+09:00")
    year = opens_at.year if opens_at.month > 3 else opens_at.year - 1
    told = {"fair_code": code, "fiscal_year": year, "name_ja": "架空フェア", "name_en": "Fair"}
    own = {name: given.pop(name) for name in ("organiser_code", "granted", "counted_by") if name in given}
    until = {"candidates_until": (opens_at + timedelta(days=30)).isoformat()}
    done(jet.call("jet_career_fairs_create", json=told | until | {"counted_by": "headcount"} | own))
    day = {
        "fair_code": code, "day_number": 1, "held_on": held_on, "opens_at": opens_at.isoformat(),
        "closes_at": (opens_at + timedelta(hours=7)).isoformat(), "venue": venue,
    }  # fmt: skip
    return done(jet.call("jet_career_fair_days_create", json=day | given))


def test_the_report_is_given_back_to_the_digit(jet: Jet) -> None:
    printed = list(csv.DictReader(FIXTURE.read_text(encoding="utf-8-sig").splitlines()))
    for row in reversed(printed):  # numbered by their dates, however they came
        hold(
            jet, f"REPORT-{row['row_no']}", row["date_start"], row["venue"],
            reported_participants=int(row["participants"]), reported_exhibitors=int(row["exhibitors"]),
            method="counted", reported_on="2025-03-31",
        )  # fmt: skip
    now = jet.now().date()
    jet.advance((date(2025, 3, 31) - now).days)
    found = lines(figures(jet, "jet-career-fairs", fiscal_year=2024), *PRINTED)
    expected = [
        {"row_no": int(row["row_no"])} | {name: row[name] for name in PRINTED[1:]}
        | {"participants": int(row["participants"]), "exhibitors": int(row["exhibitors"])}
        for row in printed
    ]  # fmt: skip
    assert found == expected and len(found) == 2
    totals = done(
        jet.call("jet_statistics_read", path={"name": "jet-career-fairs"}, params={"fiscal_year": 2024}), 200
    )["totals"]
    assert [(one["metric"], one["value"], one["unit"]) for one in totals] == [
        ("participants", 338, "名"), ("exhibitors", 146, "団体"),
    ]  # fmt: skip
    ministry = figures(jet, "jet-career-fairs", Caller("ministry"), fiscal_year=2024)
    assert [one["value"] for one in ministry] == [
        one["value"] for one in figures(jet, "jet-career-fairs", fiscal_year=2024)
    ]
    assert not any("records" in one for one in ministry)


def test_attendance_and_reported_counts_are_never_added(jet: Jet) -> None:
    """Distinct persons over the days at a venue; a headcount beside them is there and is not counted."""
    made = fair(jet, days=2, fiscal_year=2031, candidates_until="2099-01-01T00:00:00+09:00")
    made.exhibitor()
    made.exhibitor(day_numbers=[2])
    path, headers = {"ref": made.days[0]}, {"If-Match": "*"}
    told = {
        "reported_participants": 999,
        "reported_exhibitors": 99,
        "method": "stated",
        "reported_on": "2024-07-08",
    }
    done(jet.call("jet_career_fair_days_change", headers=headers, path=path, json=told), 200)
    people = crowd(jet, made, 3)
    twice = people[0][0]
    made.register(twice, made.days[1], headline="Again")
    jet.advance(20)
    for who, _ in people[:2]:
        body = {"day_code": made.days[0], "jet_number": who.jet_number}
        done(jet.call("jet_fair_attendances_create", json=body))
    done(
        jet.call(
            "jet_fair_attendances_create", json={"day_code": made.days[1], "jet_number": twice.jet_number}
        )
    )
    cells = figures(jet, "jet-career-fairs", fiscal_year=2031)
    assert [(one["metric"], one["value"], one["qualifier"]) for one in cells] == [
        ("participants", 2, "exact"), ("exhibitors", 2, "exact"),
    ]  # fmt: skip
    assert len(behind(jet, cells[0])) == 3 and len(behind(jet, cells[1])) == 2
    change = {"ref": made.code}
    done(
        jet.call("jet_career_fairs_change", headers=headers, path=change, json={"counted_by": "headcount"}),
        200,
    )
    assert [one["value"] for one in figures(jet, "jet-career-fairs", fiscal_year=2031)] == [999, 99]


def behind(jet: Jet, cell: dict[str, Any]) -> list[Any]:
    """The records that a cell links to."""
    route, _, query = cell["records"].partition("?")
    operation = "jet_" + route.rsplit("/", 1)[1].replace("-", "_") + "_list"
    assert isinstance(jet.served.matrix[operation], Rule)
    items: list[Any] = done(jet.call(operation, params=dict(one.split("=") for one in decoded(query))), 200)[
        "items"
    ]
    return items


def decoded(query: str) -> list[str]:
    from urllib.parse import unquote_plus

    return [unquote_plus(one) for one in query.split("&")]


def test_a_fair_that_was_not_held_says_so(jet: Jet) -> None:
    made = fair(jet, fiscal_year=2032, cancelled_on="2024-07-08", cancelled_reason="台風のため")
    planned = fair(jet, fiscal_year=2033)
    (line, _) = figures(jet, "jet-career-fairs", fiscal_year=2032)
    assert (line["value"], line["state"], line["not_held_reason"], line["qualifier"]) == (
        None, "not_held", "台風のため", None,
    )  # fmt: skip
    (line, _) = figures(jet, "jet-career-fairs", fiscal_year=2033)
    assert (line["value"], line["state"]) == (None, "planned")
    assert made.code != planned.code


def test_a_grant_for_a_regional_fair_tells_of_whom_are_participants(jet: Jet) -> None:
    """Table 53: of its shape, with rows of our own. A regional fair without grant is no line of it, nor of table 52."""
    city, other = jet.organisation(), jet.organisation()
    count = {
        "reported_participants": 80, "reported_jet_participants": 31, "reported_exhibitors": 12, "method": "stated",
        "reported_on": "2024-07-08", "qualifier": "about",
    }  # fmt: skip
    hold(jet, "REGION-1", "2024-06-01", "架空公民館", organiser_code=city.code, granted=True, **count)
    hold(jet, "REGION-2", "2024-06-02", "架空公民館", organiser_code=other.code, **count)
    cells = figures(jet, "jet-career-fair-grants", fiscal_year=2024)
    assert [(one["metric"], one["value"], one["unit"], one["qualifier"]) for one in cells] == [
        ("participants", 80, "名", "約"), ("jet_participants", 31, "名", "約"), ("exhibitors", 12, "団体", "約"),
    ]  # fmt: skip
    assert cells[1]["of_whom"] == [{"metric": "participants"}]
    assert {(one["row_no"], one["date_start"], one["municipality"]) for one in cells} == {
        (1, "2024-06-01", "架空市")
    }
    assert "REGION" not in str(figures(jet, "jet-career-fairs", fiscal_year=2024))
    wrong = {
        "fair_code": "REGION-3",
        "fiscal_year": 2024,
        "name_ja": "架空",
        "name_en": "Fair",
        "granted": True,
    }
    answer = jet.call(
        "jet_career_fairs_create", json=wrong | {"candidates_until": "2025-01-01T00:00:00+09:00"}
    )
    assert [error["code"] for error in answer.json()["errors"]] == ["granted_without_organiser"]


def test_a_person_has_the_fair_and_its_interviews_in_the_calendar(jet: Jet) -> None:
    made = fair(jet)
    organisation, _ = made.exhibitor()
    who = person(jet)
    registration = made.register(who)
    consent(jet, who, registration)
    body = {"slot_id": made.slot(organisation), "candidate_id": registration["id"]}
    interview = done(jet.call("jet_fair_interviews_create", who.caller, json=body))
    mine = jet.call("jet_calendar_read", who.caller)
    assert mine.status_code == 200, mine.text
    assert f"UID:{registration['id']}@" in mine.text and f"UID:{interview['id']}@" in mine.text
    done(jet.call("jet_fair_registrations_withdraw", who.caller, path={"ref": registration["id"]}))
    gone = jet.call("jet_calendar_read", who.caller).text
    assert gone.count("STATUS:CANCELLED") == 2 and "STATUS:CONFIRMED" not in gone
    assert registration["id"] not in jet.call("jet_calendar_read", person(jet).caller).text
    employer = jet.call("jet_calendar_read", Caller("organisation", organisation=organisation.id))
    assert interview["id"] not in employer.text and made.days[0] not in employer.text
