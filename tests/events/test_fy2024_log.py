"""Tables 37, 80, 80a and 82 of the FY2024 report, from lines of the log and surveys to the print."""

import json
from collections import Counter
from typing import Any

import pytest

from tests.events.fy2024 import log
from tests.support.events import Events
from tests.support.report_tables import differences
from tests.support.serving import Caller


@pytest.fixture(scope="module")
def loaded(events: Events) -> Events:
    events.organisations(*log.NAMES)
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
    missing, beyond = differences("37", loaded.figures)
    # the list of support bodies is no line of the log
    assert [dict(line)["item"] for _, line in missing] == ["多文化共生支援団体リスト"]
    assert beyond == Counter()
    assert _totals(loaded.figures("citizen-plaza-counts")) == [("distinct", 302, "件")]


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
    months = loaded.figures(
        "office-supports", dimensions="requester_kind,kind,month,countable", office="paris"
    )
    assert sum(cell["value"] for cell in months["cells"] if not cell["countable"]) == 1
    assert _totals(loaded.figures("office-supports", office="paris")) == [("sum", 5, "件")]
