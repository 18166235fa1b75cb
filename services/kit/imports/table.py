"""From a grid of raw values with a header somewhere near the top to source rows; shared by XLSX and CSV."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import time, timedelta

from services.kit.columns import Kind, Raw
from services.kit.findings import Finding
from services.kit.imports import remarks
from services.kit.imports.headings import Header
from services.kit.imports.source import Fault, SourceRow, Wanted

_NOTE = re.compile(
    r"\s*(?:[※*＊]|注[)）:：\d１-９]?|備考|合計|小計|総計|計$|以上$|total\b|notes?\b)", re.IGNORECASE
)
_EXACT_INT = 2**53
_NAMED_ROWS = 10

Place = tuple[int, int]


def tidy(value: Raw) -> Raw:
    """None for a blank; whole floats as int, since Excel keeps every typed code as a float."""
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if type(value) is float and value.is_integer() and abs(value) <= _EXACT_INT:
        return int(value)
    if isinstance(value, time | timedelta):
        return str(value)
    return value


def source_rows(
    grid: Iterable[tuple[int, Sequence[Raw]]],
    header: Header,
    kind: Kind,
    findings: list[Finding],
    sheet: str = "",
    errors: Collection[Place] = (),
    whole_width: bool = False,
    only: Wanted = None,
) -> Iterator[SourceRow]:
    """The rows below the header. `errors` are the places of formula errors, which read as blanks.

    With `whole_width` a value right of the header is a fault: in CSV it is a comma that was not quoted.
    """
    places = [(place, column.name) for place, column in enumerate(header.columns) if column]
    required = [column.name for column in kind.columns if column.required]
    width = len(header.columns)
    skipped: list[int] = []
    total = read = 0
    for row, values in grid:
        if only is not None and row not in only:
            continue
        cells: dict[str, Raw] = {}
        for place, name in places:
            if place < len(values) and (value := tidy(values[place])) is not None:
                cells[name] = value
        faults = [Fault(name, remarks.FORMULA_ERROR) for place, name in places if (row, place + 1) in errors]
        if whole_width and len(values) > width and any(tidy(value) is not None for value in values[width:]):
            faults.append(Fault("", remarks.FIELDS_BEYOND_HEADER))
        if not cells and not faults:
            continue
        if not faults and _is_footer(cells, required):
            total += 1
            skipped += [row] if len(skipped) < _NAMED_ROWS else []
            continue
        read += 1
        yield SourceRow(sheet, row, cells, tuple(faults))
    if total:
        findings.append(remarks.rows_not_read(skipped, total))
    if not read:
        findings.append(remarks.NO_ROWS)


def _is_footer(cells: dict[str, Raw], required: list[str]) -> bool:
    if required and not any(name in cells for name in required):
        return True
    first = next(iter(cells.values()))
    return len(cells) == 1 and isinstance(first, str) and _NOTE.match(first) is not None
