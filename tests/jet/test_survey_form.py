"""The form of placement requests: filled with who serves and what was wished, and handed in as the answer."""

import io
from typing import Any

import openpyxl
import pytest

from services.kit.imports.reading import XLSX
from services.kit.imports.template import HEADER_ROW
from tests.jet.filling import TITLES, send, serving
from tests.jet.playing import done
from tests.jet.surveying import Survey, surveyed
from tests.support.jet import COORDINATOR, Jet
from tests.support.serving import Caller


@pytest.fixture
def survey(jet: Jet) -> Survey:
    return surveyed(jet, 3)


class Form:
    """A workbook as the template gives it; cells by the line below the headings and the name of the column."""

    def __init__(self, survey: Survey, caller: Caller, **params: str) -> None:
        path = {"kind": "placement-requests"}
        answer = survey.jet.call("jet_imports_template", caller, path=path, params=params)
        assert answer.status_code == 200, answer.text
        self._book = openpyxl.load_workbook(io.BytesIO(answer.content))
        self._sheet = self._book.worksheets[0]
        headings = [str(cell.value).rstrip("※") for cell in self._sheet[HEADER_ROW]]
        self._place = {name: headings.index(title) + 1 for name, title in TITLES.items()}

    def write(self, place: int, **given: str) -> None:
        for name, value in given.items():
            self._sheet.cell(HEADER_ROW + place, self._place[name]).value = value

    def rows(self, *names: str) -> list[tuple[Any, ...]]:
        """Down to the first line without a code."""
        found = []
        for line in range(HEADER_ROW + 1, self._sheet.max_row + 1):
            if self._sheet.cell(line, self._place["organisation_code"]).value is None:
                break
            found.append(tuple(self._sheet.cell(line, self._place[name]).value for name in names))
        return found

    def content(self) -> bytes:
        out = io.BytesIO()
        self._book.save(out)
        return out.getvalue()


def wished_before(survey: Survey, number: int, seats: list[int]) -> None:
    year = survey.year - 1
    survey.jet.sql(
        "INSERT INTO jet.placement_survey (programme_year, host_deadline_at, clair_deadline_at) "
        f"VALUES ({year}, platform.now(), platform.now()) ON CONFLICT DO NOTHING"
    )
    survey.jet.sql(
        "INSERT INTO jet.placement_submission (organisation_id, programme_year) "
        f"VALUES ('{survey.own[number].id}', {year}) ON CONFLICT DO NOTHING"
    )
    survey.ask_for(number, seats, year)
    survey.jet.sql(
        "UPDATE jet.placement_request SET junior_high = true, sister_city = '架空姉妹市' "
        f"WHERE programme_year = {year} AND organisation_id = '{survey.own[number].id}'"
    )


def test_the_form_holds_the_present_people_and_last_years_wishes_and_comes_back_as_the_answer(
    survey: Survey,
) -> None:
    stays, goes = sorted(serving(survey, 0) for _ in range(2))
    wished_before(survey, 0, [3, 0])
    form = Form(survey, survey.members[0])
    assert form.rows("line", "entry", "jet_number", "organisation_answer", "seats", "sister_city") == [
        (1, "再任用", stays, None, 1, None), (2, "再任用", goes, None, 1, None),
        (3, "新規", None, None, 3, "架空姉妹市"),
    ]  # fmt: skip
    form.write(1, organisation_answer="再任用する")
    form.write(2, organisation_answer="再任用しない")
    told = send(survey, survey.members[0], form.content(), XLSX)
    assert (told["errors"], told["summary"]["created"]) == ([], 3)
    one = survey.of(0)
    names = ("state", "reappointments", "leavers", "seats_requested", "seats_last_year")
    assert [one[name] for name in names] == ["submitted", 1, 1, 3, 3]
    again = Form(survey, survey.members[0])
    assert again.rows("organisation_answer") == [("再任用する",), ("再任用しない",), (None,)]
    told = send(survey, survey.members[0], again.content(), XLSX)
    assert (told["errors"], told["summary"]["unchanged"]) == ([], 3)


def test_what_a_clerk_adds_by_hand_is_read_as_meant(survey: Survey) -> None:
    form = Form(survey, survey.members[0])
    assert form.rows("line") == []
    form.write(
        1, organisation_code=survey.own[0].code, programme_year=str(survey.year), line="１", entry="新規",
        job_type="ALT", arrival_group="A", seats="１２", elementary="○", junior_high="×", special_needs="◯",
        housing_rent_yen="５０，０００",
    )  # fmt: skip
    told = send(survey, survey.members[0], form.content(), XLSX)
    assert told["errors"] == []
    params = {"organisation": survey.own[0].code, "programme_year": survey.year}
    (one,) = done(survey.jet.call("jet_placement_requests_list", COORDINATOR, params=params))["items"]
    names = ("line", "seats", "elementary", "junior_high", "special_needs", "housing_rent_yen")
    assert [one[name] for name in names] == [1, 12, True, False, True, 50_000]


def test_nobody_is_in_the_form_whose_row_would_be_refused(survey: Survey) -> None:
    stays, leaves = serving(survey, 0), serving(survey, 0)
    survey.jet.sql(
        "UPDATE jet.participation SET state = 'early_terminated' WHERE participant_id = "
        f"(SELECT id FROM jet.participant WHERE jet_number = '{leaves}')"
    )
    longest = serving(survey, 0, since=5)
    form = Form(survey, survey.members[0])
    assert form.rows("line", "jet_number") == list(enumerate(sorted((stays, longest)), 1))
    assert send(survey, survey.members[0], form.content(), XLSX)["errors"] == []
    assert survey.of(0)["undecided"] == 2


def test_a_host_authority_fills_one_form_for_all_its_members(survey: Survey) -> None:
    people = [serving(survey, number) for number in (0, 0, 1)]
    wished_before(survey, 1, [2])
    wished_before(survey, 2, [4])
    expected = {
        (survey.own[0].code, 1, min(people[:2])), (survey.own[0].code, 2, max(people[:2])),
        (survey.own[1].code, 1, people[2]), (survey.own[1].code, 2, None), (survey.own[2].code, 1, None),
    }  # fmt: skip
    names = ("organisation_code", "line", "jet_number")
    form = Form(survey, survey.host)
    assert set(form.rows(*names)) == expected
    code = survey.own[1].code
    of_one = {one for one in expected if one[0] == code}
    assert set(Form(survey, survey.host, organisation=code).rows(*names)) == of_one
    assert set(Form(survey, survey.members[1]).rows(*names)) == of_one
    told = send(survey, survey.host, form.content(), XLSX)
    assert (told["errors"], told["summary"]["created"], survey.states()) == ([], 5, ["submitted"] * 3)
