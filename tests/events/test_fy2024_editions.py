"""Tables of the FY2024 report whose lines are editions, their legs, talks and participants: from records to the print."""

import json
from collections import Counter
from typing import Any

import pytest

from tests.events.fy2024 import editions
from tests.support.events import Events
from tests.support.report_tables import differences


@pytest.fixture(scope="module")
def loaded(events: Events) -> Events:
    events.organisations(*editions.NAMES)
    for name, country in editions.COUNTRIES.items():
        events.sql(
            f"INSERT INTO directory.country (alpha2, alpha3, name_ja, name_en) VALUES ('{country}', '{country}Z', "
            f"'{name}', '{country}') ON CONFLICT (alpha2) DO UPDATE SET name_ja = excluded.name_ja"
        )
    for kind, rows in editions.files().items():
        summary = events.imported(kind, events.headquarters, "\n".join(map(json.dumps, rows)).encode())
        assert (summary["problems"], summary["created"]) == ([], len(rows)), (kind, summary)
    return events


@pytest.mark.parametrize("number", editions.TABLES)
def test_a_table_is_as_printed(loaded: Events, number: str) -> None:
    assert differences(number, loaded.figures) == (Counter(), Counter())


def _totals(answer: Any) -> list[tuple[str, int, str]]:
    return [(one["kind"], one["value"], one["unit"]) for one in answer["totals"]]


def test_totals_are_those_that_the_report_states(loaded: Events) -> None:
    figures = loaded.figures
    assert _totals(figures("hq-online-seminars")) == [("sum", 455, "名")]
    assert _totals(figures("multicultural-trainings")) == [("sum", 213, "名")]
    assert _totals(figures("cohosted-economic-events")) == [("sum", 60, "回")]
    # who is certified came to both parts, and is counted once
    assert _totals(figures("multicultural-managers")) == [("sum", 44, "名"), ("stated", 759, "名")]
    assert _totals(figures("multicultural-manager-training")) == [("sum", 88, "名")]
    bodies = figures("overseas-media-pr-municipalities", office="beijing")
    assert _totals(bodies) == [("sum", 12, "団体"), ("distinct", 12, "団体")]


def test_what_was_not_held_is_a_line_of_its_own(loaded: Events) -> None:
    (line,) = loaded.figures("online-seminars-not-held")["cells"]
    assert (line["overseas_office"], line["state"], line["next_plan"]) == (
        "シンガポール",
        "postponed",
        "翌年6月に開催",
    )
