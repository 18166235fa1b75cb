"""Publications and readings through the front door: whose they are, gaps, what is due and who is asked."""

from datetime import date
from typing import Any

from services.events.app import daily
from tests.support.events import Events, code, done, wrong
from tests.support.serving import Caller

SINCE = date(2024, 6, 1)


def metric(events: Events, caller: Caller, office: str | None, **given: Any) -> str:
    """A new metric of a channel of its own, due at month ends."""
    channel = {"code": code("CH"), "office_code": office, "kind": "sns", "name_ja": "架空SNS"}
    of = events.made("media_channels", caller, **channel)["code"]
    body = {
        "code": code("M"),
        "channel_code": of,
        "name_ja": "フォロワー数",
        "unit": "名",
        "due": "month_end",
    }
    return str(events.made("channel_metrics", caller, **body | {"starts_on": str(SINCE)} | given)["code"])


def due(events: Events, caller: Caller, of: str) -> list[tuple[str, str, int | None]]:
    found = done(events.call("readings_due_list", caller, params={"metric": of, "sort": "due_on"}))
    return [(one["due_on"], one["state"], one["value"]) for one in found["items"]]


def asked(events: Events, of: str) -> list[tuple[Any, ...]]:
    """After the worker's day: each request with its round, and how many times the feed tells of one."""

    async def day() -> None:
        for work in daily(events.served.app.state.service.database).values():
            await work()

    events.served.run(day())
    return events.sql(
        "SELECT r.due_on::text, r.round, (SELECT count(*) FROM events.outbox AS o "
        "WHERE o.resource = 'readings-due' AND o.resource_id = md5(m.id::text || r.due_on::text)::uuid)::integer "
        "FROM events.reading_request AS r JOIN events.channel_metric AS m ON m.id = r.metric_id "
        f"WHERE m.code = '{of}' ORDER BY r.due_on, r.round"
    )


def until(events: Events, day: str) -> None:
    events.advance((date.fromisoformat(day) - events.now().date()).days)


def test_a_reading_is_due_and_asked_for(events: Events) -> None:
    officer = events.at("paris")
    until(events, "2024-07-30")
    of = metric(events, officer, "paris")
    assert due(events, officer, of) == [("2024-06-30", "missing", None)]
    assert asked(events, of) == [("2024-06-30", 1, 1)]
    until(events, "2024-07-31")
    assert due(events, officer, of)[1:] == [("2024-07-31", "missing", None)]
    assert asked(events, of)[1:] == [("2024-07-31", 1, 1)]
    until(events, "2024-08-06")
    assert len(asked(events, of)) == 2
    until(events, "2024-08-07")
    assert asked(events, of)[1:] == [("2024-07-31", 1, 2), ("2024-07-31", 2, 2)]
    reading = {"metric_code": of, "read_on": "2024-08-05", "value": 120}
    events.made("metric_readings", officer, **reading)
    # the number of another day is not that of the day that was due
    assert due(events, officer, of) == [("2024-06-30", "missing", None), ("2024-07-31", "late", 120)]
    made = events.made("metric_readings", officer, **reading | {"read_on": "2024-07-31", "value": 110})
    assert due(events, officer, of)[1:] == [("2024-07-31", "read", 110)]
    until(events, "2024-08-20")
    assert len(asked(events, of)) == 3
    again = events.call("metric_readings_create", officer, json=reading)
    assert again.status_code == 409
    assert done(events.change("metric_readings", made["id"], officer, value=111))["value"] == 111
    cells = events.figures("readings", officer, metric=of)["cells"]
    assert [(one["read_on"], one["value"]) for one in cells] == [
        ("2024-06-30", None), ("2024-07-31", 111), ("2024-08-05", 120),
    ]  # fmt: skip
    later = events.call("metric_readings_create", officer, json=reading | {"read_on": "2024-08-21"})
    assert wrong(later) == {("/read_on", "reading_to_come")}


def test_a_change_needs_both_years(events: Events) -> None:
    of = metric(events, events.headquarters, None, due="fiscal_year_end", starts_on="2023-03-31")
    assert [day for day, *_ in due(events, events.headquarters, of)] == ["2023-03-31", "2024-03-31"]
    for day, value in (("2022-03-31", 1), ("2024-03-31", 9)):
        events.made("metric_readings", events.headquarters, metric_code=of, read_on=day, value=value)

    def cells(year: int) -> dict[str, Any]:
        found = events.figures("sns-followers", fiscal_year=year)["cells"]
        return {one["metric"]: one["value"] for one in found if one["metric_name"] == "フォロワー数"}

    assert cells(2022) == {"count": None, "change_on_previous_year": None, "previous_year": 1}
    # a change on the year is as sure as the less sure of the two
    about = metric(
        events, events.headquarters, None, due="fiscal_year_end", starts_on="2023-03-31", name_ja="約の数"
    )
    for day, value, sure in (("2023-03-31", 1000, "about"), ("2024-03-31", 1203, "exact")):
        reading = {"metric_code": about, "read_on": day, "value": value, "qualifier": sure}
        events.made("metric_readings", events.headquarters, **reading)
    told = events.figures("sns-followers", fiscal_year=2023)["cells"]
    assert {one["metric"]: (one["value"], one["qualifier"]) for one in told if one["metric_name"] == "約の数"} == {
        "count": (1203, "exact"), "change_on_previous_year": (203, "約"), "previous_year": (1000, "約"),
    }  # fmt: skip
    assert cells(2023) == {"count": 9, "change_on_previous_year": None, "previous_year": None}


def test_what_an_office_owes_is_its_own(events: Events) -> None:
    officer = events.at("seoul")
    of = metric(events, officer, "seoul")
    assert due(events, events.headquarters, of) == due(events, officer, of) != []
    assert due(events, events.at("london"), of) == []
    # nothing is asked of a channel before it was opened, nor after it was closed
    days = {"opened_on": "2024-06-10", "closed_on": "2024-07-30"}
    channel = {"code": code("CH"), "office_code": "seoul", "kind": "sns", "name_ja": "架空SNS"} | days
    open_then = metric(
        events,
        officer,
        "seoul",
        starts_on="2024-01-31",
        channel_code=events.made("media_channels", officer, **channel)["code"],
    )
    assert [day for day, *_ in due(events, officer, open_then)] == ["2024-06-30"]
    # a number that began in January is due at the end of February, and of each month
    monthly = metric(events, officer, "seoul", starts_on="2024-01-31", ended_on="2024-04-29")
    assert [day for day, *_ in due(events, officer, monthly)] == ["2024-01-31", "2024-02-29", "2024-03-31"]
    ended = metric(events, officer, "seoul", ended_on="2024-06-29")
    assert due(events, officer, ended) == []
    answer = events.call(
        "metric_readings_create",
        events.at("london"),
        json={"metric_code": of, "read_on": "2024-07-01", "value": 1},
    )
    assert wrong(answer) == {("/metric_code", "office_not_yours")}


def test_a_gap_is_shown_and_a_part_counts_once(events: Events) -> None:
    officer = events.at("paris")
    series = events.made(
        "publications", events.headquarters, code=code("P"), kind="report", name_ja="架空レポート",
        cumulative_before=555, cumulative_year=2019,
    )["code"]  # fmt: skip
    body = {
        "publication_code": series,
        "office_code": "paris",
        "title_ja": "架空",
        "published_on": "2020-05-01",
    }

    def issue(number: int, **given: Any) -> dict[str, Any]:
        return body | {"code": code("I"), "number": number, "date_precision": "month"} | given

    assert events.made("issues", officer, **issue(1))["missing_before"] is None
    third = events.made("issues", officer, **issue(3))
    assert (third["missing_before"], third["fiscal_year"]) == (1, 2020)
    assert events.made("issues", officer, **issue(4, published_on="2021-03-01"))["fiscal_year"] == 2020
    assert events.call("issues_create", officer, json=issue(3)).status_code == 409
    assert wrong(events.call("issues_create", officer, json=issue(5, published_on="2020-05-02"))) == {
        ("/published_on", "month_by_its_first_day")
    }
    # who leaves the office out means the publication's own
    assert wrong(events.call("issues_create", officer, json=issue(5, office_code=None))) == {
        ("/office_code", "office_not_yours")
    }
    own = events.made(
        "publications", officer, code=code("P"), kind="newsletter", office_code="paris", name_ja="架空"
    )
    letter = issue(1, office_code=None) | {"publication_code": own["code"]}
    assert events.made("issues", officer, **letter)["office_code"] == "paris"
    assert done(events.call("publications_read", officer, path={"ref": series}))["cumulative"] == 558
    article = body | {"topics": ["inbound"], "issue_code": third["code"]}
    for part in ("（前編）", "（後編）"):
        events.made("articles", officer, **article, code=code("A"), work_code="W-1", part_label=part)
    (inbound, channels) = events.figures("economic-article-counts", fiscal_year=2020)["cells"]
    assert (inbound["value"], channels["value"]) == (1, 0)
    assert "topic=inbound" in inbound["records"]
    # one of two fields is in both counts, and in the total once
    both = article | {"topics": ["inbound", "sales_channels"], "code": code("A")}
    events.made("articles", officer, **both)
    counted = events.figures("economic-article-counts", fiscal_year=2020)
    assert [one["value"] for one in counted["cells"]] == [2, 1]
    assert [(one["kind"], one["value"]) for one in counted["totals"]] == [("distinct", 2)]
    other = events.made(
        "publications", officer, code=code("P"), kind="web", office_code="paris", name_ja="架空サイト"
    )["code"]
    refused = events.call(
        "articles_create", officer, json=article | {"code": code("A"), "publication_code": other}
    )
    assert wrong(refused) == {("/issue_code", "issue_of_another_publication")}


def test_what_belongs_together_is_given_together(events: Events) -> None:
    officer = events.at("paris")
    of = {"office_code": "paris", "name_ja": "架空"}

    def refused(operation: str, **given: Any) -> set[tuple[str, str]]:
        return wrong(events.call(f"{operation}_create", officer, json={"code": code("X")} | given))

    assert refused("publications", kind="report", cumulative_before=5, **of) == {
        ("/cumulative_year", "cumulative_incomplete")
    }
    days = {"opened_on": "2024-05-02", "closed_on": "2024-05-01"}
    assert refused("media_channels", kind="sns", **of, **days) == {("/closed_on", "channel_closed_first")}
    channel = events.made("media_channels", officer, code=code("CH"), kind="sns", **of)["code"]
    metric = {"channel_code": channel, "name_ja": "x", "unit": "名", "starts_on": "2024-05-02"}
    assert refused("channel_metrics", **metric, ended_on="2024-05-01") == {
        ("/ended_on", "metric_ended_first")
    }
    series = events.made("publications", officer, code=code("P"), kind="forum", **of)["code"]
    article = {"publication_code": series, "title_ja": "架空", "published_on": "2024-05-01", "work_code": "W"}
    assert refused("articles", **article) == {("/part_label", "part_incomplete")}
