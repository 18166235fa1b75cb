"""All that is loaded for FY2024, at once: every link of every statistic, every form of them, and every list sent back."""

import csv
import json
from datetime import date
from io import StringIO
from typing import Any

import pytest

from services.events.app import RESOURCES, STATISTICS
from services.kit.resource import Resource
from tests.events.fy2024 import editions, log, meetings, missions, publications
from tests.support.events import Events

AREAS = (editions, log, meetings, missions, publications)


# lists that the report leaves empty, and cells with several values
BESIDE: dict[str, list[dict[str, Any]]] = {
    "events": [
        {"code": "TAGGED", "programme": "other", "office_code": "paris", "name_ja": "=架空", "tags": ["food", "wine"]}
    ],
    "editions": [{"code": "TAGGED-1", "event_code": "TAGGED", "fiscal_year": 2025, "title_ja": "架空"}],
    "legs": [
        {
            "code": "TAGGED-1-1", "edition_code": "TAGGED-1", "time_zone": "Europe/Paris", "starts_on": "2025-10-26",
            "ends_on": "2025-10-26", "opens_at": "02:30", "closes_at": "04:00", "repeated_hour": "second",
            "registers_from": "2025-04-01T00:00:00+02:00", "registers_until": "2025-10-01T00:00:00+02:00", "seats": 9,
        }
    ],
    "edition-participants": [
        {"edition_code": "TAGGED-1", "name": "架空 商会", "seq": 1, "capacity": "exhibitor", "leg_numbers": [1]}
    ],
    "media-coverages": [
        {
            "code": "TAGGED-M", "edition_code": "TAGGED-1", "medium": "架空新聞", "published_on": "2025-10-27",
            "organisation_codes": ["KYOKAI-1", "KYOKAI-2"],
        }
    ],
    "registrations": [{"leg_code": "TAGGED-1-1", "name": "見本 一", "email": "one@example.jp", "party": 2}],
    "missions": [
        {
            "code": "TAGGED-V", "programme": "delegation", "office_code": "paris", "title_ja": "架空訪問団",
            "starts_on": "2025-05-01", "ends_on": "2025-05-02", "places": ["Le Havre", "Lyon"], "countries": ["FR", "JP"],
        }
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def loaded(events: Events) -> Events:
    events.advance((date(2025, 4, 10) - events.now().date()).days)
    events.organisations(*(name for area in AREAS for name in area.NAMES), *missions.PREFECTURES)
    for code, name in missions.ASSOCIATIONS.items():
        events.sql(
            "INSERT INTO directory.organisation (code, name, kind, search_key) "
            f"VALUES ('{code}', '{name}', 'association', '')"
        )
    countries = editions.COUNTRIES | {country: country for country in missions.COUNTRIES}
    for name, country in countries.items():
        events.sql(
            f"INSERT INTO directory.country (alpha2, alpha3, name_ja, name_en) VALUES ('{country}', '{country}Z', '{name}', '{country}') "
            "ON CONFLICT (alpha2) DO UPDATE SET name_ja = excluded.name_ja"
        )
    for files in (*(area.files() for area in AREAS), BESIDE):
        for kind, rows in files.items():
            lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
            summary = events.imported(kind, events.headquarters, lines.encode())
            assert (summary["problems"], summary["created"]) == ([], len(rows)), kind
    return events


# of some lists each record has the number that a cell is made of
NUMBERS = {
    "attendance_counts": "value", "metric_readings": "value", "meetings": "participants", "staff_trainings": "sessions",
    "issues": "article_count",
}  # fmt: skip


def _behind(events: Events, address: str) -> tuple[set[int], int]:
    """How many records there are, or what their numbers come to; several records of one work (前編・後編) are one."""
    plural = address.split("?")[0].rsplit("/", 1)[1].replace("-", "_")
    answer = events.call(f"{plural}_list", events.headquarters, url=f"{address}&limit=500")
    assert answer.status_code == 200, address
    items = answer.json()["items"]
    numbers = [item[NUMBERS[plural]] or 0 for item in items] if plural in NUMBERS else []
    return {len({item.get("work_code") or item["id"] for item in items}), sum(numbers)}, len(items)


def test_each_cell_leads_to_what_it_counts_and_stands_in_files(loaded: Events) -> None:
    followed, headquarters = 0, loaded.headquarters
    for one in STATISTICS:
        cells = loaded.figures(one.name)["cells"]
        for cell in (cell for cell in cells if "records" in cell):
            numbers, records = _behind(loaded, cell["records"])
            assert (cell["value"] in numbers) if cell["value"] is not None else records <= 1, (one.name, cell)
            followed += 1
        asked = {"fiscal_year": 2024, "dimensions": ",".join(one.dimensions)}
        for params in (asked, {"fiscal_year": 2024}):
            answer = loaded.call(
                "statistics_read",
                headquarters,
                {"Accept": "text/csv"},
                path={"name": one.name},
                params=params,
            )
            assert answer.status_code == 200, one.name
            heading, *lines = csv.reader(StringIO(answer.text.lstrip("\ufeff")))
            assert len(set(heading)) == len(heading), (one.name, heading)
        assert len(lines) == len(cells), one.name
    assert followed > 600


def test_files_call_a_column_what_it_is_there(loaded: Events) -> None:
    def heading(name: str) -> list[str]:
        headers = {"Accept": "text/csv", "Accept-Language": "ja"}
        asked: dict[str, Any] = {"path": {"name": name}, "params": {"fiscal_year": 2024}}
        answer = loaded.call("statistics_read", loaded.headquarters, headers, **asked)
        return next(csv.reader(StringIO(answer.text.lstrip("\ufeff"))))

    assert heading("external-pr-events")[3:5] == ["主催者", "行事名"]
    assert heading("governance-meetings")[1] == "会議体"
    assert heading("case-articles")[2] == "名称（日本語）"
    assert heading("food-culture-tours")[3] == "訪問地"
    assert heading("overseas-support-examples")[2] == "依頼者の名称"
    surveys = loaded.call(
        "statistics_read", loaded.headquarters, {"Accept": "text/csv"}, path={"name": "requested-surveys"},
        params={"fiscal_year": 2024},
    ).text  # fmt: skip
    assert ";" in surveys


@pytest.mark.parametrize(
    "resource", [one for one in RESOURCES if "import" in one.access], ids=lambda one: one.plural
)
def test_a_list_that_comes_back_changes_nothing(loaded: Events, resource: Resource) -> None:
    headquarters, kind = loaded.headquarters, resource.plural
    name = kind.replace("-", "_")
    sent = loaded.call(f"{name}_list", headquarters, {"Accept": "text/csv", "Accept-Language": "ja"})
    summary = loaded.imported(kind, headquarters, sent.content, "text/csv")
    rows = len(list(csv.reader(StringIO(sent.text)))) - 1
    if rows:
        assert (summary["problems"], summary["unchanged"]) == ([], rows), summary
