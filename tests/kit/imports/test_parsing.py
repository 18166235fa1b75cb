from datetime import date
from typing import Any

from services.kit.columns import Cell, Column, Kind, Raw
from services.kit.findings import Parsed
from services.kit.imports.parsing import RowParser
from services.kit.imports.source import Reading, SourceRow
from services.kit.text import Text
from tests.kit.imports.files import parsed, saved, workbook
from tests.kit.imports.kinds import HEADINGS, KIND


def test_problems_name_their_cell_and_say_how_to_mend_it() -> None:
    rows: list[list[Any]] = [
        ["見出し"],
        HEADINGS,
        [2024000001, "ALT", 45502, "梅小"],
        [None, "CIR", "2月30日"],
    ]
    values, problems = parsed(saved(workbook(rows)))
    assert values[0] == {"job": "ALT", "starts_on": date(2024, 7, 29), "workplace": "梅小", "code": None}
    assert [(p.row, p.column_letter, p.finding.code) for p in problems] == [
        (3, "A", "bad"),
        (3, "C", "serial"),
        (4, "A", "required_value_missing"),
        (4, "C", "bad"),
    ]
    assert problems[1].understood == "2024-07-29"
    assert problems[0].as_json() == {
        "sheet": "Sheet",
        "row": 3,
        "column": "A",
        "field": "jet_number",
        "code": "bad",
        "severity": "error",
        "rule": "L2-01",
        "message": {"ja": "読めません。", "en": "Unreadable."},
        "remedy": {"ja": "直してください。", "en": "Mend it."},
        "understood": None,
    }


def test_warnings_alone_leave_a_row_accepted() -> None:
    parser, row = RowParser(KIND, _reading()), {"jet_number": "20240000001", "job": "ALT"}
    assert parser.parse_row(SourceRow("", 1, {**row, "starts_on": 45502})).accepted
    assert not parser.parse_row(SourceRow("", 1, {**row, "starts_on": "x"})).accepted


def test_control_characters_never_reach_a_value() -> None:
    for bad in ("a\x00", "\ud800", "\x1b[1m"):
        row = RowParser(KIND, _reading()).parse_row(SourceRow("", 1, {"code": bad}))
        assert "code" not in row.values
        assert "unusable_character" in [problem.finding.code for problem in row.problems]


def test_each_distinct_raw_value_is_parsed_once_and_equal_ones_of_other_types_apart() -> None:
    calls: list[Raw] = []

    def parse(raw: Raw) -> Parsed[str]:
        calls.append(raw)
        return Parsed(repr(raw), repr(raw))

    kind = Kind(
        "k", Text("k", "k"), "1", (Column("a", Text("a", "a"), Cell("a", parse, Text("", "")), False),)
    )
    parser = RowParser(kind, _reading())
    found = [
        parser.parse_row(SourceRow("", 1, {"a": raw})).values["a"]
        for raw in (1, True, 1.5, "1", 1, "1", True)
    ]
    assert found == ["1", "True", "1.5", "'1'", "1", "'1'", "True"]
    assert len(calls) == 4


def _reading() -> Reading:
    return Reading("", "utf-8", 0, KIND.columns, iter(()))
