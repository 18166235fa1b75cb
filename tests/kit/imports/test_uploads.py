"""How files arrive: refused early, stored once per key, staged bytes never left behind."""

import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from uuid import uuid4

import pytest

from services.kit.imports.reading import XLSX
from tests.kit.imports.files import saved, workbook
from tests.kit.imports.running import HEADINGS, codes, organisations, stored
from tests.support.house import SCOPES, Caller, House
from tests.support.sql import value


def _blobs(api: House) -> object:
    return value(api.postgres.url(), "SELECT (SELECT count(*) FROM identity.blob) - (SELECT count(*) FROM identity.import) "
                 "- (SELECT count(marked_id) FROM identity.import)")  # fmt: skip


def test_a_kind_that_does_not_exist_is_a_wrong_parameter(api: House) -> None:
    answer = api.send(b"x", kind="nothing")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "kind")


def test_unknown_parameters_are_refused(api: House) -> None:
    assert api.send(b"x", modus="atomic").status_code == 400


def test_the_kinds_own_row_counts_besides_the_routes(api: House) -> None:
    reader = Caller(scopes=SCOPES - {"directory:write", "directory.post:write"})
    body = organisations(codes(1))
    assert api.send(body, caller=reader).status_code == 403
    assert api.send(body, caller=Caller(role="organisation", organisation=uuid4())).status_code == 403
    listed = api.call("GET", "/directory/v1/imports/kinds", "directory_imports_kinds", reader)
    assert listed.json()["items"] == []


@pytest.mark.parametrize("media", ["application/json", "text/html", ""])
def test_other_media_types_are_not_taken(api: House, media: str) -> None:
    assert api.send(b"{}", media=media).status_code == 415


def test_a_key_is_needed(api: House) -> None:
    answer = api.send(organisations(codes(1)), key="not one key")
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")


def test_too_large_is_refused_before_and_during_the_stream(api: House) -> None:
    body = b"x" * (4 * 1024 * 1024)

    def unannounced() -> object:
        yield from (body[place : place + 65536] for place in range(0, len(body), 65536))

    assert api.send(body).status_code == 413
    assert api.send(unannounced()).status_code == 413
    assert _blobs(api) == 0


def test_a_workbook_of_too_many_rows_is_refused_naming_csv(api: House) -> None:
    plain = saved(workbook([HEADINGS]))
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(plain)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(2, 50_100))
                content = content.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
            target.writestr(part.filename, content)
    answer = api.send(out.getvalue(), media=XLSX)
    assert answer.status_code == 413
    assert "CSV" in answer.json()["errors"][0]["remedy"]
    assert _blobs(api) == 0


def test_the_same_upload_with_the_same_key_is_answered_from_what_was_stored(api: House) -> None:
    body, key = organisations(codes(1)), str(uuid4())
    first, again = api.send(body, key=key), api.send(body, key=key)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert (again.headers["idempotency-replayed"], "idempotency-replayed" in first.headers) == ("true", False)
    assert again.headers["location"] == first.headers["location"]
    assert api.send(body + b"\r\n", key=key).status_code == 422
    assert api.send(body, key=key, mode="partial").status_code == 422
    assert _blobs(api) == 0


def test_fifty_identical_uploads_have_one_effect(api: House) -> None:
    given, key = codes(2), str(uuid4())
    body = organisations(given)
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: api.send(body, key=key), range(50)))
    taken = [answer for answer in answers if answer.status_code == 202]
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len({answer.json()["id"] for answer in taken}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in taken) == 1
    assert api.ended(taken[0])["result"]["created"] == 2
    assert stored(api, given).keys() == set(given)
    assert _blobs(api) == 0
