"""The XLSX form that outsiders fill in: one table, drop-downs, text-format codes, a page that explains it.

Drop-downs come from named ranges on a hidden sheet: a list over 255 characters is dropped by Excel, and a
direct reference to another sheet is saved by Excel in an extension that other tools lose. Nothing that an
import needs is kept there: a form that was stripped to its values is read all the same.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from services.kit.columns import Column, Kind
from services.kit.imports.cells import sheet_name, text_width, write_cell
from services.kit.imports.guide import write_guide
from services.kit.imports.headings import REQUIRED_MARK, form_line
from services.kit.imports.layout import Place, laid_out
from services.kit.imports.xlsxwriter_types import A4, Workbook, Worksheet, new_workbook
from services.kit.text import Text

HEADER_ROW = 4  # as Excel shows it
_LISTS = "lists"
_SPARE_ROWS = 2_000
_NUMBER_FORMATS = {"text": "@", "date": "yyyy/mm/dd", "integer": "0", "general": "General"}
_LEGIBLE = 220  # half-width letters across a landscape A4
_WIDTHS = {"text": 14, "date": 12, "integer": 10, "general": 12}
_INSTRUCTION = Text(
    f"5行目から1行に1件ずつ入力してください。{REQUIRED_MARK}のある列は必須です。見出しの行は変えないでください。",
    f"One record a row from row 5. Columns marked {REQUIRED_MARK} are required. Leave the header row as it is.",
)


def write_template(
    path: Path,
    kind: Kind,
    rows: Iterable[Mapping[str, Any]],
    *,
    organisation: Text | None = None,
    fixed: Collection[str] = (),
    beside: Sequence[Column] = (),
) -> None:
    """`rows` are the records already known, by column name; a choice may be given by its value.

    `fixed` are the columns that say which record a row is; `beside` are shown for reference and not read.
    """
    places = laid_out(kind, fixed, beside)
    workbook = new_workbook(path)
    try:
        page = workbook.add_worksheet(sheet_name(kind.title.ja))
        _write_top(workbook, page, kind, organisation)
        width = _write_headings(workbook, page, places)
        last = _write_rows(workbook, page, places, rows) + _SPARE_ROWS
        write_guide(workbook, kind, places, page=sheet_name(kind.title.ja), first_row=HEADER_ROW + 1)
        ranges = _write_lists(workbook, kind.columns)
        for place, one in enumerate(places):
            rule = _validation(one, ranges.get(one.column.name))
            page.data_validation(HEADER_ROW, place, last, place, rule)
        page.freeze_panes(HEADER_ROW, 1 + len(beside))
        _set_up_print(page, kind, -(-width // _LEGIBLE))
        page.repeat_columns(0, len(beside))
    finally:
        workbook.close()


def _write_top(workbook: Workbook, page: Worksheet, kind: Kind, organisation: Text | None) -> None:
    large = workbook.add_format({"bold": True, "size": 14})
    page.write_string(0, 0, f"{kind.title.ja} / {kind.title.en}", large)
    names = " / ".join(dict.fromkeys(organisation)) if organisation else ""
    page.write_string(1, 0, f"{form_line(kind)}　{names}" if names else form_line(kind))
    page.write_string(2, 0, f"{_INSTRUCTION.ja} {_INSTRUCTION.en}")


def _write_headings(workbook: Workbook, page: Worksheet, places: Sequence[Place]) -> int:
    """The width of them all, in half-width letters."""
    page.set_row(HEADER_ROW - 1, 34)
    total = 0
    for number, place in enumerate(places):
        cell = place.column.cell
        style = workbook.add_format({"num_format": _NUMBER_FORMATS[cell.excel]})
        longest = max((text_width(choice.label.ja) for choice in cell.choices), default=0)
        # a heading has two lines
        width = max(_WIDTHS[cell.excel], text_width(place.heading) // 2 + 4, min(longest + 4, 40))
        total += width
        page.set_column(number, number, width, style)
        page.write_string(HEADER_ROW - 1, number, place.heading, workbook.add_format(place.heading_style))
    return total


def _set_up_print(page: Worksheet, kind: Kind, pages: int) -> None:
    """As many pages beside each other as it takes to read them."""
    page.set_landscape()
    page.set_paper(A4)
    page.set_margins(0.4, 0.4, 0.6, 0.6)
    page.fit_to_pages(pages, 0)
    page.repeat_rows(HEADER_ROW - 1)
    page.set_footer(f"&L{form_line(kind)}&R&P / &N")


def _write_rows(
    workbook: Workbook, page: Worksheet, places: Sequence[Place], rows: Iterable[Mapping[str, Any]]
) -> int:
    styles = [
        workbook.add_format({"num_format": _NUMBER_FORMATS[one.column.cell.excel], **one.filled_style})
        for one in places
    ]
    instant = workbook.add_format({"num_format": "yyyy/mm/dd hh:mm"})
    last = HEADER_ROW
    for last, row in enumerate(rows, start=HEADER_ROW):
        for number, place in enumerate(places):
            value = _shown(place.column, row.get(place.column.name))
            style = instant if isinstance(value, datetime) else styles[number]
            write_cell(page, last, number, value, style)
    return last


def _shown(column: Column, value: Any) -> Any:
    if isinstance(value, bool):
        return "○" if value else "×"
    if value is not None and column.cell.excel == "text":
        value = str(value)
    return next((choice.label.ja for choice in column.cell.choices if choice.value == value), value)


def _write_lists(workbook: Workbook, columns: Sequence[Column]) -> dict[str, str]:
    """Column name → the name of the range that holds its choices."""
    with_choices = [column for column in columns if column.cell.choices]
    if not with_choices:
        return {}
    lists = workbook.add_worksheet(_LISTS)
    lists.very_hidden()
    ranges = {}
    for place, column in enumerate(with_choices):
        for row, choice in enumerate(column.cell.choices):
            lists.write_string(row, place, choice.label.ja)
        name = f"list_{place + 1}"
        letter = get_column_letter(place + 1)
        workbook.define_name(name, f"={_LISTS}!${letter}$1:${letter}${len(column.cell.choices)}")
        ranges[column.name] = name
    return ranges


def _validation(place: Place, choices: str | None) -> dict[str, Any]:
    """A hint beside the cell; a drop-down where there are choices. Only our own import refuses a value."""
    column = place.column
    hint = "" if place.sort == "reference" else f"{column.cell.hint.ja}\n{column.cell.hint.en}".strip()
    shown = {"input_title": column.title.ja[:32], "input_message": hint[:255]} if hint else {}
    if choices is None:
        return {"validate": "any", **shown}
    return {
        "validate": "list",
        "source": f"={choices}",
        "error_type": "warning",
        "error_title": "選択肢にない値です",
        "error_message": "一覧から選んでください。 Choose from the list.",
        **shown,
    }
