"""A file sent over HTTP becomes records by a real worker, or nothing at all."""

import io
from uuid import uuid4

import openpyxl

from services.kit.imports.reading import XLSX
from tests.kit.imports.files import front, saved, workbook
from tests.kit.imports.running import HEADINGS, codes, csv_of, organisations, outbox, stored
from tests.support.house import SCOPES, Caller, House
from tests.support.sql import fetch, value


def _import(api: House, operation: dict[str, dict[str, str]], caller: Caller | None = None) -> str:
    assert operation["result"], operation
    return operation["result"]["import"]


def test_csv_becomes_records_with_one_audit_row_and_one_change_each(api: House) -> None:
    given = codes(3)
    operation = api.done(organisations(given))
    assert operation["state"] == "succeeded"
    assert operation["result"] | {"import": ""} == {
        "import": "", "rows": 3, "created": 3, "changed": 0, "unchanged": 0, "refused": 0, "problems": 0,
        "stored": True,
    }  # fmt: skip
    assert stored(api, given).keys() == set(given)
    assert outbox(api, given) == 3
    audited = f"SELECT count(*) FROM identity.audit_entry WHERE resource_id = '{operation['id']}'"
    assert value(api.postgres.url(), audited) == 1


def test_the_same_file_again_changes_nothing(api: House) -> None:
    given = codes(2)
    api.done(organisations(given))
    again = api.done(organisations(given))["result"]
    assert (again["rows"], again["unchanged"], again["created"], again["changed"]) == (2, 2, 0, 0)
    assert outbox(api, given) == 2


def test_a_changed_row_is_counted_as_changed(api: House) -> None:
    given = codes(2)
    api.done(organisations(given))
    result = api.done(organisations(given[:1], "改名") + organisations(given[1:]).split(b"\r\n", 1)[1])[
        "result"
    ]
    assert (result["changed"], result["unchanged"]) == (1, 1)
    assert stored(api, given)[given[0]] == f"改名{given[0]}"


def test_workbook_and_ndjson_are_read_too(api: House) -> None:
    one, two = codes(2)
    sheet = saved(workbook([HEADINGS, (one, "表の団体", "企業")]))
    assert api.done(sheet, media=XLSX)["result"]["created"] == 1
    line = f'{{"code": "{two}", "name": "行の団体", "kind": "company"}}\n'.encode()
    assert api.done(line, media="application/x-ndjson")["result"]["created"] == 1
    assert stored(api, [one, two]) == {one: "表の団体", two: "行の団体"}


def test_cp932_csv_that_windows_calls_excel(api: House) -> None:
    (code,) = codes(1)
    body = organisations([code], "髙﨑").decode().encode("cp932")
    assert api.done(body, media="application/vnd.ms-excel")["state"] == "succeeded"
    assert stored(api, [code]) == {code: f"髙﨑{code}"}


def test_template_filled_in_is_taken_back(api: House) -> None:
    (code,) = codes(1)
    form = api.call("GET", "/directory/v1/imports/kinds/organisations/template", "directory_imports_template")
    assert form.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(form.content))
    for column, text in enumerate((code, "様式の団体", None, None, "企業"), start=1):
        book.worksheets[0].cell(5, column).value = text
    assert api.done(saved(book), media=XLSX)["result"]["created"] == 1


def test_one_wrong_row_refuses_an_atomic_file_and_comes_back_marked(api: House) -> None:
    good, bad = codes(2)
    rows = [(good, "良い団体", "企業"), (bad, "悪い団体", "会社ではない")]
    operation = api.done(saved(workbook([HEADINGS, *rows])), media=XLSX)
    assert operation["state"] == "failed"
    assert operation["problem"]["code"] == "import_refused"
    assert stored(api, [good, bad]) == {}
    here = _import(api, operation)
    (problem,) = api.call("GET", f"{here}/problems", "directory_imports_problems").json()["items"]
    assert (problem["row"], problem["column"], problem["code"]) == (3, "C", "not_a_choice")
    assert set(problem["message"]) == {"ja", "en"}
    marked = api.call("GET", f"{here}/marked-workbook", "directory_imports_marked_workbook")
    sheet = front(openpyxl.load_workbook(io.BytesIO(marked.content)))
    assert [sheet.cell(row, 4).value for row in (1, 2)] == ["エラー", "OK"]
    assert "誤り" in str(sheet.cell(3, 4).value)


def test_partial_keeps_the_sound_rows(api: House) -> None:
    good, bad = codes(2)
    operation = api.done(csv_of([(good, "良い", "企業"), (bad, "悪い", "?")]), mode="partial")
    assert operation["state"] == "succeeded"
    assert (operation["result"]["created"], operation["result"]["refused"]) == (1, 1)
    assert stored(api, [good, bad]).keys() == {good}


def test_dry_run_tells_what_would_be_and_stores_nothing(api: House) -> None:
    given = codes(2)
    result = api.done(organisations(given), dry_run="true")
    assert result["state"] == "succeeded"
    assert (result["result"]["created"], result["result"]["stored"]) == (2, False)
    assert stored(api, given) == {}
    assert outbox(api, given) == 0


def _periods(given: list[str]) -> bytes:
    """Two periods of one member under two hosts; the second begins before the first ends."""
    member, first, second = given
    return csv_of(
        [(member, first, "2020-04-01", "2024-03-31"), (member, second, "2023-04-01", ""),
         (first, second, "2020-04-01", "")],
        ("所属団体コード", "取りまとめ団体コード", "有効開始日", "有効終了日"),
    )  # fmt: skip


def test_an_overlap_is_found_on_its_row_even_by_a_dry_run(api: House) -> None:
    given = codes(3)
    api.done(organisations(given))
    operation = api.done(_periods(given), kind="hierarchies", dry_run="true")
    problems = api.call("GET", f"{_import(api, operation)}/problems", "directory_imports_problems").json()
    assert [(one["row"], one["field"]) for one in problems["items"]] == [(3, "")]
    assert operation["result"]["created"] == 2


def test_partial_stores_the_first_of_two_that_clash(api: House) -> None:
    given = codes(3)
    api.done(organisations(given))
    result = api.done(_periods(given), kind="hierarchies", mode="partial")["result"]
    assert (result["created"], result["refused"]) == (2, 1)


def test_an_unknown_reference_is_a_problem_of_its_cell(api: House) -> None:
    known, unknown = codes(2)
    api.done(organisations([known]))
    body = csv_of([(known, unknown)], ("所属団体コード", "取りまとめ団体コード"))
    operation = api.done(body, kind="hierarchies")
    (problem,) = api.call("GET", f"{_import(api, operation)}/problems", "directory_imports_problems").json()[
        "items"
    ]
    assert (problem["field"], problem["code"]) == ("host_code", "organisation_unknown")


def test_a_record_twice_in_one_file_is_an_error_of_the_later_row(api: House) -> None:
    (code,) = codes(1)
    operation = api.done(csv_of([(code, "一", "企業"), (code, "二", "企業")]))
    (problem,) = api.call("GET", f"{_import(api, operation)}/problems", "directory_imports_problems").json()[
        "items"
    ]
    assert (problem["row"], problem["code"]) == (3, "row_repeated")
    assert "2行目" in problem["message"]["ja"]


def test_problems_come_in_pages(api: House) -> None:
    rows = [(code, "団体", "?") for code in codes(5)]
    here = f"{_import(api, api.done(csv_of(rows)))}/problems"
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.call(
            "GET",
            here,
            "directory_imports_problems",
            params={"limit": 2, **({"cursor": cursor} if cursor else {})},
        )
        seen += [one["row"] for one in page.json()["items"]]
        cursor = page.json()["next"]
    assert seen == [2, 3, 4, 5, 6]


def test_a_file_that_is_no_table_fails_with_its_reason(api: House) -> None:
    operation = api.done(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, media=XLSX)
    assert operation["state"] == "failed"
    assert operation["problem"]["code"] not in ("internal_fault", "import_refused")


def test_history_is_applied_in_the_order_of_knowledge(api: House) -> None:
    (code,) = codes(1)
    rows = [
        (code, "後の名", "企業", "2023-06-01T00:00:00+09:00"),
        (code, "先の名", "企業", "2023-04-01T00:00:00+09:00"),
    ]
    body = csv_of(rows, (*HEADINGS, "known_from"))
    assert api.done(body, history="true")["state"] == "succeeded"
    assert stored(api, [code]) == {code: "後の名"}
    again = api.done(body, history="true")["result"]
    assert (again["rows"], again["unchanged"]) == (2, 2)
    assert outbox(api, [code]) == 2


def test_history_after_go_live_is_refused(api: House) -> None:
    (code,) = codes(1)
    body = csv_of([(code, "名", "企業", "2024-07-09T00:00:00+09:00")], (*HEADINGS, "known_from"))
    operation = api.done(body, history="true")
    (problem,) = api.call("GET", f"{_import(api, operation)}/problems", "directory_imports_problems").json()[
        "items"
    ]
    assert (problem["field"], problem["code"]) == ("known_from", "known_after_go_live")


def test_without_history_the_column_is_unknown_and_the_scope_is_needed_for_it(api: House) -> None:
    (code,) = codes(1)
    body = csv_of([(code, "名", "企業", "2023-04-01T00:00:00+09:00")], (*HEADINGS, "known_from"))
    operation = api.done(body)
    (problem,) = api.call("GET", f"{_import(api, operation)}/problems", "directory_imports_problems").json()[
        "items"
    ]
    assert (problem["code"], problem["severity"]) == ("unknown_heading", "warning")
    assert api.send(body, history="true", caller=Caller(scopes=SCOPES - {"history:load"})).status_code == 403


def test_an_operation_is_its_callers_alone(api: House) -> None:
    sent = api.send(organisations(codes(1)))
    api.ended(sent)
    for other in (Caller(client="another"), Caller(person=uuid4())):
        for path, route in (
            (sent.json()["operation"], "directory_operations_read"),
            (sent.json()["operation"] + "/events", "directory_operations_events"),
            (sent.json()["import"], "directory_imports_read"),
            (sent.json()["import"] + "/problems", "directory_imports_problems"),
            (sent.json()["import"] + "/marked-workbook", "directory_imports_marked_workbook"),
        ):
            assert api.call("GET", path, route, other).status_code == 404, path


def test_arrival_is_numbered_and_hashed(api: House) -> None:
    body = organisations(codes(1))
    first, second = api.send(body).json(), api.send(body).json()
    assert first["sha256"] == second["sha256"]
    assert first["receipt_number"] < second["receipt_number"]
    row = fetch(
        api.postgres.url(),
        f"SELECT encode(sha256(c.content), 'hex') FROM identity.import i "
        f"JOIN identity.blob_chunk c ON c.blob_id = i.source_id WHERE i.id = '{first['id']}'",
    )
    assert row == [(first["sha256"],)]
