import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from services.kit.imports import marking
from services.kit.imports.marking import mark_workbook
from services.kit.imports.parsing import RowParser
from services.kit.imports.reading import CSV, XLSX, read_rows
from services.kit.imports.template import write_template
from tests.kit.imports.files import codes, front, parsed, read, saved
from tests.kit.imports.kinds import BAD, HEADINGS, KIND

GOOD = {"jet_number": "20240000001", "job": "ALT", "starts_on": date(2024, 7, 29)}
RECORDS = [GOOD, {**GOOD, "jet_number": "2024000001"}, {**GOOD, "job": None, "starts_on": "令和6年2月30日"}]


def marked(data: bytes, out: Path, media_type: str = XLSX) -> openpyxl.Workbook:
    reading = read_rows(io.BytesIO(data), media_type, KIND)
    parser = RowParser(KIND, reading)
    problems = [problem for row in reading.rows for problem in parser.parse_row(row).problems]
    again = read_rows(io.BytesIO(data), media_type, KIND)
    mark_workbook(io.BytesIO(data), out, reading, again.rows, problems)
    return openpyxl.load_workbook(out)


@pytest.fixture
def template(tmp_path: Path) -> bytes:
    path = tmp_path / "template.xlsx"
    write_template(path, KIND, RECORDS)
    return path.read_bytes()


def test_each_row_says_what_is_wrong_and_how_to_mend_it(template: bytes, tmp_path: Path) -> None:
    page = marked(template, tmp_path / "out.xlsx")["任用"]
    assert [page.cell(row, 6).value for row in (4, 5, 6)] == [
        "エラー",
        "OK",
        "誤り A列 JET番号: 読めません。 → 直し方: 直してください。",
    ]
    assert page["F7"].value.splitlines()[0].startswith("誤り B列 職種: 必須の値が入力されていません。")
    assert page["F7"].value.splitlines()[1].startswith("誤り C列 着任日")
    assert page["F3"].value.splitlines()[0] == "誤りのある行 2 / OK 1（6行目、7行目）"
    assert "Unreadable." in page["A6"].comment.text
    assert page["A6"].fill.fgColor.rgb.endswith("FFC7CE")
    assert page["A5"].fill.fill_type is None


def test_the_callers_workbook_is_kept(template: bytes, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template))
    page = book["任用"]
    page["A6"].comment = Comment("うちのメモ", "clerk")
    page["H6"] = "欄外"
    page.auto_filter.ref = "A4:E7"
    after = marked(saved(book), tmp_path / "out.xlsx")
    kept = after["任用"]
    assert after.sheetnames == ["任用", "使い方", "lists"]
    assert after["lists"].sheet_state == "veryHidden"
    assert [rule.formula1 for rule in kept.data_validations.dataValidation if rule.type == "list"] == [
        "list_1"
    ]
    assert (kept.freeze_panes, kept.auto_filter.ref) == ("B5", "A4:F7")
    assert kept["A6"].comment.text == "うちのメモ"
    assert (kept["H6"].value, kept["F6"].value[:2]) == ("欄外", "誤り")
    assert kept["A5"].number_format == "@"


def test_a_marked_workbook_can_be_mended_and_sent_again(template: bytes, tmp_path: Path) -> None:
    first = tmp_path / "first.xlsx"
    book = marked(template, first)
    page = book["任用"]
    reading, _ = read(first.read_bytes())
    assert reading.findings == []
    page["A6"], page["B7"], page["C7"] = "20240000002", "CIR", date(2024, 2, 29)
    values, problems = parsed(saved(book))
    assert (len(values), problems) == (3, [])
    after = marked(saved(book), tmp_path / "second.xlsx")["任用"]
    assert [after.cell(row, 6).value for row in range(4, 9)] == ["エラー", "OK", "OK", "OK", None]
    assert after["G4"].value is None
    assert after["A6"].comment is None and after["A6"].fill.fill_type is None


def test_a_text_file_comes_back_as_a_workbook_with_its_own_row_numbers(tmp_path: Path) -> None:
    rows = ("20240000001,ALT,2024-07-29,=1+1,011002,x", "", "1,ALT,2024-07-29,,,")
    text = "\r\n".join([f"{','.join(HEADINGS)},メモ", *rows])
    page = front(marked(text.encode("cp932"), tmp_path / "out.xlsx", CSV))
    assert [cell.value for cell in page[1]] == [*HEADINGS, "エラー", "元の行"]
    assert [cell.value for cell in page[2]] == ["20240000001", "ALT", "2024-07-29", "=1+1", "011002", "OK", 2]
    assert page["D2"].data_type == "s"
    assert page["G3"].value == 4
    assert page["F3"].value.startswith("誤り A列 JET番号")
    reading, found = read((tmp_path / "out.xlsx").read_bytes())
    assert (len(found), codes(reading.findings)) == (2, [])


def test_a_long_workbook_gives_back_its_wrong_rows(
    template: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "MOST_ROWS", 2)
    page = front(marked(template, tmp_path / "out.xlsx"))
    assert [row[6].value for row in page.iter_rows(min_row=2)] == [6, 7]


def test_a_formatted_cell_in_the_far_corner_does_not_stop_the_marking(
    template: bytes, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template))
    book["任用"]["XFD60000"].number_format = "@"
    page = marked(saved(book), tmp_path / "out.xlsx")["任用"]
    assert page["F5"].value == "OK"


def test_a_workbook_too_big_to_load_comes_back_as_its_rows(
    template: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "_MOST_BYTES", 1_000)
    page = front(marked(template, tmp_path / "out.xlsx"))
    assert [str(row[5].value)[:2] for row in page.iter_rows(min_row=2)] == ["OK", "誤り", "誤り"]


def test_problems_a_service_found_are_marked_too(template: bytes, tmp_path: Path) -> None:
    reading = read_rows(io.BytesIO(template), XLSX, KIND)
    parser, (row, *others) = RowParser(KIND, reading), list(reading.rows)
    problems = [parser.problem(row.place, "", BAD), parser.problem(others[0].place, "code", BAD)]
    mark_workbook(io.BytesIO(template), tmp_path / "out.xlsx", reading, [row, *others], problems)
    page = openpyxl.load_workbook(tmp_path / "out.xlsx")["任用"]
    assert page["F5"].value.startswith("誤り 行: ")
    assert page["F6"].value.startswith("誤り E列 団体コード: ")
