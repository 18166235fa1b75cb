"""The clerk's form, filled in and saved as a spreadsheet program does."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from client.demo.form import Form

TITLES = {"jet_number": "JET番号", "starts_on": "任用開始日", "housing_type": "住居の種類"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["任用"],
        [],
        ["JET番号※", "任用開始日※", "住居の種類"],
        ["20240000001"],
        ["20240000002"],
        [None, "合計"],
    ):
        sheet.append(row)
    book.save(tmp_path / "form.xlsx")
    return tmp_path / "form.xlsx"


def test_rows_with_people_are_found_below_the_headings(path: Path) -> None:
    form = Form(path, TITLES)
    assert form.header_row == 3
    assert [form.read(row, "jet_number") for row in form.rows] == ["20240000001", "20240000002"]


def test_what_is_typed_and_deleted_is_saved(path: Path, tmp_path: Path) -> None:
    form = Form(path, TITLES)
    form.type(5, {"starts_on": "令和6年2月30日", "housing_type": "公営住宅"})
    form.shape(5, "starts_on", "yyyy/mm/dd")
    form.delete(4)
    saved = Form(form.save(tmp_path / "sent.xlsx"), TITLES)
    assert [saved.read(row, "jet_number") for row in saved.rows] == ["20240000002"]
    assert saved.read(saved.rows[0], "starts_on") == "令和6年2月30日"


def test_a_sheet_without_the_heading_is_told(path: Path) -> None:
    with pytest.raises(ValueError, match="no heading"):
        Form(path, {"jet_number": "別の見出し"})
