import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kit.columns import Column
from services.kit.imports.reading import CSV
from services.kit.imports.template import HEADER_ROW, write_template
from services.kit.text import Text
from tests.kit.imports.files import codes, parsed, read
from tests.kit.imports.kinds import JOBS, KIND, TEXT

WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=20).filter(
    str.strip
)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "jet_number": st.integers(20_000_000_000, 20_999_999_999).map(str),
            "job": st.sampled_from([choice.value for choice in JOBS]),
            "starts_on": st.dates(date(1987, 1, 1), date(2100, 1, 1)),
            "workplace": st.none()
            | WORDS
            | st.sampled_from(["=1+1", "@x", "-1", "'=a", "http://a", "0123", "TRUE"]),
            "code": st.none() | st.from_regex(r"\A0\d{5}\Z"),
        }
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=40)
@given(RECORDS)
def test_a_filled_template_reads_back_as_the_same_records(
    tmp_path_factory: Any, records: list[dict[str, Any]]
) -> None:
    path = tmp_path_factory.mktemp("t") / "template.xlsx"
    write_template(path, KIND, records, organisation=Text("=架空町", "Fictional Town"))
    values, problems = parsed(path.read_bytes())
    assert (values, problems) == (records, [])


def test_an_empty_template_has_everything_a_clerk_needs(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    write_template(path, KIND, [])
    reading, found = read(path.read_bytes())
    assert (found, reading.header_row, codes(reading.findings)) == ([], HEADER_ROW, ["no_rows"])
    book = openpyxl.load_workbook(path)
    page = book["任用"]
    assert "2026-01" in page["A2"].value
    assert page["A4"].value == "JET番号※" and page["D4"].value == "配置先"
    assert page.freeze_panes == "B5"
    assert page.column_dimensions["A"].number_format == "@"
    guide = book["使い方"]
    shown = [str(row[1].value).split("\n")[0] for row in guide.iter_rows()]
    described = shown[shown.index("見出し") + 1 :]
    assert described == [cell.value for cell in page[4]]
    assert guide["A3"].value == "1. シート「任用」の5行目から、1行に1件ずつ入力してください。"
    assert book["lists"].sheet_state == "veryHidden"


def test_both_pages_print_on_a4_landscape_with_their_headings_on_each(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    write_template(path, KIND, [])
    for page in openpyxl.load_workbook(path).worksheets[:2]:
        assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
        fitted = page.sheet_properties.pageSetUpPr
        assert fitted is not None and (page.page_setup.fitToHeight, fitted.fitToPage) == (0, True)
        assert page.print_title_rows


def test_what_a_clerk_has_not_to_change_looks_different_and_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    name = Column("participant_name", Text("氏名", "Name"), TEXT, required=False)
    row = {"jet_number": "20240000001", "participant_name": "架空 花子", "job": "ALT"}
    write_template(path, KIND, [row], fixed=("jet_number",), beside=[name])
    book = openpyxl.load_workbook(path)
    page = book["任用"]
    assert [page.cell(5, place).value for place in (1, 2)] == ["20240000001", "架空 花子"]
    assert page.freeze_panes == "C5"
    colours = [page.cell(4, place).fill.fgColor.rgb for place in (1, 2, 3, 5)]
    assert len(set(colours)) == 4
    filled = [page.cell(5, place).fill.fill_type for place in (1, 2, 3)]
    assert (filled, page["B5"].font.italic) == (["solid", "solid", None], True)
    sorts = [str(row[2].value).split("\n")[0] for row in book["使い方"].iter_rows() if row[2].value]
    assert sorts == ["区分", "行の特定", "参考", "必須", "必須", "任意", "任意"]
    told = "".join(str(row[0].value) for row in book["使い方"].iter_rows(max_row=16))
    assert "灰色の列" in told and "（参考）の列" in told


def test_a_drop_down_of_any_length_comes_from_a_named_range(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    write_template(path, KIND, [])
    book = openpyxl.load_workbook(path)
    lists = [rule for rule in book["任用"].data_validations.dataValidation if rule.type == "list"]
    assert [(rule.formula1, str(rule.sqref).split(":")[0]) for rule in lists] == [("list_1", "B5")]
    sheet, cells = book.defined_names["list_1"].attr_text.split("!")
    labels = [row[0].value for row in book[sheet][cells.replace("$", "")]]
    assert labels == [choice.label.ja for choice in JOBS]
    assert len(",".join(labels)) > 255


def test_a_template_saved_as_csv_is_still_read(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    write_template(path, KIND, [{"jet_number": "20240000001", "job": "ALT", "starts_on": "2024-07-29"}])
    out = io.StringIO()
    for row in openpyxl.load_workbook(path)["任用"].iter_rows(values_only=True):
        out.write(",".join("" if value is None else str(value) for value in row) + "\r\n")
    values, problems = parsed(out.getvalue().encode("cp932"), CSV)
    assert problems == []
    assert values[0]["starts_on"] == date(2024, 7, 29)
