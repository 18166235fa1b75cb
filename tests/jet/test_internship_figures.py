"""Tables 54, 54a and 55 of the FY2024 business report, from synthetic people to the counts that it prints."""

import csv
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.jet.interning import DECIDING, persons, send
from tests.jet.playing import done
from tests.support.jet import Jet
from tests.support.serving import Caller

FIXTURES = Path(__file__).parents[1] / "fixtures/fy2024"


def table(name: str) -> list[dict[str, str]]:
    with (FIXTURES / f"{name}.csv").open(encoding="utf-8-sig", newline="") as lines:
        return [
            {key: value for key, value in row.items() if key != "source_section"}
            for row in csv.DictReader(lines)
        ]


def printed(
    jet: Jet, name: str, fiscal_year: int = 2024, caller: Caller | None = None
) -> list[dict[str, str]]:
    """A statistic as its table prints it: a row for each line, its metrics as columns."""
    options: dict[str, Any] = {"path": {"name": name}, "params": {"fiscal_year": fiscal_year}}
    answer = done(jet.call("jet_statistics_read", *([caller] if caller else []), **options))
    rows: dict[tuple[Any, ...], dict[str, str]] = {}
    for cell in answer["cells"]:
        key = tuple(cell[name] for name in answer["dimensions"])
        shown = {name: "" if cell[name] is None else str(cell[name]) for name in answer["dimensions"]}
        row = rows.setdefault(key, shown)
        row[cell.get("metric", "value")] = "" if cell["value"] is None else str(cell["value"])
    return list(rows.values())


def marks(wishes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who came. Two who were assigned never did, and one was there for the pre-training alone."""
    return [
        {
            "programme_code": "INT-2024", "jet_number": row["jet_number"], "internship_host_code": row["first_host_code"],
            "attended_pretraining": "○", "completed_on": "" if n == 1 else "2024-08-23",
        }
        for n, row in enumerate(wishes)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def year(jet: Jet) -> Jet:
    """The facts of fiscal year 2024 by files: 42 interns at 23 hosts, of whom one host takes the rest."""
    whole, periods = table("54-jet_internships")[0], table("54a-jet_internship_periods")
    (grant,) = table("55-jet_internship_grants")
    iwate = jet.organisation()
    jet.sql(f"UPDATE directory.organisation SET name = '{grant['municipality']}' WHERE code = '{iwate.code}'")
    own = {
        "code": "INT-2024", "fiscal_year": 2024, "name_ja": "インターンシップ", "name_en": "Internship",
        "apply_from": "2024-06-01T00:00:00+09:00", "apply_until": "2024-07-01T00:00:00+09:00",
        "date_start": periods[0]["date_start"], "date_end": periods[-1]["date_end"],
    }  # fmt: skip
    regional = {
        "code": "REG-2024", "fiscal_year": 2024, "name_ja": "企業訪問", "name_en": "Visits to companies",
        "organiser_code": iwate.code, "granted": "○", "content_ja": grant["content"],
        "date_start": grant["date_start"], "date_end": grant["date_end"],
        "participants_reported": grant["participants"], "jet_participants_reported": grant["jet_participants"],
        "host_bodies_reported": grant["host_bodies"],
    }  # fmt: skip
    assert send(jet, "internship-programmes", [own, regional])["summary"]["created"] == 2
    days = [
        {
            "programme_code": "INT-2024", "period_no": one["period_no"], "label_ja": one["label"], "label_en": "Days",
            "date_start": one["date_start"], "date_end": one["date_end"], "note": one["note"],
        }
        for one in periods
    ]  # fmt: skip
    assert send(jet, "internship-periods", days)["summary"]["created"] == 2
    bodies, interns = int(whole["host_bodies"]), int(whole["participants"])
    hosts = [
        {
            "code": f"H-{n}",
            "programme_code": "INT-2024",
            "organisation_code": jet.organisation().code,
            "places": 99,
        }
        for n in range(bodies)
    ]
    assert send(jet, "internship-hosts", hosts)["summary"]["created"] == bodies
    people = persons(jet, interns + 2)
    wishes = [
        {
            "programme_code": "INT-2024", "jet_number": number, "first_host_code": f"H-{min(n, bodies - 1)}",
            "japanese_level": "n3",
        }
        for n, number in enumerate(people)
    ]  # fmt: skip
    assert send(jet, "internship-applications", wishes)["summary"]["created"] == interns + 2
    run = done(jet.call("jet_internship_programmes_assign", path={"ref": "INT-2024"}, json={"seed": "2024"}))
    assert (run["assigned"], run["first_met"], run["gap"]) == (interns + 2, interns + 2, 0)
    done(jet.call("jet_internship_assignment_runs_publish", DECIDING, path={"ref": run["id"]}))
    jet.advance(210)
    assert send(jet, "internship-assignments", marks(wishes[:interns]))["summary"]["changed"] == interns
    return jet


def test_table_54_is_given_back(year: Jet) -> None:
    assert printed(year, "jet-internships") == [
        row | {"state": "held"} for row in table("54-jet_internships")
    ]


def test_table_54a_is_given_back(year: Jet) -> None:
    assert printed(year, "jet-internship-periods") == [
        row | {"value": "1"} for row in table("54a-jet_internship_periods")
    ]


def test_table_55_is_given_back(year: Jet) -> None:
    assert printed(year, "jet-internship-grants") == [
        row | {"state": "held"} for row in table("55-jet_internship_grants")
    ]


def test_a_cell_is_as_many_as_its_records(year: Jet) -> None:
    asked: dict[str, Any] = {"path": {"name": "jet-internships"}, "params": {"fiscal_year": 2024}}
    cells = {cell["metric"]: cell for cell in done(year.call("jet_statistics_read", **asked))["cells"]}
    address = urlsplit(cells["participants"]["records"])
    assert address.path == "/jet/v1/internship-assignments"
    params = dict(parse_qsl(address.query)) | {"limit": 500}
    items = done(year.call("jet_internship_assignments_list", params=params))["items"]
    assert len(items) == cells["participants"]["value"]
    assert len({one["organisation_code"] for one in items}) == cells["host_bodies"]["value"]
    regional = asked | {"path": {"name": "jet-internship-grants"}}
    of = {
        cell["metric"]: cell["of_whom"]
        for cell in done(year.call("jet_statistics_read", **regional))["cells"]
    }
    assert of["jet_participants"] == [{"metric": "participants"}]


def test_a_cancelled_programme_is_a_line_that_says_so(year: Jet) -> None:
    body = {
        "code": "INT-OFF", "fiscal_year": 2025, "name_ja": "中止", "name_en": "Off", "date_start": "2025-08-01",
        "date_end": "2025-08-05", "apply_from": "2025-06-01T00:00:00+09:00", "apply_until": "2025-07-01T00:00:00+09:00",
        "cancelled_on": "2025-05-01", "cancelled_reason": "台風",
    }  # fmt: skip
    done(year.call("jet_internship_programmes_create", json=body))
    asked = {"fiscal_year": 2025, "dimensions": "row_no,state,not_held_reason"}
    answer = year.call("jet_statistics_read", path={"name": "jet-internships"}, params=asked)
    said = [(one["state"], one["not_held_reason"], one["value"]) for one in done(answer)["cells"]]
    assert said == [("not_held", "台風", None)] * 2


def test_figures_are_no_employers(year: Jet) -> None:
    assert printed(year, "jet-internships", caller=Caller("ministry"))[0]["participants"] == "42"
    for role in ("organisation", "host_authority"):
        employer = Caller(role, organisation=year.organisation().id)
        answer = year.call("jet_statistics_read", employer, path={"name": "jet-internships"})
        assert answer.status_code == 403
    again = {
        "programme_code": "INT-2024", "period_no": 1, "label_ja": "事前研修", "label_en": "Days",
        "date_start": "2024-08-18", "date_end": "2024-08-18", "note": "午後",
    }  # fmt: skip
    assert send(year, "internship-periods", [again])["summary"]["unchanged"] == 1
