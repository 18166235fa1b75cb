"""The yearly change of officers (4月1日の異動) as one file: a workbook of forty organisations, a CSV, and what is wrong."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook

from services.gateway.registry.people.changes import officer_changes
from services.gateway.registry.people.resource import posts
from services.kit.http.negotiate import XLSX
from services.kit.imports import engine
from services.kit.imports.engine import Importer
from services.kit.imports.headings import REQUIRED_MARK
from services.kit.imports.reading import CSV
from tests.gateway.registry.officers import (
    by,
    hand_over,
    identity,
    officer,
    organisation,
    people,
    terms,
)
from tests.gateway.registry.own import Own, own_directory
from tests.support.database import CLOCK
from tests.support.serving import Caller

TITLES = {column.name: column.title.ja for column in officer_changes.kind.columns}
APRIL = "2025-04-01"
LONG_AGO, KNOWN_THEN = CLOCK - timedelta(days=1500), CLOCK - timedelta(days=800)


@pytest.fixture(scope="module")
def own() -> Iterator[Own]:
    with own_directory() as made:
        yield made


def send(own: Own, caller: Caller, content: bytes, media: str = CSV, **query: str) -> dict[str, Any]:
    """What came of a file, by the worker's own job."""
    sent = own.call(
        "imports_create", caller, headers={"Content-Type": media}, content=content,
        params={"kind": "officer-changes"} | query,
    )  # fmt: skip
    assert sent.status_code == 202, sent.text
    path = {"import_id": sent.json()["id"]}
    importer = Importer("directory", "identity", own.served.app.state.service.database, [officer_changes])
    own.served.run(importer.work(UUID(sent.json()["id"]), 1))
    told = own.call("imports_read", caller, path=path).json()
    problems = own.call("imports_problems", caller, path=path, params={"limit": 500}).json()["items"]
    said = [(one["row"], one["field"], one["code"], one["severity"]) for one in problems]
    counts = tuple(told["summary"][name] for name in ("created", "changed", "unchanged", "refused"))
    return {"id": sent.json()["id"], "counts": counts, "said": said, "problems": problems}


def errors(done: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(row, field, code) for row, field, code, severity in done["said"] if severity == "error"]


def file_of(*rows: dict[str, str], charset: str = "utf-8-sig") -> bytes:
    out = io.StringIO()
    names = dict.fromkeys((*TITLES, *(name for one in rows for name in one)))
    writer = csv.DictWriter(out, list(names))
    writer.writerow({name: TITLES.get(name, name) for name in names})
    writer.writerows(rows)
    return out.getvalue().encode(charset)


def row(code: str, name: str = "霧杜 健", section: str = "JET担当", **more: str) -> dict[str, str]:
    said = {"organisation_code": code, "section": section, "title": "主査", "name": name, "valid_from": APRIL}
    return said | {"email": f"new-{code.lower()}@town.example"} | more


def plain(cells: Any) -> list[str]:
    return [str(cell.value).removesuffix(REQUIRED_MARK) for cell in cells]


def typed_over(form: bytes, codes: list[str], changing: int) -> tuple[bytes, list[str]]:
    """The filled form, its first rows of these organisations with another name and day; and which they are."""
    book = load_workbook(io.BytesIO(form))
    sheet = book.worksheets[0]
    lists = [one for one in sheet.data_validations.dataValidation if one.type == "list"]
    assert lists, "the sections are chosen from a list"
    numbered = enumerate(sheet.iter_rows(), 1)
    top, headings = next(
        (number, plain(cells)) for number, cells in numbered if TITLES["title"] in plain(cells)
    )
    rows = [cells for cells in sheet.iter_rows(min_row=top + 1) if cells[0].value in codes]
    assert len(rows) == len(codes)
    for number, cells in enumerate(rows[:changing]):
        told = {
            "name": f"霧杜 {number}",
            "name_kana": None,
            "email": f"k{number}@town.example",
            "valid_from": APRIL,
        }
        for name, value in told.items():
            cells[headings.index(TITLES[name])].value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), [str(cells[0].value) for cells in rows[:changing]]


def test_forty_organisations_change_on_the_first_of_april(own: Own) -> None:
    """The form comes filled with who serves; thirty-one rows get another name and day, the rest go back as they came."""
    codes = [organisation(own) for _ in range(40)]
    posts = {code: officer(own, code, name=f"星渡 {number}") for number, code in enumerate(codes)}
    caller = by("coordinator")
    form = own.call("imports_template", caller, path={"kind": "officer-changes"})
    content, changed = typed_over(form.content, codes, 31)
    before = people(own)

    tried = send(own, caller, content, XLSX, dry_run="true")
    assert (tried["counts"], errors(tried)) == ((31, 0, 9, 0), [])
    # who goes is said before anything is stored
    gone = [one["message"]["ja"] for one in tried["problems"] if one["code"] == "officer_followed"]
    assert len(gone) == 31 and all("2025-03-31" in said for said in gone)
    assert people(own) == before and own.listed("posts", organisation=codes[0])[0]["valid_to"] is None

    assert send(own, caller, content, XLSX)["counts"] == (31, 0, 9, 0)
    assert people(own) == before + 31
    for code in codes:
        ends = [("2020-04-01", "2025-03-31"), (APRIL, None)] if code in changed else [("2020-04-01", None)]
        assert sorted((first, last) for *_, first, last in terms(own, code)) == ends
    again = send(own, caller, content, XLSX)
    assert (again["counts"], again["said"], people(own)) == ((0, 0, 40, 0), [], before + 31)
    # the feed tells of posts, by the records that a reader can fetch
    feed = own.sql("SELECT resource, action, count(*) FROM identity.outbox WHERE resource_id IN "
                   "(SELECT id FROM directory.post WHERE valid_from = '2025-04-01') GROUP BY 1, 2")  # fmt: skip
    assert [tuple(one) for one in feed] == [("posts", "created", 31)]
    ((client, person),) = own.sql(
        f"SELECT client, person_id FROM identity.audit_entry WHERE action = 'import' AND resource_id = '{again['id']}'"
    )
    assert (client, person) == (caller.client, caller.person)

    def serves(code: str) -> bool:
        today = str(own.sql("SELECT platform.today()")[0][0])
        return posts[code]["id"] in [one["id"] for one in own.listed("posts", organisation=code, on=today)]

    assert serves(changed[0])
    own.sql(f"UPDATE platform.clock SET offset_by = '{APRIL}T00:00:00+09:00'::timestamptz - now()")
    assert not serves(changed[0]) and serves((set(codes) - set(changed)).pop())


def test_a_csv_of_excel_is_taken_and_several_serve_in_one_section(own: Own) -> None:
    code = organisation(own)
    stays = officer(own, code, name="髙橋 試", email="stays@town.example")
    officer(own, code, name="星渡 緑")
    rows = [
        row(code, "髙橋 試", email="STAYS@town.example", title="係長"),
        row(code, "霧杜 健", department="国際課"),
        row(code, "霧杜 健", section="取りまとめ担当"),
    ]
    content, before = file_of(*rows, charset="cp932"), people(own)
    done = send(own, by("registrar"), content, "text/csv; charset=cp932")
    assert (done["counts"], errors(done)) == ((2, 1, 0, 0), [])
    assert people(own) == before + 1  # in both sections the same person
    assert terms(own, code) == [
        ("星渡 緑", "jet", "2020-04-01", "2025-03-31"), ("霧杜 健", "host", APRIL, None), ("霧杜 健", "jet", APRIL, None),
        ("髙橋 試", "jet", "2020-04-01", None),
    ]  # fmt: skip
    kept = own.call("posts_read", path={"ref": stays["id"]}).json()
    assert (kept["title"], kept["department"]) == ("係長", "総務課")
    assert send(own, by("registrar"), content, "text/csv; charset=cp932")["counts"] == (0, 0, 3, 0)


def test_rows_of_one_section_may_stand_far_apart(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long file is taken piece by piece; a later piece does not end what an earlier one began."""
    monkeypatch.setattr(engine, "CHUNK", 1)
    code = organisation(own)
    officer(own, code)
    both = file_of(row(code, "霧杜 健"), row(code, "虹見台 太郎", email="second@town.example"))
    done = send(own, by("coordinator"), both)
    assert (done["counts"], errors(done)) == ((2, 0, 0, 0), [])
    assert [last for *_, last in terms(own, code)].count(None) == 2


def test_a_history_of_officers_is_known_since_it_says(own: Own) -> None:
    """What happened before the house opened: the follower, and the end of who was before, are known from that day."""
    code = organisation(own)
    body = {
        "person_number": "",
        "organisation_code": code,
        "section": "jet",
        "title": "主事",
        "valid_from": "2019-04-01",
    }
    own.made("people", number=f"H-{code}", kind="officer", name="昔 試", email="old@town.example")
    own.load(posts, LONG_AGO, **(body | {"person_number": f"H-{code}"}))
    then = row(code, valid_from="2022-04-01", known_from=KNOWN_THEN.isoformat())
    assert send(own, by("registrar"), file_of(then), history="true")["counts"] == (1, 0, 0, 0)
    for known_at, ends in ((KNOWN_THEN - timedelta(days=1), [None]), (KNOWN_THEN, ["2022-03-31", None])):
        listed = own.listed("posts", organisation=code, known_at=known_at.isoformat())
        assert sorted((one["valid_to"] or "~") for one in listed) == [end or "~" for end in ends]


def test_what_is_wrong_is_said_by_row(own: Own) -> None:
    code, late, unaddressed = (organisation(own) for _ in range(3))
    officer(own, late)
    follower = officer(own, late, "host")
    hand_over(
        own,
        follower["id"],
        by("registrar"),
        name="後 任",
        email="x@town.example",
        handed_over_on="2025-05-01",
    )
    own.made("people", number=f"N-{code}", kind="officer", name="無 番地")
    own.made("posts", person_number=f"N-{code}", organisation_code=unaddressed, section="jet", title="主事")
    done = send(own, by("coordinator"), file_of(
        row("T0000000"),
        row(code, name=""),
        row(code, email="nobody"),
        row(code),
        row(code),
        row(code, section="給食担当"),
        row(late, section="取りまとめ担当"),
        row(late, valid_from="2026-04-03"),
        row(unaddressed, "無番地"),
    ), mode="partial")  # fmt: skip
    assert sorted(errors(done)) == [
        (2, "organisation_code", "organisation_unknown"),
        (3, "name", "required_value_missing"),
        (4, "email", "email_unreadable"),
        (6, "", "row_repeated"),
        (7, "section", "not_a_choice"),
        (8, "valid_from", "officer_term_overlap"),
        (9, "valid_from", "hand_over_too_late"),
    ]
    assert (10, "email", "officer_without_address", "warning") in done["said"]
    assert done["counts"] == (1, 1, 0, 7)


def test_an_organisation_sends_its_own_and_a_tool_by_itself_none(own: Own) -> None:
    code, other = organisation(own), organisation(own)
    officer(own, code, name="星渡 緑")
    officer(own, other, name="虹見台 太郎")
    clerk = by("organisation", own, code)
    form = own.call("imports_template", clerk, path={"kind": "officer-changes"})
    cells = [
        name
        for row_ in load_workbook(io.BytesIO(form.content)).worksheets[0].iter_rows()
        for name in plain(row_)
    ]
    assert "星渡 緑" in cells and "虹見台 太郎" not in cells
    assert send(own, clerk, file_of(row(code)))["counts"] == (1, 0, 0, 0)
    assert errors(send(own, clerk, file_of(row(other)))) == [(2, "organisation_code", "organisation_unknown")]
    for_members = send(own, clerk, file_of(row(code, section="取りまとめ担当")))
    assert errors(for_members) == [(2, "section", "officer_section_of_host")]
    tool = Caller("organisation", organisation=identity(own, code))
    refused = own.call(
        "imports_create", tool, headers={"Content-Type": CSV}, content=file_of(row(code)),
        params={"kind": "officer-changes"},
    )  # fmt: skip
    assert (refused.status_code, refused.json()["code"]) == (403, "person_required")
