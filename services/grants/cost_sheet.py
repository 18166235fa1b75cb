"""The cost sheet (収支予算書) as XLSX: one table of a budget's lines, out and in. What is wrong on one is told by its cell."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from services.grants.budget import Budget, CostLine, Income, Money
from services.grants.rules import Rules
from services.kit.columns import Cell, Choice, Kind
from services.kit.findings import Finding
from services.kit.imports import reading
from services.kit.imports.checking import Checked, RowChecker
from services.kit.imports.parsing import CellProblem
from services.kit.imports.reading import XLSX
from services.kit.imports.template import write_template
from services.kit.japan import cells
from services.kit.text import Text
from services.kit.wire import Called, Line, Wire, choice
from services.kit.wire import kind as kind_of

# `total`: what a clerk adds up below; read past
LineKind = Literal["cost", "income", "indirect", "requested", "total"]
_ONCE = ("indirect", "requested")


class SheetLine(Wire):
    line: Annotated[LineKind, choice("cost_line", get_args(LineKind)), Called("cost_line")]
    category: Annotated[str | None, Called("cost_category")] = None
    detail: Annotated[Line | None, Called("budget_detail")] = None
    yen: Annotated[Money, cells.YEN, Called("cost_yen")]
    tax: Annotated[Annotated[Money, cells.YEN] | None, Called("budget_tax")] = None


NEEDED = Finding(
    "budget_cell_missing",
    Text("この項目の行では必須です", "A line of this sort needs it"),
    Text(
        "経費の行には経費区分を、収入の行には内容（収入源）を書いてください。",
        "Give the category of a cost, and the source of an income in details.",
    ),
)
NOT_HERE = Finding(
    "budget_cell_not_here",
    Text("この項目の行には書きません", "A line of this sort does not have it"),
    Text(
        "このセルを空欄にするか、項目（経費・収入など）を直してください。",
        "Clear the cell, or mend what sort of line it is.",
    ),
)
TWICE = Finding(
    "budget_line_twice",
    Text("この項目の行が2行あります", "There are two lines of this sort"),
    Text("間接経費と助成申請額は、それぞれ1行にまとめてください。", "Indirect costs and the amount asked for have one line each."),
)  # fmt: skip
TOO_MANY = Finding(
    "budget_lines_too_many",
    Text("行数が多すぎます", "There are too many lines"),
    Text("経費は500行、収入は100行以内にまとめてください。", "Keep to 500 lines of cost and 100 of income."),
)


def sheet_kind(rules: Rules) -> Kind:
    """With the categories of these rules to choose from."""
    kind = kind_of("cost-sheet", SheetLine, SheetLine, "2026.1")
    named = tuple(
        replace(column, cell=_categories(rules)) if column.name == "category" else column
        for column in kind.columns
    )
    return replace(kind, columns=named)


def _categories(rules: Rules) -> Cell:
    found = rules.cost_categories
    try:
        return cells.choice("cost_category", [Choice(one.code, Text(one.ja, one.en)) for one in found])
    except ValueError:  # two have the same name: their codes tell them apart
        return cells.choice(
            "cost_category",
            [Choice(one.code, Text(f"{one.ja[:100]}（{one.code}）", f"{one.en[:100]} ({one.code})")) for one in found],
        )  # fmt: skip


def cost_sheet_xlsx(rules: Rules, budget: Budget, *, heading: Text | None = None) -> bytes:
    """An empty budget gives the sheet to fill in. `heading`: whose it is, below its title."""
    with tempfile.TemporaryDirectory(prefix="kk-sheet-") as folder:
        path = Path(folder) / "sheet.xlsx"
        write_template(path, sheet_kind(rules), _lines(budget), organisation=heading)
        return path.read_bytes()


def _lines(budget: Budget) -> Iterator[dict[str, Any]]:
    for cost in budget.costs:
        yield {
            "line": "cost",
            "category": cost.category,
            "detail": cost.note,
            "yen": cost.yen,
            "tax": cost.tax,
        }
    for one in budget.income:
        yield {"line": "income", "detail": one.source, "yen": one.yen}
    yield {"line": "indirect", "yen": budget.indirect}
    yield {"line": "requested", "yen": budget.requested}


class SheetRefused(Exception):
    """Cells that are wrong, each by sheet, row and column."""

    def __init__(self, problems: list[CellProblem]) -> None:
        super().__init__(f"{len(problems)} cells")
        self.problems = problems


def read_cost_sheet(content: bytes, rules: Rules) -> Budget:
    """Raises FileRefused where it is no such sheet, SheetRefused where cells are wrong. Whether the budget fits the rules
    is asked of `budget.findings`."""
    kind = sheet_kind(rules)
    found = reading.read_rows(BytesIO(content), XLSX, kind)
    checker = RowChecker(SheetLine, kind, found)
    checked = [checker.check(row) for row in found.rows]
    problems = [one for row in checked for one in row.problems if one.finding.severity == "error"]
    problems += _misplaced(checker, checked)
    if problems:
        raise SheetRefused(problems)
    rows = [row.row for row in checked if row.row is not None]
    return Budget(
        costs=[
            CostLine(category=row["category"], yen=row["yen"], tax=row["tax"] or 0, note=row["detail"])
            for row in rows
            if row["line"] == "cost"
        ],
        income=[Income(source=row["detail"], yen=row["yen"]) for row in rows if row["line"] == "income"],
        **{row["line"]: row["yen"] for row in rows if row["line"] in _ONCE},
    )


def _misplaced(checker: RowChecker, checked: list[Checked]) -> Iterator[CellProblem]:
    """What pydantic cannot say of one row by itself."""
    seen: list[str] = []
    for place, row, *_ in checked:
        if row is None or row["line"] == "total":
            continue
        line = row["line"]
        seen.append(line)
        has = {name for name in ("category", "detail", "tax") if row[name] is not None}
        needs = {"cost": {"category"}, "income": {"detail"}}.get(line, set())
        may = {"cost": {"category", "detail", "tax"}, "income": {"detail"}}.get(line, {"detail"})
        yield from (checker.problem(place, name, NEEDED) for name in sorted(needs - has))
        yield from (checker.problem(place, name, NOT_HERE) for name in sorted(has - may))
        if line in _ONCE and seen.count(line) > 1:
            yield checker.problem(place, "line", TWICE)
        if seen.count("cost") > 500 or seen.count("income") > 100:
            yield checker.problem(place, "line", TOO_MANY)
            return
