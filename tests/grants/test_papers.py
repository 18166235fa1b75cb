"""The form as DOCX, and the cost sheet as XLSX: out, and in again as a spreadsheet writes it."""

import io
from typing import Any

import docx
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from services.grants.budget import Budget, ceiling, findings
from services.grants.cost_sheet import SheetRefused, cost_sheet_xlsx, read_cost_sheet
from services.grants.form_paper import form_docx
from services.grants.rules import Rules
from services.kit.imports.source import FileRefused
from tests.grants.forming import ANSWERS, form

RULES = Rules.model_validate({
    "rate": {"numerator": 1, "denominator": 2}, "cap_project": 3_000_000, "minimum": 500_000, "indirect_percent": 10,
    "applicants": {"kinds": ["city"]},
    "cost_categories": [
        {"code": "travel", "ja": "旅費", "en": "Travel"},
        {"code": "venue", "ja": "会場費", "en": "Venue"},
        {"code": "dinner", "ja": "食糧費", "en": "Meals", "eligible": False},
    ],
})  # fmt: skip
HEAD = ("項目※", "経費区分", "内容", "金額（円）※", "うち消費税（円）")


def cells(content: bytes) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in row.cells] for row in table.rows]
        for table in docx.Document(io.BytesIO(content)).tables
    ]


def paragraphs(content: bytes) -> list[str]:
    return [one.text for one in docx.Document(io.BytesIO(content)).paragraphs if one.text]


def test_a_form_is_printed_filled() -> None:
    made = form_docx(form(), ANSWERS, heading=["令和7年度 架空助成"])
    assert paragraphs(made) == ["様式第1号", "架空助成 申請書", "令和7年度 架空助成", "1 概要", "参加者"]
    above, rows, below = cells(made)
    assert above == [
        ["事業名※", "架空の交流"], ["種類", "☑ 海外　☐ 国内"], ["開始日", "令和7年（2025年）6月1日"],
        ["共同申請", "☐ はい　☑ いいえ"], ["電話番号\n数字とハイフンだけで記入してください。", "03-0000-0000"],
    ]  # fmt: skip
    assert rows == [
        ["団体名※", "人数", "日数", "延べ人数"], ["架空市", "12", "5", "60"], ["見本協会", "1,000", "3", "3,000"],
    ]  # fmt: skip
    assert below == [["合計", "3,060"], ["うち職員", "100"], ["そのほか", "2,960"]]


def test_an_empty_form_is_printed_to_be_written_on_in_either_language() -> None:
    made = form_docx(form(), language="en")
    assert paragraphs(made)[1:3] == ["Application for an invented grant", "※ marks what is required."]
    above, rows, below = cells(made)
    assert above[:4] == [
        ["Title※", ""], ["Kind", "☐ Overseas　☐ Domestic"], ["First day", ""], ["Joint bid", "☐ Yes　☐ No"],
    ]  # fmt: skip
    assert len(rows) == 5 and {text for row in rows[1:] for text in row} == {""}
    assert below[0] == ["In all", ""]


def test_what_xml_cannot_hold_spoils_no_paper() -> None:
    made = form_docx(form(), {"title": "a\x00b\x1f\ufffe", "partners": [3, {"persons": "x"}]})
    assert cells(made)[0][0] == ["事業名※", "ab"]


LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), min_size=1, max_size=20
).filter(lambda text: bool(text.strip()))
YEN = st.integers(0, 10**12)
BUDGETS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries({
    "costs": st.lists(st.fixed_dictionaries({
        "category": st.sampled_from(["travel", "venue", "dinner"]), "yen": YEN, "tax": YEN, "note": st.none() | LINES,
    }), max_size=5),
    "income": st.lists(st.fixed_dictionaries({"source": LINES, "yen": YEN}), max_size=3),
    "indirect": YEN,
    "requested": YEN,
})  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(BUDGETS)
def test_a_sheet_comes_back_as_it_went_out(given: dict[str, Any]) -> None:
    budget = Budget.model_validate(given)
    assert read_cost_sheet(cost_sheet_xlsx(RULES, budget), RULES) == budget


def test_categories_of_the_same_name_are_told_apart() -> None:
    twins = RULES.model_copy(update={"cost_categories": [
        one.model_copy(update={"ja": "旅費", "en": "Travel"}) for one in RULES.cost_categories
    ]})  # fmt: skip
    budget = Budget.model_validate(
        {"costs": [{"category": "venue", "yen": 1}, {"category": "travel", "yen": 2}]}
    )
    assert read_cost_sheet(cost_sheet_xlsx(twins, budget), twins) == budget


def book(*rows: tuple[Any, ...]) -> bytes:
    """As a clerk's spreadsheet writes it: shared strings, formulas with their results."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        page = made.add_worksheet("予算")
        for number, row in enumerate((("令和7年度",), HEAD, *rows)):
            for column, value in enumerate(row):
                if isinstance(value, tuple):
                    page.write_formula(number, column, value[0], None, value[1])
                elif value is not None:
                    page.write(number, column, value)
    return out.getvalue()


def test_a_sheet_is_read_as_clerks_write_it() -> None:
    found = read_cost_sheet(
        book(
            ("経費", "旅費", "航空運賃", "３３０，０００", ("=D3/11", 30_000.0)),
            (),
            ("経費", "venue", None, "¥1,100,000円", None),
            ("収入", None, "参加費", ("=5*10000", 50_000), None),
            ("間接経費", None, None, 10_000.0, None),
            ("合計", None, None, ("=SUM(D3:D7)", 1_490_000), ("=SUM(E3:E7)", 30_000)),
            ("助成申請額", None, None, "700,000", None),
        ),
        RULES,
    )
    assert found == Budget.model_validate({
        "costs": [
            {"category": "travel", "yen": 330_000, "tax": 30_000, "note": "航空運賃"},
            {"category": "venue", "yen": 1_100_000},
        ],
        "income": [{"source": "参加費", "yen": 50_000}], "indirect": 10_000, "requested": 700_000,
    })  # fmt: skip
    assert list(findings(RULES, found)) == []


def test_a_wrong_cell_is_named_by_sheet_row_and_column() -> None:
    with pytest.raises(SheetRefused) as refused:
        read_cost_sheet(
            book(
                ("経費", "宿泊費", None, 1, None),
                ("経費", None, None, 1, None),
                ("収入", "旅費", None, 1, 1),
                ("経費", "旅費", None, -5, None),
                ("経費", "旅費", None, "約3万", None),
                ("間接経費", None, None, 1, None),
                ("間接経費", None, None, 1, None),
                ("雑費", None, None, 1, None),
                ("経費", "旅費", None, 10**13, None),
            ),
            RULES,
        )
    assert {(one.sheet, f"{one.column_letter}{one.row}", one.finding.code) for one in refused.value.problems} == {
        ("予算", cell, code)
        for cell, code in (
            ("B3", "not_a_choice"), ("B4", "budget_cell_missing"), ("B5", "budget_cell_not_here"),
            ("E5", "budget_cell_not_here"), ("C5", "budget_cell_missing"), ("D6", "value_greater_than_equal"),
            ("D7", "not_an_integer"), ("A9", "budget_line_twice"), ("A10", "not_a_choice"),
            ("D11", "value_less_than_equal"),
        )
    }  # fmt: skip
    many = [("経費", "旅費", None, 1, None)] * 501
    with pytest.raises(SheetRefused) as long:
        read_cost_sheet(book(*many), RULES)
    assert [(one.row, one.finding.code) for one in long.value.problems] == [(503, "budget_lines_too_many")]
    with pytest.raises(FileRefused):
        read_cost_sheet(b"PK\x03\x04 no workbook", RULES)


def test_a_budget_is_held_against_the_rules() -> None:
    def wrong(rules: Rules = RULES, **given: Any) -> set[tuple[str, str]]:
        return {(place, one.code) for place, one in findings(rules, Budget.model_validate(given))}

    costs = [{"category": "travel", "yen": 2_000_000, "tax": 181_818}, {"category": "dinner", "yen": 900_000}]
    # half of 2,000,000 and of 10 % of it: what is not eligible does not count
    assert ceiling(RULES, Budget.model_validate({"costs": costs, "indirect": 500_000})) == 1_100_000
    assert wrong(costs=costs, indirect=500_000, requested=1_100_000) == set()
    assert wrong(costs=costs, indirect=500_000, requested=1_100_001) == {
        ("requested", "requested_above_rules")
    }
    great = [{"category": "travel", "yen": 10**9}]
    assert wrong(costs=great, requested=3_000_000) == set()
    assert wrong(costs=great, requested=3_000_001) == {("requested", "requested_above_rules")}
    joint = RULES.model_copy(update={"cap_joint": 4_000_000})
    assert wrong(joint, costs=great, requested=4_000_000) == set()
    free = RULES.model_copy(update={"cap_project": None})
    assert wrong(free, costs=great, requested=5 * 10**8) == set()
    assert wrong(costs=great, requested=499_999) == {("requested", "requested_below_minimum")}
    pays = RULES.model_copy(update={"below_minimum": "pay"})
    assert wrong(pays, costs=great, requested=499_999) == set()
    odd = [{"category": "nothing", "yen": 5, "tax": 6}]
    assert wrong(costs=odd) == {
        ("costs/0/category", "cost_category_unknown"), ("costs/0/tax", "tax_above_cost"), ("requested", "requested_nothing"),
    }  # fmt: skip
