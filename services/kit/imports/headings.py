"""Finding the header row and which column stands where, and whose form a file is.

Headings are compared without case, width, spaces and the marks that templates put after required titles. A
heading marked （参考） is there for the reader and is read past.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from services.kit.columns import Column, Kind, Raw
from services.kit.findings import Finding
from services.kit.imports import form_remarks, remarks
from services.kit.imports.source import FileRefused

HEAD_ROWS = 20
ERROR_HEADING = "エラー"
SOURCE_ROW_HEADING = "元の行"
REQUIRED_MARK = "※"
REFERENCE_MARK = "（参考）"

_MARKS = re.compile(r"(?:[※*●◎]|[(\[【〔](?:必須|任意|required|optional)[)\]】〕])+$")
_REFERENCE = re.compile(r"[(\[【〔](?:参考|reference)[)\]】〕]$")
_SPACES = re.compile(r"\s+")
# What a template says of itself above its header row, whatever was done to the file since.
_FORM = re.compile(r"様式\s+(?P<kind>[a-z][a-z0-9-]{0,60})\s+版\s+(?P<version>[0-9][0-9.-]{0,20})")


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


def form_line(kind: Kind) -> str:
    """What a template says of itself."""
    return f"様式 {kind.name}　版 {kind.version}"


def find_header(head: Sequence[Sequence[Raw]], kind: Kind) -> Header | None:
    """The row among the first twenty that holds most of this kind's headings; the first one of equals.

    Refuses the form of another kind, by the name of that kind.
    """
    form = _form(head)
    if form is not None and form["kind"] != kind.name:
        raise FileRefused(form_remarks.form_of_another_kind(form["kind"], kind))
    known = {plain(text): column for column in reversed(kind.columns) for text in column.headings()}
    scores = [
        len({known[text].name for value in row if isinstance(value, str) and (text := plain(value)) in known})
        for row in head[:HEAD_ROWS]
    ]
    best = max(scores, default=0)
    if best < min(2, len(kind.columns)):
        return None
    row = scores.index(best)
    columns, findings = _assign(head[row], known, _read_past(kind))
    findings += [form_remarks.heading_blank(letter) for letter in _without_heading(head, row)]
    if form is not None and form["version"] != kind.version:
        findings.append(form_remarks.form_of_another_version(form["version"], kind.version))
    present = {column.name for column in columns if column}
    findings += [
        form_remarks.column_missing(column.title)
        for column in kind.columns
        if column.required and column.name not in present
    ]
    return Header(row + 1, tuple(columns), tuple(findings))


def _form(head: Sequence[Sequence[Raw]]) -> re.Match[str] | None:
    texts = (value for row in head[:HEAD_ROWS] for value in row if isinstance(value, str))
    return next((found for text in texts if (found := _FORM.match(text.strip()))), None)


def _is_reference(heading: str) -> bool:
    return _REFERENCE.search(plain(heading)) is not None


def _without_heading(head: Sequence[Sequence[Raw]], row: int) -> list[str]:
    """The columns that have values under the header, as far as was looked, and no heading."""
    blank = [place for place, value in enumerate(head[row]) if value is None or not str(value).strip()]
    below = head[row + 1 :]
    return [
        get_column_letter(place + 1)
        for place in blank
        if any(place < len(values) and str(values[place] or "").strip() for values in below)
    ]


def _read_past(kind: Kind) -> frozenset[str]:
    """The headings that our own files add to those of the kind."""
    return _OURS | {plain(text) for column in kind.answered for text in column.headings()}


def _assign(
    values: Sequence[Raw], known: dict[str, Column], ours: frozenset[str]
) -> tuple[list[Column | None], list[Finding]]:
    columns: list[Column | None] = []
    findings: list[Finding] = []
    seen: set[str] = set()
    for place, value in enumerate(values, start=1):
        text = "" if value is None else str(value)
        column = known.get(plain(text))
        if column is None and plain(text) and plain(text) not in ours and not _is_reference(text):
            findings.append(remarks.unknown_heading(get_column_letter(place), text))
        if column is not None and column.name in seen:
            findings.append(form_remarks.heading_repeated(get_column_letter(place), column.title))
            column = None
        if column is not None:
            seen.add(column.name)
        columns.append(column)
    return columns, findings
