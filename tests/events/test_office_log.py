"""The office log, surveys and contacts through the front door: what counts, whose it is, and what a second file does."""

import json
from datetime import datetime
from io import BytesIO
from typing import Any

import openpyxl

from tests.support.events import OFFICES, Events, code, done, wrong
from tests.support.serving import Caller

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def entry(**given: Any) -> dict[str, Any]:
    return {
        "office_code": "paris", "received_on": "2024-05-10", "kind": "activity_support",
        "requester_name": "架空大学", "requester_kind": "other", "content": code("視察の同行"),
    } | given  # fmt: skip


def test_a_line_is_numbered_and_counted_by_its_rules(events: Events) -> None:
    officer = events.at("paris")
    events.organisations("静岡県")
    first = events.made("supports", officer, **entry())
    second = events.made("supports", officer, **entry(received_on="2025-03-31"))
    assert [one["code"][:-4] for one in (first, second)] == ["L-paris-2024-"] * 2
    assert int(second["code"][-4:]) == int(first["code"][-4:]) + 1
    assert (first["countable"], first["state"], first["requester"]) == (True, "open", "架空大学")
    assert events.made("supports", officer, **entry(received_on="2025-04-01"))["code"] == "L-paris-2025-0001"
    given = {"organisation_code": "220001", "requester_name": None, "requester_kind": "company"}
    asked = events.made("supports", officer, **entry(**given, kind="enquiry", channel="telephone"))
    assert (asked["requester_kind"], asked["requester"]) == ("prefecture_or_designated_city", "静岡県")
    assert (asked["countable"], asked["not_countable_reason"]) == (False, "enquiry_by_message")
    assert events.made("supports", officer, **entry(kind="enquiry", channel="visit"))["countable"]
    # of a requester that loses its code the kind is asked anew
    named = {"organisation_code": None, "requester_name": "架空大学"}
    refused = events.change("supports", asked["code"], officer, **named)
    assert wrong(refused) == {("/requester_kind", "support_requester_kind")}
    known = done(events.change("supports", asked["code"], officer, **named, requester_kind="other"))
    assert (known["requester"], known["requester_kind"]) == ("架空大学", "other")
    for body, problem in (
        ({"kind": "enquiry"}, ("/channel", "support_enquiry_channel")),
        ({"kind": "enquiry", "channel": "email", "countable": True}, ("/countable", "enquiry_by_message")),
        ({"countable": False}, ("/countable", "not_countable_reason")),
        ({"not_countable_reason": "enquiry_by_message"}, ("/countable", "enquiry_by_message")),
        ({"requester_kind": None}, ("/requester_kind", "support_requester_kind")),
        ({"requester_name": None}, ("/requester_name", "support_requester")),
        ({"organisation_code": "220001"}, ("/requester_name", "support_requester")),
        ({"due_on": "2024-05-09"}, ("/received_on", "days_before_request")),
        ({"office_code": "london"}, ("/office_code", "office_not_yours")),
    ):
        assert wrong(events.call("supports_create", officer, json=entry(**body))) == {problem}, body


def test_a_log_is_its_offices(events: Events) -> None:
    made = events.made("supports", events.at("paris"), **entry(office_code="paris"))["code"]
    other = events.at("london")
    # what is printed is read by whoever reads figures, and is no line of theirs
    printed = events.made("supports", events.at("paris"), **entry(marked=True))["code"]
    for ref in (made, printed):
        assert events.call("supports_read", other, path={"ref": ref}).status_code == 404
    assert made in events.codes("supports", events.headquarters, office="paris")
    assert made not in events.codes("supports", other)
    scoped = f"SELECT count(*) FROM events.support_text AS t JOIN events.support AS s ON s.id = t.support_id WHERE s.code = '{made}'"
    caller = {"role": "event_officer", "person": str(other.person), "client": "desk", "key": "x"}
    assert events.sql_as(json.dumps(caller), scoped)[0][0] == 0


def test_the_same_file_again_changes_nothing(events: Events) -> None:
    officer = events.at("seoul")
    rows = [
        entry(office_code="seoul", content="市長の表敬訪問の調整"),
        entry(office_code="seoul", content="通訳の手配", kind="interpreter", countable="false", not_countable_reason="withdrawn"),
    ]  # fmt: skip
    content = "\n".join(json.dumps(row) for row in rows).replace('"false"', "false").encode()
    first = events.imported("supports", officer, content)
    assert first["created"] == 2, first
    again = events.imported("supports", officer, content)
    assert (again["unchanged"], again["created"]) == (2, 0)
    answer = events.call("supports_create", officer, json=rows[0])
    assert answer.status_code == 409


def test_two_lines_alike_are_two(events: Events) -> None:
    officer = events.at("seoul")
    said = entry(office_code="seoul", content="会議室の手配", received_on="2024-09-02")

    def sent(*rows: dict[str, Any]) -> tuple[list[str], int, int]:
        summary = events.imported("supports", officer, "\n".join(map(json.dumps, rows)).encode())
        return [one["code"] for one in summary["problems"]], summary["created"], summary["unchanged"]

    assert sent(said, said) == ([], 2, 0)
    assert sent(said, said) == ([], 0, 2)
    # by a page the second one says that it is another
    other = said | {"content": "別の会議室の手配"}
    first, second = (events.made("supports", officer, **other | given) for given in ({}, {"alike_no": 2}))
    assert (first["alike_no"], second["alike_no"]) == (1, 2) and first["code"] != second["code"]
    assert events.call("supports_create", officer, json=other | {"alike_no": 2}).status_code == 409
    assert sent(other, other, other) == ([], 1, 2)
    assert sent(other | {"alike_no": 1}, other | {"alike_no": 1}) == (["support_repeated"], 0, 0)
    # what comes back with its codes is what it was, in whatever order
    stored = events.call("supports_list", officer, params={"office": "seoul", "month": 9}).json()["items"]
    again = [{name: one[name] for name in (*said, "code", "alike_no")} | {"marked": False} for one in stored]
    assert sent(*reversed(again)) == ([], 0, 5)
    assert sent({name: value for name, value in again[0].items() if name != "alike_no"}) == ([], 0, 1)
    # one that becomes like another is refused until it has a number of its own
    apart = events.made("supports", officer, **said | {"content": "食堂の手配"})["code"]
    refused = events.change("supports", apart, officer, content=said["content"])
    assert (refused.status_code, refused.json()["code"]) == (422, "support_repeated")
    done(events.change("supports", apart, officer, content=said["content"], alike_no=3))
    assert sent(said, said, said) == ([], 0, 3)


def test_a_contact_has_its_lines(events: Events) -> None:
    officer = events.at("sydney")
    body = {"code": code("C"), "office_code": "sydney", "counterpart_name": "Sample Council"}
    person = {
        "person_name": "Sam Sample",
        "title": "Director",
        "email": "sam@example.org",
        "topics": ["観光"],
    }
    contact = events.made("office_contacts", officer, **body, **person)
    assert (contact["counterpart"], contact["person_name"]) == ("Sample Council", "Sam Sample")
    line = entry(office_code="sydney", contact_code=contact["code"])
    made = events.made("supports", officer, **line)["code"]
    assert events.codes("supports", officer, contact=contact["code"]) == [made]
    assert contact["code"] not in events.codes("office_contacts", events.at("seoul"))
    # headquarters know the contacts of all offices, and give a line one of its own office
    for office in ("seoul", None):
        refused = events.call("supports_create", events.headquarters, json=line | {"office_code": office})
        assert wrong(refused) == {("/contact_code", "contact_of_another_office")}
    # what can be erased stands in no audit entry and in no feed, and is gone when it is taken out
    done(events.change("office_contacts", contact["code"], officer, email="other@example.org"))
    taken_out = {"person_name": None, "email": None, "phone": None, "title": None}
    done(events.change("office_contacts", contact["code"], officer, **taken_out))
    told = events.sql(f"SELECT e::text FROM events.audit_entry AS e WHERE resource_id = '{contact['id']}'")
    told += events.sql(f"SELECT o::text FROM events.outbox AS o WHERE resource_id = '{contact['id']}'")
    kept = events.sql("SELECT d::text FROM events.office_contact_detail AS d")
    assert len(told) == 6 and "Sam Sample" not in str(told + kept) and "example.org" not in str(told + kept)


def survey(caller: Caller, events: Events, **given: Any) -> dict[str, Any]:
    body = {
        "code": code("SV"), "title": "架空の調査", "office_codes": ["paris", "new_york"],
        "requester_name": "架空県議会", "requested_on": "2024-06-01",
    }  # fmt: skip
    return events.made("surveys", caller, **body | given)


def test_a_survey_of_seven_offices_is_one_at_each(events: Events) -> None:
    asked = {"office_codes": list(OFFICES), "requested_on": "2023-05-01", "due_on": "2023-06-01"}
    made = [
        survey(events.headquarters, events, **asked | given)["code"]
        for given in ({}, {"answered_on": "2023-06-02"}, {"answered_on": "2023-06-01"})
    ]
    answer = events.figures("survey-offices", fiscal_year=2023)
    told = [(one["metric"], one["kind"], one["value"]) for one in answer["totals"]]
    assert told == [("surveys", "distinct", 3), ("answered", "distinct", 2), ("late", "distinct", 2)]
    cells = {(one["office"], one["metric"]): one for one in answer["cells"]}
    assert {one["value"] for (_, metric), one in cells.items() if metric == "surveys"} == {3} and len(
        cells
    ) == 21
    found = done(events.call("surveys_list", events.headquarters, url=cells["seoul", "late"]["records"]))[
        "items"
    ]
    assert [one["code"] for one in found] == made[:2]


def test_a_survey_of_several_offices_is_one(events: Events) -> None:
    made = survey(events.at("new_york"), events, due_on="2024-07-01")
    assert made["code"] in events.codes("surveys", events.at("london"), office="paris", answered="false")
    body = {"code": code("SV"), "title": "調査", "requester_name": "架空県", "requested_on": "2024-06-01"}
    for offices, problem in ((["paris"], "office_not_yours"), (["atlantis"], "office_unknown")):
        answer = events.call("surveys_create", events.at("london"), json=body | {"office_codes": offices})
        assert wrong(answer) == {("/office_codes", problem)}
    done(events.change("surveys", made["code"], events.at("paris"), answered_on="2024-06-20"))


def test_a_month_is_taken_as_excel_writes_it(events: Events) -> None:
    officer = events.at("beijing")
    events.organisations("静岡県")
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    names = (
        "office_code",
        "received_on",
        "kind",
        "channel",
        "requester_name",
        "requester_kind",
        "content",
        "organisation_code",
    )
    for row in (
        ("海外事務所 月次報告",),
        names,
        ("ｂｅｉｊｉｎｇ", "令和6年5月2日", "通訳手配", None, "架空大学", "その他", "通訳", None),
        ("beijing", "R6.5.3", "interpreter", None, "架空大学", "other", "通訳", None),
        ("beijing", datetime(2024, 5, 4, 10, 30), "照会", "メール", None, None, "照会", "２２０００１"),
    ):
        sheet.append(row)
    sheet.merge_cells("A1:F1")
    sheet.row_dimensions[4].hidden = True
    book.create_sheet("集計").append(["計", 3])
    content = BytesIO()
    book.save(content)
    first, again = (events.imported("supports", officer, content.getvalue(), XLSX) for _ in range(2))
    assert [one["code"] for one in first["problems"]] == ["time_dropped"]
    assert (first["created"], again["created"], again["unchanged"]) == (3, 0, 3)
    made = done(events.call("supports_list", officer, params={"office": "beijing", "sort": "received_on"}))[
        "items"
    ]
    assert [one["received_on"] for one in made] == ["2024-05-02", "2024-05-03", "2024-05-04"]
    assert (made[2]["countable"], made[2]["requester"]) == (False, "静岡県")
    text = ",".join(names[:7]) + "\r\nbeijing,R6.6.2,通訳手配,,架空大学,その他,①の通訳\r\n"
    assert events.imported("supports", officer, text.encode("cp932"), "text/csv")["created"] == 1
