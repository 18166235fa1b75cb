"""Meetings, their agendas, and the staff's trainings through the front door: counts, days, whose they are, what is told."""

import json
from typing import Any

import pytest
from asyncpg import CheckViolationError

from tests.support.events import Events, code, done, wrong


def meeting(**given: Any) -> dict[str, Any]:
    return {
        "code": code("MT"), "body": "other", "name": "架空会議", "date_start": "2023-07-23", "date_end": "2023-07-24",
    } | given  # fmt: skip


COUNT = {"participants": 16, "unit": "協会", "qualifier": "exact"}
PUT_OFF = {"standing": "postponed", "standing_reason": "台風のため", "next_plan": "翌月"}


def test_what_a_meeting_says_of_itself(events: Events) -> None:
    refused: list[tuple[dict[str, Any], str, str]] = [
        ({"participants": 16, "unit": "協会"}, "/qualifier", "count_incomplete"),
        ({"qualifier": "about"}, "/participants", "count_incomplete"),
        (COUNT | PUT_OFF, "/participants", "counted_though_not_held"),
        ({"standing": "not_held"}, "/standing_reason", "standing_without_reason"),
        ({"date_end": "2023-07-22"}, "/date_end", "dates_out_of_order"),
        (
            {"secretariat": "架空県国際課", "secretariat_code": "CLAIR"},
            "/secretariat_code",
            "secretariat_twice",
        ),
        ({"secretariat_code": "999999"}, "/secretariat_code", "organisation_unknown"),
        ({"office_code": "atlantis"}, "/office_code", "office_unknown"),
    ]
    for given, pointer, problem in refused:
        answer = events.call("meetings_create", events.headquarters, json=meeting(**given))
        assert wrong(answer) == {(pointer, problem)}, given
    made = events.made(
        "meetings", events.headquarters, **meeting(date_start="2023-03-31", date_end="2023-04-01", **COUNT)
    )
    assert (made["fiscal_year"], made["state"], made["participants"]) == (2022, "held", 16)


def test_the_database_agrees(events: Events) -> None:
    """What the rules refuse, its constraints refuse of whoever writes."""
    made = events.made("meetings", events.headquarters, **meeting(**COUNT))["code"]
    for wrongly in (
        "unit = NULL", "standing = 'postponed'", "standing = 'not_held', standing_reason = '-'",
        "date_end = '2023-07-22'", "fiscal_year = 2024",
        "secretariat = '-', secretariat_id = (SELECT id FROM directory.organisation WHERE code = 'CLAIR')",
    ):  # fmt: skip
        with pytest.raises(CheckViolationError):
            events.sql(f"UPDATE events.meeting SET {wrongly} WHERE code = '{made}'")


def test_an_office_keeps_its_own_meetings(events: Events) -> None:
    paris, london = events.at("paris"), events.at("london")
    answer = events.call("meetings_create", london, json=meeting(office_code="paris"))
    assert wrong(answer) == {("/office_code", "office_not_yours")}
    made = events.made("meetings", paris, **meeting(office_code="paris"))["code"]
    assert made in events.codes("meetings", london)
    item = {"meeting_code": made, "item_no": 1, "title": "架空の議題", "outcome": "adopted"}
    assert wrong(events.call("agenda_items_create", london, json=item)) == {
        ("/meeting_code", "office_not_yours")
    }
    assert events.made("agenda_items", paris, **item)["office_code"] == "paris"
    taken = meeting(code=made, office_code="london", name="ロンドンの会議")
    summary = events.imported("meetings", london, json.dumps(taken).encode())
    assert {one["code"] for one in summary["problems"]} == {"code_of_another_office"}
    assert wrong(events.change("meetings", made, london, name="別の会議")) == {
        ("/office_code", "office_not_yours")
    }
    assert events.change("meetings", made, events.headquarters, office_code="london").status_code == 422
    for officer, changed in ((london, 0), (paris, 1)):
        sql = f"UPDATE events.meeting SET topic = '-' WHERE code = '{made}' RETURNING code"
        assert len(events.sql_as(_setting(officer), sql)) == changed


def _setting(officer: Any) -> str:
    return f'{{"role": "event_officer", "person": "{officer.person}"}}'


def test_a_line_counts_what_was_held(events: Events) -> None:
    """Persons and associations apart; what was put off is a line with its reason."""
    of = {"body": "association_council", "date_start": "2021-05-20", "date_end": "2021-05-21"}
    held = events.made("meetings", events.headquarters, **meeting(**of, **COUNT))["code"]
    events.made(
        "meetings", events.headquarters, **meeting(**of, **COUNT | {"participants": 93, "unit": "名"})
    )
    off = events.made("meetings", events.headquarters, **meeting(**of | PUT_OFF))["code"]
    answer = events.figures(
        "association-council-events", fiscal_year=2021, dimensions="meeting_code,state,not_held_reason"
    )
    lines = {one["meeting_code"]: one for one in answer["cells"]}
    assert (lines[held]["value"], lines[held]["unit"]) == (16, "協会")
    assert lines[held]["records"] == f"/events/v1/meetings?code={held}"
    assert (lines[off]["value"], lines[off]["state"], lines[off]["not_held_reason"]) == (
        None,
        "postponed",
        "台風のため",
    )
    assert {(one["unit"], one["value"]) for one in answer["totals"]} == {("協会", 16), ("名", 93)}
    ahead = {"date_start": "2040-05-20", "date_end": "2040-05-20"}
    events.made("meetings", events.headquarters, **meeting(**of | ahead, **COUNT))
    (planned,) = events.figures("association-council-events", fiscal_year=2040)["cells"]
    assert (planned["state"], planned["value"]) == ("planned", None)
    board = {"body": "board", "date_start": "2021-06-01", "date_end": "2021-06-01"}
    for number in (1, 2):
        events.made("meetings", events.headquarters, **meeting(**board, meeting_no=number))
    events.made("meetings", events.headquarters, **meeting(**board | PUT_OFF))
    assert events.figures("governance-meetings", fiscal_year=2021)["totals"][0]["value"] == 2


def test_a_calendar_has_the_days(events: Events) -> None:
    made = events.made("meetings", events.headquarters, **meeting(name="暦の会議", office_code="sydney"))[
        "code"
    ]
    asked = {"office": "sydney", "fiscal_year": 2023}
    told = events.call("calendar_read", events.at("paris"), params=asked).text
    assert "SUMMARY:暦の会議" in told
    assert "DTSTART;VALUE=DATE:20230723" in told and "DTEND;VALUE=DATE:20230725" in told
    done(events.change("meetings", made, events.headquarters, **PUT_OFF))
    told = events.call("calendar_read", events.at("paris"), params=asked | {"language": "ja"}).text
    assert "SUMMARY:【延期】暦の会議" in told and "STATUS:CANCELLED" in told and "SEQUENCE:2" in told


def test_trainings_are_of_headquarters_and_of_a_year(events: Events) -> None:
    body = {"code": code("ST"), "category": "general", "name": "架空研修", "fiscal_year": 2022}
    assert wrong(events.call("staff_trainings_create", events.at("paris"), json=body)) == {
        ("/code", "office_not_yours")
    }
    made = events.made("staff_trainings", events.headquarters, **body)
    assert made["sessions_inferred"] is None
    period = {
        "training_code": made["code"],
        "period_no": 1,
        "date_start": "2022-09-01",
        "date_end": "2022-10-31",
    }
    months = {"date_precision": "month"}
    for given, pointer, problem in (
        (months | {"date_end": "2022-10-30"}, "/date_end", "months_not_whole"),
        (months | {"date_start": "2022-09-02"}, "/date_start", "months_not_whole"),
        ({"date_end": "2022-08-31"}, "/date_end", "dates_out_of_order"),
        ({"date_start": "2022-03-31"}, "/date_start", "training_in_another_fiscal_year"),
        ({"training_code": "ST-00"}, "/training_code", "staff_training_unknown"),
    ):  # fmt: skip
        answer = events.call("staff_training_periods_create", events.headquarters, json=period | given)
        assert wrong(answer) == {(pointer, problem)}, given
    events.made("staff_training_periods", events.headquarters, **period | months)
    events.made(
        "staff_training_periods", events.headquarters,
        **period | {"period_no": 2, "date_start": "2022-12-01", "date_end": "2022-12-01"},
    )  # fmt: skip
    answer = events.figures("hq-trainings", fiscal_year=2022)
    assert {one["metric"]: one["value"] for one in answer["cells"]} == {
        "sessions": None,
        "sessions_inferred": 2,
    }
    moved = events.change("staff_trainings", made["code"], events.headquarters, fiscal_year=2023)
    assert moved.json()["code"] == "training_in_another_fiscal_year"
    for wrongly in ("date_end = '2022-08-31'", "date_end = '2022-10-30'"):
        with pytest.raises(CheckViolationError):
            events.sql(
                f"UPDATE events.staff_training_period SET {wrongly} WHERE period_no = 1 AND date_precision = 'month'"
            )
