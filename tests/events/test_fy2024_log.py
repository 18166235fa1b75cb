"""Tables 37, 80, 80a and 82 of the FY2024 report, from lines of the log and surveys to the print."""

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest

from tests.events.fy2024 import log
from tests.support.events import Events, done
from tests.support.report_tables import differences
from tests.support.serving import Caller


@pytest.fixture(scope="module")
def loaded(events: Events) -> Events:
    events.organisations(*log.NAMES)
    events.advance((date(2025, 4, 10) - events.now().date()).days)
    for kind, rows in log.files().items():
        content = "\n".join(map(json.dumps, rows)).encode()
        summary = events.imported(kind, events.headquarters, content)
        assert (summary["problems"], summary["created"]) == ([], len(rows)), (kind, summary)
    return events


def _totals(answer: Any) -> list[tuple[str, int, str]]:
    return [(one["kind"], one["value"], one["unit"]) for one in answer["totals"]]


@pytest.mark.parametrize("number", log.TABLES)
def test_a_table_is_as_printed(loaded: Events, number: str) -> None:
    assert differences(number, loaded.figures) == (Counter(), Counter())


def test_the_plaza_is_counted_once_where_it_is_posted_twice(loaded: Events) -> None:
    answer = loaded.figures("citizen-plaza-counts")
    # the list of support bodies is no line of the log, and is not added to them
    assert sorted(_totals(answer)) == [("distinct", 84, "団体"), ("distinct", 302, "件")]
    linked = [cell["records"] for cell in answer["cells"] if "records" in cell]
    assert len(linked) == 4 and "headquarters=true" in linked[0] and "kind=interview" in linked[0]
    found = done(loaded.call("supports_list", loaded.headquarters, url=f"{linked[0]}&limit=500"))["items"]
    assert len(found) == 42
    # whose log another office may not read is counted for it, and not linked
    other = loaded.figures("citizen-plaza-counts", loaded.at("paris"))["cells"]
    assert [cell["value"] for cell in other] == [42, 260, 84, 42, 260]
    assert not any("records" in cell for cell in other)
    assert [cell["value"] for cell in loaded.figures("citizen-plaza-counts", fiscal_year=2025)["cells"]] == []


def test_surveys_are_printed_in_part_and_counted_in_all(loaded: Events) -> None:
    answer = loaded.figures("requested-surveys")
    assert _totals(answer) == [("distinct", 14, "件"), ("distinct", 10, "団体")]
    assert len({cell["title"] for cell in answer["cells"]}) == 6
    assert next(cell["records"] for cell in answer["cells"] if cell["metric"] == "surveys").endswith(
        "code=SV2024-01"
    )


def test_support_is_counted_by_office_and_requester(loaded: Events) -> None:
    answer = loaded.figures("overseas-support-counts")
    paris = {cell["metric"]: cell["value"] for cell in answer["cells"] if cell["overseas_office"] == "パリ"}
    assert paris == {"cases": 4, "prefectures_and_designated_cities": 2, "municipalities": 1, "others": 1}
    assert [value for _, value, _ in _totals(answer)] == [28, 14, 7, 7]
    link = next(cell["records"] for cell in answer["cells"] if cell["metric"] == "others")
    assert "office=new_york" in link and "local_government=false" in link
    examples = loaded.figures("overseas-support-examples")["cells"]
    assert [one["overseas_office"] for one in examples] == list(log._CITIES)
    assert (examples[2]["client"], examples[2]["activity"]) == ("静岡県", "パリでの架空の用務 1")
    # other readers of figures get the same, of whose log they read no line
    coordinator = Caller("coordinator", client="desk", person=loaded.headquarters.person)
    for caller in (coordinator, loaded.at("paris")):
        assert loaded.figures("overseas-support-examples", caller)["cells"] == examples
    months = loaded.figures("office-supports", dimensions="requester_kind,kind,month", office="paris")
    assert [
        cell["kind"] for cell in months["cells"] if (cell["metric"], cell["value"]) == ("not_counted", 1)
    ] == ["enquiry"]
    # an enquiry by e-mail is in no count of cases
    assert _totals(loaded.figures("office-supports", office="paris")) == [("sum", 4, "件"), ("sum", 1, "件")]
    cells = loaded.figures("office-supports", loaded.at("paris"), dimensions="office")["cells"]
    assert {cell["office"] for cell in cells if "records" in cell} == {"paris"}
