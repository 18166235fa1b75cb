"""Tables of editions that the report has no open rows of: each line from records, with the columns that it prints."""

from typing import Any

from tests.events.test_legs import leg
from tests.support.events import Events, code, done
from tests.support.report_tables import shown

SHAPES = {
    "hosted-economic-events": "row_no event_name host_office municipality_count",
    "hosted-economic-event-sessions": "row_no session_no country place date_start date_end content visitors "
    "workshop_participants products products_mode municipalities businesses",
    "hosted-economic-event-municipalities": "row_no seq municipality municipality_type",
    "cooking-events": "row_no overseas_office date_start date_end place theme_ingredients menu",
    "cooking-event-bodies": "row_no seq body body_type listed_in",
    "jetaa-events": "row_no overseas_office country country_printed name place_text occurrence_count",
    "jetaa-event-occurrences": "row_no occurrence_no date_start date_end place",
    "policy-pr-seminars": "row_no overseas_office name place occurrence_count",
    "policy-pr-seminar-occurrences": "row_no occurrence_no date_start date_end participants qualifier",
}
YEAR = 2031


def _lines(events: Events, name: str) -> list[tuple[str, ...]]:
    columns = SHAPES[name].split()
    return [tuple(one.values()) for one in shown(events.figures(name, fiscal_year=YEAR), columns)]


def _edition(events: Events, office: str, programme: str, *tags: str, **given: Any) -> str:
    officer = events.at(office)
    event = code("EV")
    events.made(
        "events",
        officer,
        code=event,
        programme=programme,
        office_code=office,
        name_ja="架空行事",
        tags=list(tags),
    )
    body = {"code": code("ED"), "event_code": event, "fiscal_year": YEAR, "title_ja": "架空行事2031"}
    return str(events.made("editions", officer, **body | given)["code"])


def _legs(events: Events, of: str, *days: str, **given: Any) -> list[str]:
    return [
        events.made(
            "legs", events.headquarters, **leg(of, number=number, starts_on=day, ends_on=day, place=f"会場{day[-1]}") | given
        )["code"]
        for number, day in enumerate(days, 1)
    ]  # fmt: skip


def _joins(events: Events, of: str, *bodies: dict[str, Any]) -> None:
    for seq, body in enumerate(bodies, 1):
        events.made("edition_participants", events.headquarters, edition_code=of, seq=seq, **body)


def _count(events: Events, subject: str, value: int, **given: Any) -> None:
    body = {"code": code("AC"), "subject": subject, "value": value, "unit": "名"}
    events.made("attendance_counts", events.headquarters, **body | given)


def test_a_body_at_two_legs_is_one(events: Events) -> None:
    events.organisations("福井県", "静岡県", "静岡県三島市")
    of = _edition(events, "paris", "hosted_economic_event", counted_at="leg")
    first, second = _legs(events, of, "2031-10-01", "2031-10-08", country="FR", content="展示", format="販売")
    fukui, mishima = {"organisation_code": "180009"}, {"organisation_code": "222062", "leg_numbers": [2]}
    _joins(events, of, fukui, mishima, {"name": "架空商店", "capacity": "exhibitor"})
    _count(events, "visitors", 500, leg_code=first)
    _count(events, "visitors", 700, leg_code=second, person_times=True)
    _count(events, "products", 30, leg_code=second, unit="点")
    row = ("FR", "会場1", "2031-10-01", "2031-10-01", "展示")
    assert _lines(events, "hosted-economic-events") == [("1", "架空行事2031", "パリ", "2")]
    assert _lines(events, "hosted-economic-event-sessions") == [
        ("1", "1", *row, "500", "", "", "販売", "1", ""),
        ("1", "2", "FR", "会場8", "2031-10-08", "2031-10-08", "展示", "", "", "30", "販売", "2", ""),
    ]
    sessions = events.figures("hosted-economic-event-sessions", fiscal_year=YEAR)
    totals = {(one["metric"], one["unit"]): one["value"] for one in sessions["totals"]}
    assert (totals["visitors", "名"], totals["visitor_times", "延べ"], totals["municipalities", "団体"]) == (
        500,
        700,
        3,
    )
    bodies = [("1", "1", "福井県", "prefecture"), ("1", "2", "静岡県三島市", "municipality")]
    assert _lines(events, "hosted-economic-event-municipalities") == bodies

    again = _edition(events, "london", "hosted_economic_event")
    _joins(events, again, fukui)
    told = events.figures("hosted-economic-event-municipalities", fiscal_year=YEAR)["totals"]
    assert [(one["kind"], one["value"]) for one in told] == [("sum", 3), ("distinct", 2)]


def test_lines_go_by_office_and_day(events: Events) -> None:
    """Headquarters' first, then the offices in the directory's order; a cancelled leg is no occurrence."""
    later = _edition(events, "london", "policy_seminar", "jetaa")
    _legs(events, later, "2031-06-02", "2031-06-09", country="GB")
    early = _edition(events, "seoul", "policy_seminar", "jetaa")
    _legs(events, early, "2031-05-01", country="KR", country_printed="韓国")
    (off,) = _legs(
        events,
        _edition(events, "london", "policy_seminar", standing="not_held", standing_reason="台風"),
        "2031-05-03",
    )
    done(events.change("legs", off, events.headquarters, cancelled_on="2031-05-02", cancelled_reason="台風"))
    _count(events, "participants", 40, edition_code=early, qualifier="about")
    assert _lines(events, "policy-pr-seminars") == [
        ("1", "ロンドン", "架空行事2031", "会場2;会場9", "2"),
        ("2", "ロンドン", "架空行事2031", "", ""),
        ("3", "ソウル", "架空行事2031", "会場1", "1"),
    ]
    # what belongs to the edition is not said of its leg
    assert _lines(events, "policy-pr-seminar-occurrences") == [
        ("1", "1", "2031-06-02", "2031-06-02", "", ""),
        ("1", "2", "2031-06-09", "2031-06-09", "", ""),
        ("3", "1", "2031-05-01", "2031-05-01", "", ""),
    ]
    assert _lines(events, "jetaa-events") == [
        ("1", "ロンドン", "GB", "", "架空行事2031", "会場2;会場9", "2"),
        ("2", "ソウル", "KR", "韓国", "架空行事2031", "会場1", "1"),
    ]
    assert len(_lines(events, "jetaa-event-occurrences")) == 3
    states = {one["state"] for one in events.figures("policy-pr-seminars", fiscal_year=YEAR)["cells"]}
    assert states == {"planned", "not_held"}


def test_a_cooking_event_lists_its_bodies(events: Events) -> None:
    events.organisations("香川県")
    of = _edition(events, "beijing", "cooking_event", content="うどん")
    _legs(events, of, "2031-07-01", topic="小麦")
    _joins(events, of, {"organisation_code": "370002", "listed_in": "1.3(2)"}, {"name": "架空料理教室"})
    day = "2031-07-01"
    assert _lines(events, "cooking-events") == [("1", "北京", day, day, "会場1", "小麦", "うどん")]
    assert _lines(events, "cooking-event-bodies") == [
        ("1", "1", "香川県", "prefecture", "1.3(2)"),
        ("1", "2", "架空料理教室", "other", ""),
    ]
    # a body that the directory does not know cannot be asked for by its code
    cells = events.figures("cooking-event-bodies", fiscal_year=YEAR)["cells"]
    assert ["records" in one for one in cells] == [True, False]
