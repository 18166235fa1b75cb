"""Finding the header row and which column stands where.

Headings are compared without case, width, spaces and the marks that templates put after required titles.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from services.kit.columns import Column, Kind, Raw
from services.kit.findings import Finding
from services.kit.imports import remarks

HEAD_ROWS = 20
ERROR_HEADING = "エラー"
SOURCE_ROW_HEADING = "元の行"
REQUIRED_MARK = "※"

_MARKS = re.compile(r"(?:[※*●◎]|[(\[【〔](?:必須|任意|required|optional)[)\]】〕])+$")
_SPACES = re.compile(r"\s+")


def plain(heading: str) -> str:
    text = _SPACES.sub("", unicodedata.normalize("NFKC", heading).casefold())
    return _MARKS.sub("", text)


# Columns that our own marked workbooks add, and that come back when a clerk sends them again.
ERROR_HEADINGS = frozenset(plain(text) for text in (ERROR_HEADING, "Error", "Errors", "エラー/Error"))
_OURS = ERROR_HEADINGS | {plain(SOURCE_ROW_HEADING)}


@dataclass(frozen=True, slots=True)
class Header:
    """`row` counts from 1; `columns` from column A on."""

    row: int
    columns: tuple[Column | None, ...]
    findings: tuple[Finding, ...]


def find_header(head: Sequence[Sequence[Raw]], kind: Kind) -> Header | None:
    """The row among the first twenty that holds most of this kind's headings; the first one of equals."""
    known = {plain(text): column for column in reversed(kind.columns) for text in column.headings()}
    scores = [
        len({known[text].name for value in row if isinstance(value, str) and (text := plain(value)) in known})
        for row in head[:HEAD_ROWS]
    ]
    best = max(scores, default=0)
    if best < min(2, len(kind.columns)):
        return None
    row = scores.index(best)
    columns, findings = _assign(head[row], known)
    present = {column.name for column in columns if column}
    findings += [
        remarks.column_missing(column.title)
        for column in kind.columns
        if column.required and column.name not in present
    ]
    return Header(row + 1, tuple(columns), tuple(findings))


def _assign(values: Sequence[Raw], known: dict[str, Column]) -> tuple[list[Column | None], list[Finding]]:
    columns: list[Column | None] = []
    findings: list[Finding] = []
    seen: set[str] = set()
    for place, value in enumerate(values, start=1):
        text = "" if value is None else str(value)
        column = known.get(plain(text))
        if column is None and plain(text) and plain(text) not in _OURS:
            findings.append(remarks.unknown_heading(get_column_letter(place), text))
        if column is not None and column.name in seen:
            findings.append(remarks.heading_repeated(get_column_letter(place), column.title))
            column = None
        if column is not None:
            seen.add(column.name)
        columns.append(column)
    return columns, findings
