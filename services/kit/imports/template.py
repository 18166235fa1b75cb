"""The XLSX form that outsiders fill in: one table, drop-downs, text-format codes, a page that explains it.

Drop-downs come from named ranges on a hidden sheet: a list over 255 characters is dropped by Excel, and a
direct reference to another sheet is saved by Excel in an extension that other tools lose.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from services.kit.columns import Choice, Column, Kind
from services.kit.imports.cells import sheet_name, text_width, wrapped_height, write_cell
from services.kit.imports.headings import REQUIRED_MARK
from services.kit.imports.xlsxwriter_types import Format, Workbook, Worksheet, new_workbook
from services.kit.text import Text

HEADER_ROW = 4  # as Excel shows it
_LISTS = "lists"
_SPARE_ROWS = 2_000
_SHOWN_CHOICES = 12
_GUIDE_WIDTH = 44
_NUMBER_FORMATS = {"text": "@", "date": "yyyy/mm/dd", "integer": "0", "general": "General"}
_WIDTHS = {"text": 18, "date": 14, "integer": 12, "general": 18}
_INSTRUCTION = Text(
    "5行目から1行に1件ずつ入力してください。※のある列は必須です。見出しの行は変えないでください。",
    "One record a row from row 5. Columns marked ※ are required. Leave the header row as it is.",
)


def write_template(
    path: Path, kind: Kind, rows: Iterable[Mapping[str, Any]], *, organisation: Text | None = None
) -> None:
    """`rows` are the records already known, by column name; a choice may be given by its value."""
    workbook = new_workbook(path)
    try:
        page = workbook.add_worksheet(sheet_name(kind.title.ja))
        _write_top(workbook, page, kind, organisation)
        last = _write_rows(workbook, page, kind, rows) + _SPARE_ROWS
        guide = workbook.add_worksheet("使い方")
        ranges = _write_lists(workbook, kind.columns)
        for place, column in enumerate(kind.columns):
            page.data_validation(HEADER_ROW, place, last, place, _validation(column, ranges.get(column.name)))
        _write_guide(workbook, guide, kind)
    finally:
        workbook.close()


def _write_top(workbook: Workbook, page: Worksheet, kind: Kind, organisation: Text | None) -> None:
    required = workbook.add_format(_heading("#FCE4D6"))
    optional = workbook.add_format(_heading("#DDEBF7"))
    page.write_string(
        0, 0, f"{kind.title.ja} / {kind.title.en}", workbook.add_format({"bold": True, "size": 14})
    )
    form = f"様式 {kind.name}　版 {kind.version}"
    names = " / ".join(dict.fromkeys(organisation)) if organisation else ""
    page.write_string(1, 0, f"{form}　{names}" if names else form)
    page.write_string(2, 0, f"{_INSTRUCTION.ja} {_INSTRUCTION.en}")
    page.set_row(HEADER_ROW - 1, 34)
    for place, column in enumerate(kind.columns):
        style = workbook.add_format({"num_format": _NUMBER_FORMATS[column.cell.excel]})
        longest = max((text_width(choice.label.ja) for choice in column.cell.choices), default=0)
        width = max(_WIDTHS[column.cell.excel], text_width(column.title.ja) + 4, min(longest + 4, 40))
        page.set_column(place, place, width, style)
        mark = REQUIRED_MARK if column.required else ""
        page.write_string(
            HEADER_ROW - 1, place, column.title.ja + mark, required if column.required else optional
        )
    page.freeze_panes(HEADER_ROW, 1)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _heading(colour: str) -> dict[str, Any]:
    return {"bold": True, "bg_color": colour, "border": 1, "text_wrap": True, "valign": "vcenter"}


def _write_rows(workbook: Workbook, page: Worksheet, kind: Kind, rows: Iterable[Mapping[str, Any]]) -> int:
    styles = [
        workbook.add_format({"num_format": _NUMBER_FORMATS[column.cell.excel]}) for column in kind.columns
    ]
    instant = workbook.add_format({"num_format": "yyyy/mm/dd hh:mm"})
    last = HEADER_ROW
    for last, row in enumerate(rows, start=HEADER_ROW):
        for place, column in enumerate(kind.columns):
            value = _shown(column, row.get(column.name))
            write_cell(page, last, place, value, instant if isinstance(value, datetime) else styles[place])
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


def _validation(column: Column, choices: str | None) -> dict[str, Any]:
    """A hint beside the cell; a drop-down where there are choices. Only our own import refuses a value."""
    hint = f"{column.cell.hint.ja}\n{column.cell.hint.en}".strip()
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


def _write_guide(workbook: Workbook, guide: Worksheet, kind: Kind) -> None:
    heading = workbook.add_format(_heading("#DDEBF7"))
    body = workbook.add_format({"text_wrap": True, "valign": "top", "border": 1})
    titles = ("列", "見出し", "Heading", "必須", "書き方", "How to write it", "選択肢 / Choices")
    for place, (title, width) in enumerate(
        zip(titles, (5, 22, 26, 6, _GUIDE_WIDTH, _GUIDE_WIDTH, _GUIDE_WIDTH), strict=True)
    ):
        guide.set_column(place, place, width)
        guide.write_string(0, place, title, heading)
    for row, column in enumerate(kind.columns, start=1):
        _write_guide_row(guide, row, column, body)
    guide.freeze_panes(1, 0)
    guide.set_landscape()
    guide.fit_to_pages(1, 0)


def _write_guide_row(guide: Worksheet, row: int, column: Column, style: Format) -> None:
    texts = (
        get_column_letter(row),
        column.title.ja,
        column.title.en,
        "必須" if column.required else "",
        _lines(column.description.ja, column.cell.hint.ja),
        _lines(column.description.en, column.cell.hint.en),
        _choices(column.cell.choices),
    )
    for place, text in enumerate(texts):
        guide.write_string(row, place, text, style)
    guide.set_row(row, max(wrapped_height(text, _GUIDE_WIDTH) for text in texts[4:]))


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def _choices(choices: Sequence[Choice]) -> str:
    """A long list would fill the page; the drop-down holds it anyway."""
    shown = [f"{choice.label.ja} ({choice.label.en})" for choice in choices[:_SHOWN_CHOICES]]
    return "\n".join([*shown, "…"] if len(choices) > _SHOWN_CHOICES else shown)
