"""A form that a municipality's gate has disarmed (無害化): the values are left, and nothing else."""

import csv
import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from services.kit.columns import Column
from services.kit.imports.reading import CSV, XLSX
from services.kit.imports.template import write_template
from services.kit.text import Text
from tests.kit.imports.files import front, parsed, read, saved
from tests.kit.imports.kinds import KIND, TEXT

RECORDS: list[dict[str, Any]] = [
    {"jet_number": "20240000001", "job": "ALT", "starts_on": date(2024, 7, 29), "workplace": "架空小学校", "code": "011002"},
    {"jet_number": "20240000002", "job": "X3", "starts_on": date(2024, 8, 5), "workplace": None, "code": None},
    {"jet_number": "2024", "job": "なし", "starts_on": "令和6年2月30日", "workplace": "=1+1", "code": "011002"},
]  # fmt: skip
NAME = Column("participant_name", Text("氏名", "Name"), TEXT, required=False)


@pytest.fixture
def armed(tmp_path: Path) -> bytes:
    path = tmp_path / "form.xlsx"
    rows = [{**record, "participant_name": "架空 花子"} for record in RECORDS]
    write_template(path, KIND, rows, fixed=("jet_number",), beside=[NAME])
    return path.read_bytes()


def _values(data: bytes) -> list[tuple[Any, ...]]:
    return list(front(openpyxl.load_workbook(io.BytesIO(data))).iter_rows(values_only=True))


def by_openpyxl(data: bytes) -> bytes:
    book = openpyxl.Workbook()
    for row in _values(data):
        front(book).append(list(row))
    for cell in (cell for row in front(book).iter_rows() for cell in row if cell.data_type == "f"):
        cell.data_type = "s"
    return saved(book)


def by_xlsxwriter(data: bytes) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("Sheet1")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(_values(data)):
            for place, value in enumerate(row):
                if isinstance(value, datetime):
                    page.write_datetime(number, place, value, day)
                elif value is not None:
                    page.write_string(number, place, str(value))
    return out.getvalue()


def as_csv(data: bytes) -> bytes:
    """The first sheet alone."""
    out = io.StringIO()
    rows = [
        [f"{value:%Y-%m-%d}" if isinstance(value, datetime) else value for value in row]
        for row in _values(data)
    ]
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("cp932")


@pytest.mark.parametrize(
    ("disarm", "media_type"), [(by_openpyxl, XLSX), (by_xlsxwriter, XLSX), (as_csv, CSV)]
)
def test_a_disarmed_form_has_the_same_outcome(
    armed: bytes, disarm: Callable[[bytes], bytes], media_type: str
) -> None:
    stripped = disarm(armed)
    if media_type == XLSX:
        book = openpyxl.load_workbook(io.BytesIO(stripped))
        assert (len(book.sheetnames), len(book.defined_names)) == (1, 0)
        assert front(book).data_validations.dataValidation == []
    (was, told), (values, problems) = parsed(armed), parsed(stripped, media_type)
    assert values == was
    assert [(one.row, one.column_letter, one.finding) for one in problems] == [
        (one.row, one.column_letter, one.finding) for one in told
    ]
    assert len(problems) == 3
    reading, _ = read(stripped, media_type)
    assert reading.findings == []
