"""What offices do to their tables: each habit is told by its place, as it was understood, with its remedy."""

from typing import Any

import openpyxl
import pytest

from services.jet.participants.resource import participants
from services.kit.imports.parsing import CellProblem
from tests.kit.imports.files import front, parsed, read, saved, workbook

KIND = participants.kind
HEADINGS = [column.title.ja for column in KIND.columns]
NAMES = [column.name for column in KIND.columns]
ROW: dict[str, Any] = {
    "jet_number": "20240000001", "family_name": "DOE", "given_name": "Jane", "nationality": "US",
    "job_type": "ALT", "programme_year": 2024, "arrival_group": "a",
}  # fmt: skip


def table(*rows: dict[str, Any]) -> openpyxl.Workbook:
    return workbook([HEADINGS, *([{**ROW, **row}.get(name) for name in NAMES] for row in rows)])


def told(**values: Any) -> CellProblem:
    _, (problem,) = parsed(saved(table(values)), kind=KIND)
    said = problem.as_json()
    assert (said["sheet"], said["row"]) == ("Sheet", 2)
    assert said["column"] and said["rule"] and said["remedy"]["ja"] and said["remedy"]["en"]
    return problem


def test_a_sound_row_has_nothing_to_be_told() -> None:
    values, problems = parsed(saved(table({})), kind=KIND)
    assert (len(values), problems) == (1, [])


@pytest.mark.parametrize("name", ["SMITH, John", "SMITH John"])
def test_both_names_in_one_cell(name: str) -> None:
    problem = told(family_name=name, given_name=None)
    assert (problem.column_letter, problem.finding.code, problem.understood) == (
        "B", "two_names_in_one_cell", name,
    )  # fmt: skip
    assert "「SMITH」" in problem.finding.remedy.ja and "「John」" in problem.finding.remedy.ja


@pytest.mark.parametrize(
    ("values", "letter", "code", "rule"),
    [
        ({"jet_number": 2024000001}, "A", "jet_number_malformed", "jet_number_malformed"),
        ({"programme_year": "6"}, "J", "year_without_era", "L3-05"),
        ({"job_type": "先生"}, "I", "not_a_choice", "L2-04"),
        ({"email": "a@example.jp、b@example.jp"}, "H", "email_unreadable", "email_unreadable"),
        ({"given_name": "Jane "}, "C", "surrounding_space", "L1-06"),
        ({"given_name": "Ja\ue000ne"}, "C", "private_character", "L1-08"),
        ({"nationality": 840}, "F", "code_as_number", "code_as_number"),
        ({"family_name": None}, "B", "required_value_missing", "L2-02"),
    ],
)
def test_a_value_as_it_should_not_be(values: dict[str, Any], letter: str, code: str, rule: str) -> None:
    problem = told(**values)
    assert (problem.column_letter, problem.finding.code, problem.finding.rule) == (letter, code, rule)


def test_merged_cells_and_notes_below_the_table() -> None:
    book = table({}, {"jet_number": "20240000002"}, {"jet_number": "20240000003"})
    front(book).append([])
    front(book).append(["※ 3名とも新規"])
    front(book).append([None, "以上"])
    front(book).merge_cells("F2:F4")
    reading, rows = read(saved(book), kind=KIND)
    said = {finding.code: (finding.rule, finding.message.ja) for finding in reading.findings}
    assert said["cells_merged"] == ("L1-12", "F2:F4 のセルが結合されています。")
    assert said["rows_not_read"][0] == "L1-04" and "6" in said["rows_not_read"][1]
    assert [row.row for row in rows] == [2, 3, 4]
