"""Level 1 of the rules of machine readability: the form of a file. Each check yields what is wrong."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from zipfile import BadZipFile

from tests.support.readable import Table

Faults = Iterator[str]
Check = Callable[[Table], Faults]
_SPACED = re.compile(r"^\s|\s$|\s{2}|[\r\n\t]")


def readable(table: Table) -> Faults:
    try:
        if table.is_workbook:
            whole = {"[Content_Types].xml", "xl/workbook.xml"} <= table.parts.keys()
        else:
            whole = "\0" not in table.text
    except (UnicodeDecodeError, BadZipFile):
        whole = False
    if not whole:
        yield "not what its Content-Type declares"


def one_table(table: Table) -> Faults:
    blank = [number for number, row in enumerate(table.grid) if not any(one is not None for one in row)]
    yield from (f"row {number + 1} parts two tables" for number in blank if number < len(table.grid) - 1)
    yield from (
        f"row {n} repeats the headings" for n, row in enumerate(table.rows, 2) if row == table.headings
    )


def whole(table: Table) -> Faults:
    yield from (f"row {n} is blank" for n, row in enumerate(table.grid, 1) if all(one is None for one in row))
    for place, heading in enumerate(table.headings):
        if heading is None and all(place >= len(row) or row[place] is None for row in table.rows):
            yield f"column {place + 1} is blank"


def nothing_else(table: Table) -> Faults:
    for number, row in enumerate(table.rows, 2):
        if any(one is not None for one in row[len(table.columns) :]):
            yield f"row {number} has values outside the table"
    if table.is_workbook:
        yield from (f"a note: {name}" for name in table.parts if "comments" in name)


def headed(table: Table) -> Faults:
    for place, heading in enumerate(table.headings):
        if not any(one.isalpha() for one in str(heading or "")):
            yield f"column {place + 1} has no heading that says what it holds"


def unpadded(table: Table) -> Faults:
    yield from (f"heading {one!r}" for one in table.headings if one and _SPACED.search(str(one)))
    yield from (
        f"{name}: {one!r}" for name, one in table.values() if isinstance(one, str) and _SPACED.search(one)
    )


def one_datum(table: Table) -> Faults:
    for name, value in table.values("integer", "gYear", "date", "datetime", "boolean"):
        if re.search(r"[、,;；／/\n]", str(value)):
            yield f"{name}: {value!r}"
    yield from (f"{name}: {one!r}" for name, one in table.values() if re.search(r"[\r\n]", str(one)))


def portable(table: Table) -> Faults:
    """Our own words are in JIS X 0208 or ASCII; of others' words proper names are free, private glyphs are not."""
    for heading in table.headings:
        try:
            str(heading or "").encode("iso2022_jp")
        except UnicodeEncodeError:
            yield f"heading {heading!r}"
    for name, value in table.values():
        if any(unicodedata.category(one) == "Co" for one in str(value)):
            yield f"{name}: a private glyph in {value!r}"


def blank_is_no_zero(table: Table) -> Faults:
    blanks = ("-", "－", "―", "ー", "なし", "n/a", "N/A", "null")
    yield from (f"{name}: {one!r} for a blank" for name, one in table.values() if one in blanks)


def no_part(*words: str) -> Check:
    def check(table: Table) -> Faults:
        yield from (name for name in table.parts if any(word in name for word in words))

    return check


def no_meaning_by_format(table: Table) -> Faults:
    for row in table.page.iter_rows(min_row=2):
        for cell in row:
            if cell.fill.fill_type or cell.font.b or cell.font.i or cell.font.strike or (cell.font.color and cell.font.color.rgb not in (None, "FF000000") and cell.font.color.type == "rgb"):  # fmt: skip
                yield f"{cell.coordinate} has a format of its own"


def not_merged(table: Table) -> Faults:
    yield from (str(one) for one in table.page.merged_cells.ranges)


def nothing_hidden(table: Table) -> Faults:
    book = table.page.parent
    assert book is not None
    yield from (f"sheet {one.title}" for one in book.worksheets if one.sheet_state != "visible")
    for sides in (table.page.row_dimensions, table.page.column_dimensions):
        yield from (f"{name}" for name, one in sides.items() if one.hidden or one.outlineLevel)


def a_line_each(table: Table) -> Faults:
    lines = table.text.count("\n")
    if lines != len(table.grid):
        yield f"{len(table.grid)} records on {lines} lines"


def quoted(table: Table) -> Faults:
    yield from (
        f"line {n} has {len(row)} fields"
        for n, row in enumerate(table.grid, 1)
        if len(row) != len(table.headings)
    )
