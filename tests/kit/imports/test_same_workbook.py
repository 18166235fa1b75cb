"""The caller's own workbook comes back: what it held is kept, and what is wrong can be seen."""

import io
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from services.kit.imports import marking
from services.kit.imports.marking import mark_workbook
from services.kit.imports.parsing import CellProblem, RowParser
from services.kit.imports.reading import CSV, XLSX, read_rows
from tests.kit.imports.files import codes, front, read, saved, workbook
from tests.kit.imports.kinds import HEADINGS, KIND

LIBREOFFICE = Path(__file__).parents[2] / "fixtures" / "forms" / "libreoffice.xlsx"
GOOD: list[Any] = ["20240000001", "ALT", date(2024, 7, 29), "架空小学校", "011002"]
BAD: list[Any] = ["1", "ALT", "2月30日", "架空小学校", "011002"]


def marked(data: bytes, out: Path, media_type: str = XLSX, kept: int | None = None) -> openpyxl.Workbook:
    """With the first `kept` problems alone, as of a file that has very many."""
    reading = read_rows(io.BytesIO(data), media_type, KIND)
    parser = RowParser(KIND, reading)
    problems: list[CellProblem] = [
        problem for row in reading.rows for problem in parser.parse_row(row).problems
    ]
    again = read_rows(io.BytesIO(data), media_type, KIND)
    mark_workbook(io.BytesIO(data), out, again, again.rows, problems[:kept], total=len(problems))
    return openpyxl.load_workbook(out)


def written_by_xlsxwriter() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy/mm/dd"}) as book:
        page = book.add_worksheet("任用")
        page.write_row(0, 0, HEADINGS, book.add_format({"bold": True, "bg_color": "#FFFF00"}))
        for number, row in enumerate((GOOD, BAD), start=1):
            page.write_row(number, 0, row)
        page.set_column("A:C", 21)
        page.set_column("D:XFD", 9, None, {"hidden": False})
        page.data_validation("B2:B100", {"validate": "list", "source": ["ALT", "CIR"]})
        page.conditional_format("A2:A100", {"type": "duplicate", "format": book.add_format({"bold": True})})
        page.freeze_panes(1, 2)
        page.set_landscape()
        page.set_paper(9)
        page.repeat_rows(0)
        page.print_area("A1:E50")
        page.set_footer("&C&P")
        book.define_name("うちの範囲", "=任用!$A$1:$B$2")
        other = book.add_worksheet("集計")
        other.write_formula("A1", "=COUNTA(任用!A2:A100)", None, 2)
    return out.getvalue()


def runs(page: Worksheet) -> list[tuple[int, int]]:
    return sorted((int(one.min or 0), int(one.max or 0)) for one in page.column_dimensions.values())


def test_what_xlsxwriter_wrote_is_kept(tmp_path: Path) -> None:
    book = marked(written_by_xlsxwriter(), tmp_path / "out.xlsx")
    page = book["任用"]
    assert (book.sheetnames, book["集計"]["A1"].value) == (["任用", "集計"], "=COUNTA(任用!A2:A100)")
    assert (list(book.defined_names), page.freeze_panes) == (["うちの範囲"], "C2")
    assert [(one.type, str(one.sqref)) for one in page.data_validations.dataValidation] == [
        ("list", "B2:B100")
    ]
    assert len(page.conditional_formatting) == 1
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert (page.print_title_rows, page.print_area) == ("$1:$1", "'任用'!$A$1:$E$50")
    assert page.oddFooter is not None and page.oddFooter.center.text == "&P"
    assert page["A1"].fill.fgColor.rgb.endswith("FFFF00") and page["C2"].number_format == "yyyy/mm/dd"
    assert page.column_dimensions["A"].width == pytest.approx(21.7, abs=0.1)
    assert [page.cell(row, 6).value for row in (1, 2)] == ["エラー", "OK"]
    assert page["F3"].value.startswith("誤り A列 JET番号")


def test_column_runs_never_overlap_when_one_of_them_gets_a_width_of_its_own(tmp_path: Path) -> None:
    page = marked(written_by_xlsxwriter(), tmp_path / "out.xlsx")["任用"]
    found = runs(page)
    assert all(last < first for (_, last), (first, _) in pairwise(found))
    assert (6, 6) in found and found[-1] == (7, 16384)
    assert page.column_dimensions["F"].width == 70


def test_what_libreoffice_wrote_is_kept_and_its_filtered_rows_are_shown(tmp_path: Path) -> None:
    data = LIBREOFFICE.read_bytes()
    before = openpyxl.load_workbook(LIBREOFFICE)["任用"]
    assert [before.row_dimensions[row].hidden for row in (5, 6, 7, 8)] == [False, True, True, True]
    book = marked(data, tmp_path / "out.xlsx")
    page = book["任用"]
    assert book.sheetnames == ["任用", "使い方", "lists", "うちのメモ"]
    assert (book["lists"].sheet_state, book["うちのメモ"]["A1"].value) == ("hidden", "=1+1")
    assert {"list_1", "うちの範囲"} == set(book.defined_names)
    assert [one.formula1 for one in page.data_validations.dataValidation if one.type == "list"] == ["list_1"]
    assert (page.print_title_rows, page.page_setup.orientation) == ("$4:$4", "landscape")
    assert not any(page.row_dimensions[row].hidden for row in (5, 6, 7, 8))
    assert (page.auto_filter.ref, page.auto_filter.filterColumn) == ("A4:F8", [])
    assert [str(page.cell(row, 6).value)[:2] for row in (5, 6, 7, 8)] == ["OK", "誤り", "誤り", "OK"]
    assert "非表示の行も読み取りました（3行: 6, 7, 8）" in page["F4"].comment.text
    assert page.column_dimensions["E"].hidden  # nothing is wrong there
    reading, rows = read((tmp_path / "out.xlsx").read_bytes())
    assert (reading.findings, len(rows)) == ([], 4)


def test_a_hidden_column_with_a_mistake_is_shown(tmp_path: Path) -> None:
    book = workbook([HEADINGS, BAD])
    front(book).column_dimensions["A"].hidden = True
    front(book).column_dimensions["E"].hidden = True
    page = front(marked(saved(book), tmp_path / "out.xlsx"))
    assert not page.column_dimensions["A"].hidden
    assert page.column_dimensions["E"].hidden


def test_a_workbook_says_how_many_problems_it_does_not_show(tmp_path: Path) -> None:
    data = saved(workbook([["任用"], HEADINGS, BAD, BAD, GOOD]))
    page = front(marked(data, tmp_path / "out.xlsx", kept=1))
    assert "3件は示していません" in page["F1"].value and "3 further problems" in page["F2"].comment.text
    assert page["F3"].value.startswith("誤り") and "OK" not in page["F4"].value + page["F5"].value
    assert front(marked(data, tmp_path / "all.xlsx"))["F5"].value == "OK"


def test_rows_made_anew_say_so_above_their_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\r\n".join([",".join(HEADINGS), *["1,ALT,2024-07-29,,"] * 3]).encode()
    page = front(marked(text, tmp_path / "out.xlsx", CSV, kept=2))
    assert page["A1"].value.startswith("問題が多いため、1件は示していません")
    assert [str(page.cell(row, 6).value)[:2] for row in (2, 3, 4)] == ["エラ", "誤り", "誤り"]
    assert "OK" not in page["F5"].value
    monkeypatch.setattr(marking, "MOST_ROWS", 2)
    page = front(marked(text, tmp_path / "wrong.xlsx", CSV, kept=2))
    assert [row[0].value for row in page.iter_rows(min_row=3)] == ["1", "1"]
    reading, rows = read((tmp_path / "wrong.xlsx").read_bytes())
    assert (codes(reading.findings), len(rows)) == ([], 2)


def test_what_is_said_of_a_text_file_as_a_whole_has_a_sheet(tmp_path: Path) -> None:
    text = "\r\n".join([",".join([*HEADINGS, "旧姓"]), "1,ALT,2024-07-29,,,架空"]).encode()
    book = marked(text, tmp_path / "out.xlsx", CSV)
    assert book.sheetnames == ["確認結果", "ファイルについて"]
    assert "旧姓" in str(book["ファイルについて"]["A1"].value)
