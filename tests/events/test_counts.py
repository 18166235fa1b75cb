"""Counts through the front door: what each is of, what is added, and what never is."""

import json
from typing import Any
from urllib.parse import parse_qsl

from services.events.app import RESOURCES
from tests.events.test_legs import edition, leg
from tests.support.events import Events, code, done, wrong
from tests.support.serving import Caller


def count(**given: Any) -> dict[str, Any]:
    return {"code": code("CO"), "subject": "participants", "value": 36, "unit": "名"} | given


def told(events: Events, name: str = "event-counts", **asked: Any) -> list[tuple[Any, ...]]:
    """Totals: kind, metric, of what, number; those of no number are left out."""
    return [
        (one["kind"], one.get("metric"), (one.get("of") or {}).get("subject"), one["value"], one["unit"], one["qualifier"])
        for one in events.figures(name, **asked)["totals"]
        if one["value"] is not None
    ]  # fmt: skip


def two_legs(events: Events, caller: Caller, **given: Any) -> tuple[str, str, str]:
    of = edition(events, caller, **given)
    made = [events.made("legs", caller, **leg(of, number=number))["code"] for number in (1, 2)]
    return of, made[0], made[1]


def test_a_count_belongs_to_the_edition_or_to_its_legs(events: Events) -> None:
    officer = events.headquarters
    whole, first, _ = two_legs(events, officer)
    made = events.made(
        "attendance_counts", officer, **count(edition_code=whole, value=1200, qualifier="about")
    )
    assert (made["leg_code"], made["office_code"], made["fiscal_year"]) == (None, None, 2024)
    refused = events.call("attendance_counts_create", officer, json=count(leg_code=first))
    assert wrong(refused) == {("/leg_code", "count_at_other_level")}
    # the legs are not told apart: theirs is null, which is not zero
    cells = events.figures("event-counts", dimensions="leg", edition=whole)["cells"]
    assert [(one["leg"], one["metric"], one["value"], one["qualifier"]) for one in cells] == [
        (None, "count", 1200, "約"), (None, "part", None, None),
    ]  # fmt: skip
    assert told(events, leg=first) == []
    kept = events.change("editions", whole, officer, counted_at="leg")
    assert (kept.status_code, kept.json()["code"]) == (409, "count_at_other_level")

    each, one, two = two_legs(events, officer, counted_at="leg")
    refused = events.call("attendance_counts_create", officer, json=count(edition_code=each))
    assert wrong(refused) == {("/edition_code", "count_at_other_level")}
    for of, value in ((one, 44), (two, 44)):
        events.made("attendance_counts", officer, **count(leg_code=of, value=value))
    # the register of an edition is its own, however its legs are counted
    events.made("attendance_counts", officer, **count(edition_code=each, subject="certified", value=44))
    refused = events.call("attendance_counts_create", officer, json=count(leg_code=one, subject="certified"))
    assert wrong(refused) == {("/leg_code", "certified_of_leg")}
    assert told(events, edition=each) == [
        ("sum", "count", "certified", 44, "名", "exact"), ("sum", "count", "participants", 88, "名", "exact"),
    ]  # fmt: skip
    for body in (count(), count(edition_code=whole, leg_code=first)):
        assert wrong(events.call("attendance_counts_create", officer, json=body)) == {
            ("/edition_code", "count_of_one")
        }


def test_a_part_is_never_added(events: Events) -> None:
    officer = events.headquarters
    of = edition(events, officer)
    whole = count(edition_code=of, value=241)
    within = {"edition_code": of, "within_code": whole["code"]}
    rows = [
        whole, count(**within, value=192, country="FR"), count(**within, value=49, country="SG", qualifier="about"),
        count(**within, value=30, capacity="speaker"), count(edition_code=of, value=400, person_times=True),
        count(edition_code=of, subject="products", value=12, unit="点"),
    ]  # fmt: skip
    sent = "\n".join(map(json.dumps, rows)).encode()
    summary = events.imported("attendance-counts", officer, sent)
    assert (summary["created"], summary["problems"]) == (6, []), summary
    again = events.imported("attendance-counts", officer, sent)
    assert (again["created"] + again["changed"], again["problems"]) == (0, []), again
    added = [
        ("sum", "count", "participants", 400, "延べ", "exact"), ("sum", "count", "participants", 241, "名", "exact"),
        ("sum", "count", "products", 12, "点", "exact"),
    ]  # fmt: skip
    # its parts overlap, by country and by capacity: of them there is no sum
    assert sorted(told(events, edition=of)) == sorted(added)
    cells = events.figures("event-counts", dimensions="country", edition=of, subject="participants")["cells"]
    parts = {one["country"]: (one["value"], one["qualifier"]) for one in cells if one["metric"] == "part"}
    assert (parts["FR"], parts["SG"]) == ((192, "exact"), (49, "約"))
    assert all(one["of_whom"] == [{"metric": "count"}] for one in cells if one["metric"] == "part")

    def refused(**given: Any) -> Any:
        return wrong(events.call("attendance_counts_create", officer, json=count(**given)))

    assert refused(**within, value=242, label="女性") == {("/value", "count_more_than_whole")}
    assert wrong(events.change("attendance_counts", whole["code"], officer, value=191)) == {
        ("/value", "count_more_than_whole")
    }
    assert refused(**within, value=1, person_times=True) == {("/within_code", "count_whole_missing")}
    assert refused(edition_code=of, within_code=rows[1]["code"]) == {("/within_code", "count_part_of_part")}
    assert refused(edition_code=of, value=5, country="GB") == {("/within_code", "counts_not_alike")}
    assert refused(edition_code=of, subject="products", unit="点", person_times=True) == {
        ("/person_times", "person_times_not_persons")
    }
    twice = events.call("attendance_counts_create", officer, json=count(edition_code=of, value=9))
    assert twice.json()["code"] == "count_told_twice"
    # the whole grows, and what its parts are held to grows with it
    done(events.change("attendance_counts", whole["code"], officer, value=300))
    done(events.change("attendance_counts", rows[1]["code"], officer, value=250))


def test_a_figure_leads_to_its_counts(events: Events) -> None:
    officer = events.headquarters
    of = edition(events, officer)
    whole = count(edition_code=of, value=241)
    within = {"edition_code": of, "within_code": whole["code"]}
    for row in (
        whole, count(**within, value=192, country="FR"), count(**within, value=30, capacity="speaker"),
        count(edition_code=of, subject="products", value=12, unit="点"),
    ):  # fmt: skip
        events.made("attendance_counts", officer, **row)
    linked = [
        one
        for by in ("country", "capacity")
        for one in events.figures("event-counts", dimensions=by, edition=of)["cells"]
        if "records" in one and one["value"]
    ]
    assert len(linked) == 2
    for one in linked:
        path, _, asked = one["records"].partition("?")
        listed = done(events.call("attendance_counts_list", officer, params=dict(parse_qsl(asked))))["items"]
        assert (path, sum(row["value"] for row in listed)) == ("/events/v1/attendance-counts", one["value"])
    (whole_cell,) = [
        one for one in events.figures("event-counts", edition=of, subject="products")["cells"] if one["value"]
    ]
    assert dict(parse_qsl(whole_cell["records"].partition("?")[2])) == {
        "fiscal_year": "2024", "edition": of, "subject": "products", "part": "false", "unit": "点", "counted_for": "own",
    }  # fmt: skip

    file = events.call(
        "statistics_read", officer, {"Accept": "text/csv"}, path={"name": "event-counts"},
        params={"edition": of, "subject": "products"},
    )  # fmt: skip
    assert file.text.splitlines()[1].split(",")[:6] == ["products", "own", "count", "12", "点", "exact"], (
        file.text
    )


def test_the_organisers_figure_is_not_added_to_ones_own(events: Events) -> None:
    officer = events.headquarters
    of, own = edition(events, officer), edition(events, officer)
    host = count(edition_code=of, subject="visitors", value=18000, qualifier="about", method="organiser")
    events.made("attendance_counts", officer, **host)
    beside = count(edition_code=of, subject="visitors", value=36, method="gate", label="CLAIRブース")
    refused = events.call("attendance_counts_create", officer, json=beside)
    assert wrong(refused) == {("/within_code", "counts_not_alike")}
    events.made("attendance_counts", officer, **beside | {"subject": "workshop_participants"})
    events.made("attendance_counts", officer, **beside | {"edition_code": own, "code": code("CO")})
    totals = events.figures("event-counts", subject="visitors", programme="joined_economic_event")["totals"]
    assert [(one["of"]["counted_for"], one["value"], one["qualifier"]) for one in totals if one["value"]] == [
        ("organiser", 18000, "約"), ("own", 36, "exact"),
    ]  # fmt: skip


def test_countries_of_two_legs_are_summed_and_distinct(events: Events) -> None:
    officer = events.headquarters
    of, one, two = two_legs(events, officer, counted_at="leg")
    for at, country, value in ((one, "FR", 3), (one, "GB", 2), (two, "FR", 4), (two, "SG", 1)):
        events.made("attendance_counts", officer, **count(leg_code=at, country=country, value=value))
    assert told(events, "event-countries", edition=of) == [
        ("sum", None, None, 4, "か国", "exact"), ("distinct", None, None, 3, "か国", "exact"),
    ]  # fmt: skip
    assert told(events, edition=of) == [("sum", "count", "participants", 10, "名", "exact")]


def test_what_the_report_states_stands_beside_its_totals(events: Events) -> None:
    figure = {
        "code": code("SF"), "statistic": "event-countries", "fiscal_year": 2019, "label_ja": "延べ参加国",
        "label_en": "Countries", "value": 15, "unit": "か国", "qualifier": "at_least", "source": "事業報告書 4.2(1)",
    }  # fmt: skip
    paris = events.at("paris")
    made = events.made("stated_figures", events.headquarters, **figure)
    events.made("stated_figures", paris, **figure | {"code": code("SF"), "office_code": "paris", "value": 3})
    stated = [
        one
        for one in events.figures("event-countries", fiscal_year=2019)["totals"]
        if one["kind"] == "stated"
    ]
    assert stated[0] == {
        "value": 15, "unit": "か国", "qualifier": "以上", "kind": "stated",
        "label": {"ja": "延べ参加国", "en": "Countries"}, "source": "事業報告書 4.2(1)",
    }  # fmt: skip
    assert len(stated) == 2

    def totals(**asked: Any) -> list[Any]:
        answer = events.figures("event-countries", fiscal_year=2019, **asked)
        return [one["value"] for one in answer["totals"] if one["kind"] == "stated"]

    # it is of the whole year, or of an office: of nothing narrower
    assert (totals(office="paris"), totals(office="london"), totals(subject="visitors")) == ([3], [], [])
    taken = figure | {"code": made["code"], "office_code": "paris"}
    summary = events.imported("stated-figures", paris, json.dumps(taken).encode())
    assert [one["rule"] for one in summary["problems"]] == ["office_not_yours"], summary["problems"]


def test_an_office_counts_its_own(events: Events) -> None:
    paris, london = events.at("paris"), events.at("london")
    of, other = edition(events, paris, "paris"), edition(events, london, "london")
    made = events.made("attendance_counts", paris, **count(edition_code=of))
    assert (made["office_code"], told(events, office="paris")) == (
        "paris", [("sum", "count", "participants", 36, "名", "exact")],
    )  # fmt: skip
    refused = events.call("attendance_counts_create", london, json=count(edition_code=of, subject="visitors"))
    assert wrong(refused) == {("/edition_code", "office_not_yours")}
    taken = count(code=made["code"], edition_code=other)
    summary = events.imported("attendance-counts", london, json.dumps(taken).encode())
    assert [one["rule"] for one in summary["problems"]] == ["office_not_yours"], summary["problems"]
    kinds = {one.plural for one in RESOURCES if "import" in one.access}
    assert {"attendance-counts", "stated-figures"} <= kinds
