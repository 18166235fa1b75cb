"""A marked workbook made anew from source rows, for text files and long workbooks."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from openpyxl.utils import get_column_letter

from services.kit.imports.cells import wrapped_height, write_cell
from services.kit.imports.headings import ERROR_HEADING, SOURCE_ROW_HEADING
from services.kit.imports.marks import (
    COLOURS,
    STATUS_WIDTH,
    about_file,
    cell_note,
    omission,
    row_status,
    worst,
)
from services.kit.imports.parsing import CellProblem
from services.kit.imports.source import Reading, SourceRow
from services.kit.imports.xlsxwriter_types import new_workbook

_MAX_COMMENTS = 20_000


def write_marked_rows(
    out: Path,
    reading: Reading,
    rows: Iterable[SourceRow],
    problems: Mapping[int, Sequence[CellProblem]],
    *,
    only_wrong: bool,
    omitted: int,
) -> None:
    """What is omitted is said above the header, and what is said of the file as a whole on a sheet of its own."""
    columns = [column for column in reading.columns if column]
    letters = {column.name: get_column_letter(place) for place, column in enumerate(columns, start=1)}
    workbook = new_workbook(out, constant_memory=True)
    try:
        page = workbook.add_worksheet("誤りのある行" if only_wrong else "確認結果")
        heading = workbook.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
        plain = {
            "text": workbook.add_format({"num_format": "@"}),
            "date": workbook.add_format({"num_format": "yyyy/mm/dd"}),
        }
        fills = {
            severity: workbook.add_format({"bg_color": f"#{colour}", "num_format": "@", "valign": "top"})
            for severity, colour in COLOURS.items()
        }
        status = workbook.add_format({"text_wrap": True, "valign": "top"})
        top = 1 if omitted else 0
        if omitted:
            page.write_string(0, 0, omission(omitted))
        for place, column in enumerate(columns):
            page.set_column(place, place, max(14, 2 * len(column.title.ja) + 2), plain.get(column.cell.excel))
            page.write_string(top, place, column.title.ja, heading)
        page.set_column(len(columns), len(columns), STATUS_WIDTH)
        page.write_string(top, len(columns), ERROR_HEADING, heading)
        page.write_string(top, len(columns) + 1, SOURCE_ROW_HEADING, heading)
        page.freeze_panes(top + 1, 0)
        written = top
        for row in rows:
            found = problems.get(row.row, ())
            if only_wrong and not found:
                continue
            written += 1
            text = row_status(found, letters, omitted)
            page.set_row(written, wrapped_height(text, STATUS_WIDTH))
            for place, column in enumerate(columns):
                here = [problem for problem in found if problem.column == column.name]
                style = fills[worst(here)] if here else plain.get(column.cell.excel)
                write_cell(page, written, place, row.cells.get(column.name), style)
                if here and written <= _MAX_COMMENTS:
                    page.write_comment(written, place, cell_note(here), {"x_scale": 2, "y_scale": 1.5})
            page.write_string(written, len(columns), text, status)
            page.write_number(written, len(columns) + 1, row.row)
        page.autofilter(top, 0, written, len(columns) + 1)
        if reading.findings:  # they are known once the last row was read
            notes = workbook.add_worksheet("ファイルについて")
            for number, line in enumerate(about_file(reading.findings).splitlines()):
                notes.write_string(number, 0, line)
    finally:
        workbook.close()
