"""Making small files and reading them back."""

import io
from collections.abc import Sequence
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from services.kit.columns import Kind
from services.kit.findings import Finding
from services.kit.imports.parsing import CellProblem, RowParser
from services.kit.imports.reading import XLSX, FileRefused, Reading, SourceRow, read_rows
from tests.kit.imports.kinds import KIND


def workbook(rows: Sequence[Sequence[Any]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in rows:
        front(book).append(list(row))
    return book


def front(book: openpyxl.Workbook) -> Worksheet:
    assert isinstance(book.active, Worksheet)
    return book.active


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(
    data: bytes, media_type: str = XLSX, charset: str | None = None, kind: Kind = KIND
) -> tuple[Reading, list[SourceRow]]:
    reading = read_rows(io.BytesIO(data), media_type, kind, charset)
    return reading, list(reading.rows)


def parsed(
    data: bytes, media_type: str = XLSX, kind: Kind = KIND
) -> tuple[list[dict[str, Any]], list[CellProblem]]:
    reading = read_rows(io.BytesIO(data), media_type, kind)
    parser = RowParser(kind, reading)
    rows = [parser.parse_row(row) for row in reading.rows]
    return [row.values for row in rows], [problem for row in rows for problem in row.problems]


def refusal(data: bytes, media_type: str = XLSX, charset: str | None = None) -> Finding:
    try:
        read(data, media_type, charset)
    except FileRefused as refused:
        return refused.finding
    raise AssertionError("the file was read")


def codes(findings: Sequence[Finding]) -> list[str]:
    return [finding.code for finding in findings]
