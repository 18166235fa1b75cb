"""Tables of meetings and of trainings of the staff in the FY2024 report, given back from what is loaded."""

import json
from collections import Counter

from tests.events.fy2024 import meetings
from tests.support.events import Events
from tests.support.report_tables import differences


def test_the_tables_come_back(events: Events) -> None:
    events.advance(400)
    events.organisations(*meetings.NAMES)
    for kind, rows in meetings.files().items():
        lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        summary = events.imported(kind, events.headquarters, lines.encode())
        assert (summary["problems"], summary["created"]) == ([], len(rows)), kind
    for number in meetings.TABLES:
        assert differences(number, events.figures) == (Counter(), Counter()), number
    totals = events.figures("hq-trainings")["totals"]
    assert [(one["kind"], one.get("metric"), one["value"]) for one in totals] == [
        ("sum", "sessions", 24),
        ("sum", "sessions_inferred", 25),
        ("stated", None, 25),
    ]
    totals = events.figures("association-council-events")["totals"]
    assert {(one["unit"], one["value"]) for one in totals} == {("協会", 95), ("名", 93)}
