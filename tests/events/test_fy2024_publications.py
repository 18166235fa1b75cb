"""The report's tables of publications and readings, given back from records."""

import json
from collections import Counter
from datetime import date
from functools import cache

from tests.events.fy2024 import publications
from tests.support.events import Events
from tests.support.report_tables import differences


def test_the_tables_are_given_back(events: Events) -> None:
    events.advance((date(2025, 4, 10) - events.now().date()).days)
    for kind, rows in publications.files().items():
        told = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        summary = events.imported(kind, events.headquarters, told.encode())
        assert (summary["created"], summary["problems"]) == (len(rows), []), (kind, summary["problems"][:2])
    ask = cache(events.figures)
    for number in publications.TABLES:
        assert differences(number, ask) == (Counter(), Counter()), number

    def totals(name: str) -> dict[str, int]:
        answer = ask(name)
        return {one.get("metric", answer["statistic"]): one["value"] for one in answer["totals"]}

    assert totals("mail-magazine") == {"issues": 23, "articles": 145}
    assert totals("office-flash") == {"issues": 22, "articles": 84}
    assert totals("newsletters") == {"newsletters": 32}
    assert totals("economic-article-counts") == {"economic-article-counts": 95}
    assert totals("economic-article-examples") == {"economic-article-examples": 17}
    assert totals("case-articles") == {"case-articles": 6}
    assert totals("clair-reports") == {"clair-reports": 11}
    # what is read of several things is not added
    assert totals("tool-library-counts") == {"tool-library-counts": None}
    beside = events.figures("clair-reports", dimensions="cumulative")["cells"]
    assert [one["cumulative"] for one in beside] == list(range(556, 567))
    (reports,) = events.call("publications_list", events.headquarters, params={"code": "REPORTS"}).json()[
        "items"
    ]
    assert reports["cumulative"] == 566
    (gaps,) = events.figures("mail-magazine", dimensions="fiscal_year,missing_before")["cells"][:1]
    assert gaps["missing_before"] == 0
