"""The form of appointments: filled with the rows that the same caller may send, and harmless as it is."""

import io
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import openpyxl
import pytest

from services.jet.appointments.resource import appointments
from services.kit.imports.engine import Importer
from services.kit.imports.reading import XLSX
from services.kit.imports.template import HEADER_ROW
from services.kit.jobs import Later
from tests.support.jet import Jet, Organisation, appointment
from tests.support.serving import Caller

_FIRST, *_OTHERS = [column.name for column in appointments.kind.columns]
COLUMNS = [_FIRST, "participant_name", *_OTHERS]


class Place(NamedTuple):
    """An organisation with one who serves, one whose time is over, one placed, and one of the year to come."""

    jet: Jet
    organisation: Organisation
    year: int
    serves: str
    left: str
    placed: str
    coming: str

    @property
    def clerk(self) -> Caller:
        return Caller("organisation", organisation=self.organisation.id)

    def form(self, caller: Caller, **filters: Any) -> bytes:
        answer = self.jet.call("jet_imports_template", caller, path={"kind": "appointments"}, params=filters)
        assert answer.status_code == 200, answer.text
        return answer.content

    def people(self, caller: Caller, **filters: Any) -> set[str]:
        return {str(row["jet_number"]) for row in rows(self.form(caller, **filters))}

    def send(self, content: bytes, mode: str) -> dict[str, Any]:
        """What came of the file, by the worker's own job."""
        sent = self.jet.served.call(
            "jet_imports_create", self.clerk, {"Content-Type": XLSX}, content=content,
            params={"kind": "appointments", "mode": mode},
        )  # fmt: skip
        importer = Importer("jet", "jet", self.jet.served.app.state.service.database, [appointments])
        with suppress(Later):  # where a whole system runs on this database, its worker may be at it already
            self.jet.served.run(importer.work(UUID(sent.json()["id"]), 1))
        for _ in range(200):
            told = self.jet.call("jet_imports_read", self.clerk, path={"import_id": sent.json()["id"]})
            summary: dict[str, Any] | None = told.json()["summary"]
            if summary is not None:
                return summary
            time.sleep(0.05)
        raise AssertionError(told.text)


def rows(form: bytes) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(form)).worksheets[0]
    named = str(sheet.cell(HEADER_ROW, 2).value) == "氏名（参考）"
    columns = COLUMNS if named else [_FIRST, *_OTHERS]
    found = sheet.iter_rows(min_row=HEADER_ROW + 1, max_col=len(columns), values_only=True)
    return [dict(zip(columns, row, strict=True)) for row in found if row[0] is not None]


@pytest.fixture
def place(jet: Jet) -> Place:
    today, here = jet.now().date(), jet.organisation()
    year = today.year if today.month >= 8 else today.year - 1
    serves, left, placed, coming = (jet.participant(year=year) for _ in range(4))

    def appoint(number: str, days: Sequence[int], of: int, where: Organisation = here) -> None:
        first, last = (today + timedelta(days=day) for day in days)
        answer = jet.call("jet_appointments_create", json=appointment(number, where, first, last, year=of))
        assert answer.status_code == 201, answer.text

    def put(number: str, where: Organisation = here) -> None:
        body = {"jet_number": number, "organisation_code": where.code, "programme_year": year}
        answer = jet.call("jet_placements_create", json=body | {"decided_on": str(date(year, 5, 1))})
        assert answer.status_code == 201, answer.text

    appoint(serves, (-30, 200), year)
    appoint(left, (-300, -1), year)
    appoint(coming, (60, 300), year + 1)
    put(placed)
    elsewhere = jet.organisation()
    appoint(jet.participant(year=year), (-30, 200), year, elsewhere)
    put(jet.participant(year=year), elsewhere)
    return Place(jet, here, year, serves, left, placed, coming)


def test_it_holds_who_serves_or_will_and_who_is_placed(place: Place) -> None:
    assert place.people(place.clerk) == {place.serves, place.placed, place.coming}
    assert place.people(place.clerk, programme_year=place.year) == {place.serves, place.placed}
    assert place.people(place.clerk, programme_year=place.year + 1) == {place.coming}
    assert place.people(place.clerk, on=str(place.jet.now().date())) == {place.serves}
    assert place.people(place.clerk, jet_number=place.left) == set()


def test_a_coordinator_asks_for_one_organisation(place: Place) -> None:
    coordinator = Caller("coordinator")
    asked = {"organisation": place.organisation.code, "programme_year": place.year}
    assert place.people(coordinator, **asked) == {place.serves, place.placed}
    assert place.people(coordinator) > {place.serves, place.placed, place.coming}


def test_the_placed_come_with_what_is_known_of_them(place: Place) -> None:
    (row,) = rows(place.form(place.clerk, jet_number=place.placed))
    known = {name: value for name, value in row.items() if value is not None}
    assert known.keys() == {
        "jet_number", "participant_name", "organisation_code", "programme_year", "job_type"
    }  # fmt: skip
    assert (known["organisation_code"], known["programme_year"]) == (place.organisation.code, place.year)


def test_the_name_beside_the_number_says_whom_a_row_is_about(place: Place) -> None:
    (row,) = rows(place.form(place.clerk, jet_number=place.serves))
    assert row["participant_name"] == "Doe"


def test_who_may_not_read_names_gets_a_form_without_them(place: Place) -> None:
    blind = place.clerk.only("imports:write", "jet.appointment:write", "jet.appointment:read")
    (row,) = rows(place.form(blind, jet_number=place.serves))
    assert (row["jet_number"], "participant_name" in row) == (place.serves, False)


def test_a_name_that_was_changed_in_the_form_is_read_past(place: Place) -> None:
    book = openpyxl.load_workbook(io.BytesIO(place.form(place.clerk, jet_number=place.serves)))
    book.worksheets[0].cell(HEADER_ROW + 1, 2).value = "別人 の名"
    changed = io.BytesIO()
    book.save(changed)
    told = place.send(changed.getvalue(), "atomic")
    assert (told["rows"], told["unchanged"], told["problems"]) == (1, 1, 0)
    (row,) = rows(place.form(place.clerk, jet_number=place.serves))
    assert row["participant_name"] != "別人 の名"


def test_sent_back_as_downloaded_it_changes_nothing(place: Place) -> None:
    form = place.form(place.clerk)
    told = place.send(form, "partial")
    assert {name: told[name] for name in ("rows", "created", "changed", "unchanged", "refused")} == {
        "rows": 3, "created": 0, "changed": 0, "unchanged": 2, "refused": 1,
    }  # fmt: skip
    assert rows(place.form(place.clerk)) == rows(form)


def test_filled_in_it_appoints_the_placed(place: Place) -> None:
    book = openpyxl.load_workbook(io.BytesIO(place.form(place.clerk)))
    sheet = book.worksheets[0]
    row = next(row for row in range(HEADER_ROW + 1, 20) if sheet.cell(row, 1).value == place.placed)
    today = place.jet.now().date()
    typed: dict[str, Any] = {
        "starts_on": today, "ends_on": today + timedelta(days=300), "workplace_name": "架空役所", "workplace_kind": "office",
    }  # fmt: skip
    for name, value in typed.items():
        sheet.cell(row, COLUMNS.index(name) + 1).value = value
    filled = io.BytesIO()
    book.save(filled)
    told = place.send(filled.getvalue(), "atomic")
    assert (told["created"], told["changed"], told["unchanged"], told["stored"]) == (1, 0, 2, True)


def test_other_filters_are_refused(place: Place) -> None:
    for kind, asked in (
        ("appointments", {"colour": "red"}),
        ("appointments", {"programme_year": "late"}),
        ("appointments", {"limit": "5"}),
        ("placements", {"programme_year": "2024"}),
    ):
        answer = place.jet.call(
            "jet_imports_template", Caller("coordinator"), path={"kind": kind}, params=asked
        )
        assert answer.status_code == 400, (kind, asked)
        assert answer.json()["errors"][0]["pointer"] == next(iter(asked))
