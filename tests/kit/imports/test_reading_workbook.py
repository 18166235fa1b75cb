from datetime import date
from typing import Any

import openpyxl
import pytest

from services.kit.imports import headings
from tests.kit.imports.files import codes, front, read, saved, workbook
from tests.kit.imports.kinds import HEADINGS, KIND

ROW: list[Any] = [20240000001, "ALT", date(2024, 7, 29), "第一小学校", "011002"]


def test_values_keep_their_raw_form_and_excel_row_numbers() -> None:
    rows: list[list[Any]] = [
        ["任用 / Appointments"],
        [],
        HEADINGS,
        [],
        ["２０２４００００００１", "ALT", 45502, " 梅小 ", "011002"],
        ROW,
    ]
    reading, found = read(saved(workbook(rows)))
    assert (reading.sheet, reading.header_row, reading.findings) == ("Sheet", 3, [])
    assert [row.row for row in found] == [5, 6]
    assert found[0].cells == {
        "jet_number": "２０２４００００００１",
        "job": "ALT",
        "starts_on": 45502,
        "workplace": " 梅小 ",
        "code": "011002",
    }
    assert found[1].cells["jet_number"] == 20240000001
    assert type(found[1].cells["jet_number"]) is int
    assert found[1].cells["starts_on"] == date(2024, 7, 29)


@pytest.mark.parametrize(
    "heading",
    [
        "JET番号",
        "ＪＥＴ番号※",
        " jet 番号（必須）",
        "JET\n番号 *",
        "JET Number",
        "jet_number",
        "ｊｅｔ no.",
        "JET番号【必須】",
    ],
)
def test_headings_match_without_case_width_spaces_and_marks(heading: str) -> None:
    reading, found = read(saved(workbook([[heading, *HEADINGS[1:]], ROW])))
    assert reading.findings == []
    assert found[0].cells["jet_number"] == 20240000001


def test_a_heading_with_another_bracket_is_another_heading() -> None:
    assert headings.plain("氏名（カナ）") != headings.plain("氏名")


def test_unknown_missing_and_repeated_headings_are_named() -> None:
    reading, found = read(
        saved(workbook([["JET番号", "職種", "備考欄", "職種", "エラー"], [*ROW[:2], "x", "CIR", "OK"]]))
    )
    assert codes(reading.findings) == ["unknown_heading", "heading_repeated", "required_column_missing"]
    assert [finding.severity for finding in reading.findings] == ["warning", "error", "error"]
    assert "備考欄" in reading.findings[0].message.ja and "C" in reading.findings[0].message.ja
    assert "着任日" in reading.findings[2].message.ja
    assert found[0].cells == {"jet_number": 20240000001, "job": "ALT"}


def test_blank_rows_notes_and_footers_are_skipped_and_told() -> None:
    rows: list[list[Any]] = [
        HEADINGS,
        ROW,
        [None] * 5,
        ["　", " "],
        ROW,
        ["合計 2名"],
        ["※ 梅小は兼務"],
        [None, None, None, "以下余白"],
    ]
    reading, found = read(saved(workbook(rows)))
    assert [row.row for row in found] == [2, 5]
    assert codes(reading.findings) == ["rows_not_read"]
    assert "6, 7, 8" in reading.findings[0].message.en


def test_a_row_with_any_required_value_is_never_skipped() -> None:
    _, found = read(saved(workbook([HEADINGS, [None, "ALT"], ["なにか"]])))
    assert [row.row for row in found] == [2, 3]


def test_cells_merged_over_rows_are_an_error_and_a_merged_title_is_not() -> None:
    book = workbook([["任用", None, None], HEADINGS, ROW, [*ROW[:3], None, None]])
    front(book).merge_cells("A1:E1")
    front(book).merge_cells("D3:D4")
    reading, _ = read(saved(book))
    assert codes(reading.findings) == ["cells_merged"]
    assert "D3:D4" in reading.findings[0].message.ja


def test_a_table_that_does_not_start_in_column_a() -> None:
    reading, found = read(saved(workbook([[], [None, None, *HEADINGS], [None, None, *ROW]])))
    assert reading.letters()["jet_number"] == "C"
    assert found[0].row == 3
    assert found[0].cells["code"] == "011002"


def test_the_first_visible_sheet_with_the_table_is_read_and_a_second_one_told() -> None:
    book = openpyxl.Workbook()
    front(book).append(["はじめに", "このブックについて"])
    for name, state in (("隠れ", "hidden"), ("任用", "visible"), ("続き", "visible")):
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        sheet.append(HEADINGS)
        sheet.append([*ROW[:3], name])
    reading, found = read(saved(book))
    assert reading.sheet == "任用"
    assert [row.cells["workplace"] for row in found] == ["任用"]
    assert codes(reading.findings) == ["sheet_not_read"]


def test_a_formula_error_is_a_fault_of_its_cell_not_a_blank() -> None:
    book = workbook([HEADINGS, ROW])
    book.create_sheet("other")["D2"] = 1
    front(book)["D2"] = "#N/A"
    front(book)["D2"].data_type = "e"
    _, found = read(saved(book))
    assert [(fault.column, fault.finding.code) for fault in found[0].faults] == [
        ("workplace", "formula_error")
    ]


def test_formatted_but_empty_cells_far_away_do_no_harm() -> None:
    book = workbook([HEADINGS, ROW])
    front(book)["XFD1048576"].number_format = "@"
    _, found = read(saved(book))
    assert len(found) == 1


def test_a_header_alone_gives_no_rows_and_says_so() -> None:
    reading, found = read(saved(workbook([HEADINGS])))
    assert found == []
    assert codes(reading.findings) == ["no_rows"]
    assert [column.name for column in reading.columns if column] == [column.name for column in KIND.columns]
