"""Last year's form, another kind's form, and tables that are nobody's form."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import openpyxl
import pytest
from pydantic import Field

from services.kit.columns import Column, Kind
from services.kit.imports.reading import CSV, XLSX, FileRefused
from services.kit.imports.template import write_template
from services.kit.text import Text
from services.kit.wire import Name, Wire, columns
from tests.kit.imports.files import codes, front, parsed, read, saved, workbook
from tests.kit.imports.kinds import HEADINGS, KIND, NUMBER, TEXT
from tests.kit.imports.running import codes as numbers
from tests.support.house import House

_, JOB, STARTS_ON, WORKPLACE, CODE = KIND.columns
LAST_YEAR = replace(
    KIND,
    version="2025-01",
    columns=(
        STARTS_ON,
        NUMBER,
        Column("old", Text("旧姓", "Former name"), TEXT, required=False),
        JOB,
        Column("school", Text("学校名", "School"), TEXT, required=False),
    ),
)
TODAY = replace(
    KIND, columns=(NUMBER, JOB, STARTS_ON, replace(WORKPLACE, aliases=("学校名",)), CODE), version="2026-01"
)
FILLED = {"jet_number": "20240000001", "job": "ALT", "starts_on": date(2025, 7, 29), "school": "架空小学校"}


def form(path: Path, kind: Kind, rows: Sequence[dict[str, Any]]) -> bytes:
    write_template(path, kind, rows, organisation=Text("架空町", "Fictional Town"))
    return path.read_bytes()


def test_last_years_form_is_mapped_by_its_headings_and_told(tmp_path: Path) -> None:
    data = form(tmp_path / "last.xlsx", LAST_YEAR, [FILLED])
    reading, _ = read(data, kind=TODAY)
    values, problems = parsed(data, kind=TODAY)
    assert problems == []
    assert values == [
        {
            "jet_number": "20240000001", "job": "ALT", "starts_on": date(2025, 7, 29),
            "workplace": "架空小学校", "code": None,
        }
    ]  # fmt: skip
    assert codes(reading.findings) == ["unknown_heading", "form_of_another_version"]
    assert "旧姓" in reading.findings[0].message.ja
    told = reading.findings[1]
    assert (told.severity, told.rule) == ("warning", "L3-07")
    assert "2025-01" in told.message.ja and "2026-01" in told.message.ja
    assert "2025-01" in told.message.en and "2026-01" in told.message.en


def test_a_former_heading_is_declared_where_the_field_is() -> None:
    class Write(Wire):
        workplace_name: Annotated[Name, Field(json_schema_extra={"aliases": ["学校名", "勤務校"]})]

    (column,) = columns(Write)
    assert column.aliases == ("学校名", "勤務校")
    assert {"配置先名", "学校名", "勤務校"} <= set(column.headings())


def test_todays_form_and_a_table_of_ones_own_need_no_word(tmp_path: Path) -> None:
    reading, _ = read(form(tmp_path / "form.xlsx", KIND, [FILLED]))
    assert reading.findings == []
    own: list[list[Any]] = [["様式第1号　任用一覧"], HEADINGS, ["20240000001", "ALT", date(2024, 7, 29)]]
    reading, rows = read(saved(workbook(own)))
    assert (reading.findings, len(rows)) == ([], 1)


def test_the_version_is_read_from_csv_too() -> None:
    lines = ["様式 appointments　版 2025-01", ",".join(HEADINGS), "20240000001,ALT,2024-07-29,,"]
    for charset in ("utf-8", "cp932"):
        reading, rows = read("\r\n".join(lines).encode(charset), CSV)
        assert (codes(reading.findings), len(rows)) == (["form_of_another_version"], 1)


@pytest.mark.parametrize("name", ["placements", "unheard-of"])
def test_the_form_of_another_kind_is_refused_by_its_name(tmp_path: Path, name: str) -> None:
    data = form(tmp_path / "other.xlsx", replace(KIND, name=name), [FILLED])
    with pytest.raises(FileRefused) as refused:
        read(data)
    found = refused.value.finding
    assert found.code == found.rule == "form_of_another_kind"
    assert name in found.message.ja and name in found.message.en
    assert ("配置" in found.message.ja) == (name == "placements")
    assert "imports/kinds/appointments/template" in found.remedy.ja
    assert "imports/kinds/appointments/template" in found.remedy.en


def test_a_column_without_a_heading_is_not_lost_in_silence() -> None:
    rows: list[list[Any]] = [
        [*HEADINGS[:3], None, HEADINGS[4], None, "エラー"],
        ["20240000001", "ALT", date(2024, 7, 29), "架空小学校", "011002", None, "OK"],
    ]
    reading, _ = read(saved(workbook(rows)))
    (told,) = reading.findings
    assert (told.code, told.rule, told.severity) == ("heading_blank", "L1-05", "warning")
    assert told.message.ja.startswith("D列")


def test_a_column_for_reference_is_read_past(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    name = Column("participant_name", Text("氏名", "Name"), TEXT, required=False)
    write_template(path, KIND, [{**FILLED, "participant_name": "架空 花子"}], beside=[name])
    book = openpyxl.load_workbook(path)
    assert [front(book).cell(4, place).value for place in (1, 2, 3)] == ["JET番号※", "氏名（参考）", "職種※"]
    front(book)["B5"] = "ほかの名前"
    reading, rows = read(saved(book))
    assert reading.findings == []
    assert rows[0].cells.keys() == {"jet_number", "job", "starts_on"}


def _filled(api: House, kind: str, values: Sequence[str]) -> openpyxl.Workbook:
    path = f"/directory/v1/imports/kinds/{kind}/template"
    book = openpyxl.load_workbook(io.BytesIO(api.call("GET", path, "directory_imports_template").content))
    for place, value in enumerate(values, start=1):
        front(book).cell(5, place).value = value
    return book


def test_an_older_form_is_stored_with_a_warning(api: House) -> None:
    (code,) = numbers(1)
    book = _filled(api, "organisations", (code, "前年の様式", "", "", "企業"))
    front(book)["A2"] = str(front(book)["A2"].value).replace("版 2026.1", "版 2025.3")
    operation = api.done(saved(book), media=XLSX)
    assert operation["result"]["created"] == 1
    here = operation["result"]["import"]
    (problem,) = api.call("GET", f"{here}/problems", "directory_imports_problems").json()["items"]
    assert (problem["code"], problem["severity"], problem["rule"]) == (
        "form_of_another_version", "warning", "L3-07",
    )  # fmt: skip
    assert "2025.3" in problem["message"]["en"] and "2026.1" in problem["message"]["en"]


def test_another_kinds_form_fails_with_the_kind_it_is_of(api: House) -> None:
    book = _filled(api, "hierarchies", numbers(2))
    operation = api.done(saved(book), media=XLSX)
    assert (operation["state"], operation["problem"]["code"]) == ("failed", "form_of_another_kind")
    assert "hierarchies" in str(operation["problem"]) and "取りまとめ関係" in str(operation["problem"])
