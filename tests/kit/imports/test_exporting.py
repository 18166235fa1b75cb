import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.imports import exporting
from services.kit.imports.exporting import (
    CsvLines,
    LossReport,
    TooManyRows,
    Workbook,
    ndjson_bytes,
    without_guard,
)
from services.kit.imports.reading import CSV
from tests.kit.imports.files import front, read
from tests.kit.imports.kinds import HEADINGS

TITLES = ("氏名", "数")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def _csv(rows: list[tuple[object, ...]], charset: exporting.Charset = "utf-8") -> tuple[bytes, LossReport]:
    lines = CsvLines(TITLES, charset)
    return lines.head() + lines.rows(rows), lines.losses


def _xlsx(rows: Sequence[Sequence[object]], path: Path) -> None:
    book = Workbook(TITLES, path)
    try:
        book.rows(rows)
    except TooManyRows:
        book.discard()
        raise
    book.close()


def test_csv_opens_in_excel() -> None:
    body, losses = _csv([("髙﨑", -5), (None, True), (date(2024, 7, 1), Decimal("1.50"))])
    assert body.decode("utf-8-sig") == "氏名,数\r\n髙﨑,-5\r\n,true\r\n2024-07-01,1.50\r\n"
    assert body.startswith(b"\xef\xbb\xbf")
    assert losses.total == 0


def test_cp932_names_each_cell_it_cannot_hold() -> None:
    body, losses = _csv([("Renée Nguyễn", 1), ("𠮷田①㈱", 2), ("髙﨑", 3)], "cp932")
    assert body.decode("cp932") == "氏名,数\r\nRenee Nguyen,1\r\n〓田①㈱,2\r\n髙﨑,3\r\n"
    assert [(loss.row, loss.column, loss.text, loss.written) for loss in losses.losses] == [
        (2, "氏名", "Renée Nguyễn", "Renee Nguyen"),
        (3, "氏名", "𠮷田①㈱", "〓田①㈱"),
    ]


@pytest.mark.parametrize("text", ["=1+1", "+81-3", "-x", "@a", "\tx", "\rx", "'=a", "''@"])
def test_a_text_that_would_run_gets_an_apostrophe(text: str) -> None:
    body, _ = _csv([(text, -1)])
    (_, row) = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))
    assert row == [f"'{text}", "-1"]


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=8))
def test_no_text_field_starts_a_formula_and_every_text_comes_back(rows: list[tuple[str, str]]) -> None:
    body, _ = _csv(list(rows))
    fields = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))[1:]
    assert all(not field.startswith(("=", "+", "-", "@", "\t", "\r")) for row in fields for field in row)
    assert [tuple(map(without_guard, row)) for row in fields] == rows


@given(TEXTS)
def test_cp932_never_fails(text: str) -> None:
    body, losses = _csv([(text, 1)], "cp932")
    assert body.decode("cp932")
    assert losses.total == (exporting.fit_cp932(text) != text)


def test_our_own_csv_reads_back_without_the_apostrophes() -> None:
    row = ("20240000001", "ALT", date(2024, 7, 29), "=1+1", "'=x")
    lines = CsvLines(HEADINGS, "utf-8")
    _, found = read(lines.head() + lines.rows([row]), CSV)
    assert found[0].cells["workplace"] == "=1+1"
    assert found[0].cells["code"] == "'=x"


def test_xlsx_keeps_types_and_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    instant = datetime(2024, 7, 1, 15, 30, tzinfo=UTC)
    rows = [
        ("=1+1", 5),
        ("011002", date(2024, 7, 1)),
        (None, instant),
        (UUID(int=7), 2**60),
        ("昔", date(1899, 1, 2)),
    ]
    _xlsx(rows, path)
    page = front(openpyxl.load_workbook(path))
    found = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    assert found == [
        ["=1+1", 5],
        ["011002", datetime(2024, 7, 1)],
        [None, datetime(2024, 7, 2, 0, 30)],
        [str(UUID(int=7)), str(2**60)],
        ["昔", "1899-01-02"],
    ]
    assert page["A2"].data_type == "s"
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", "A1:B6")


def test_xlsx_refuses_what_a_sheet_cannot_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_XLSX_ROWS", 3)
    _xlsx([("a", 1)] * 2, tmp_path / "fits.xlsx")
    with pytest.raises(TooManyRows):
        _xlsx([("a", 1)] * 3, tmp_path / "not.xlsx")


def test_ndjson_writes_one_object_a_line() -> None:
    row = {
        "id": UUID(int=7),
        "on": date(2024, 7, 1),
        "at": datetime(2024, 7, 1, tzinfo=UTC),
        "none": None,
        "名": "梅\n",
    }
    lines = b"".join(ndjson_bytes([row] * 501)).splitlines()
    assert len(lines) == 501
    assert json.loads(lines[-1]) == {
        "id": str(UUID(int=7)),
        "on": "2024-07-01",
        "at": "2024-07-01T00:00:00Z",
        "none": None,
        "名": "梅\n",
    }
