import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.imports.reading import CSV, NDJSON, TSV, read_rows
from tests.kit.imports.files import codes, read, refusal
from tests.kit.imports.kinds import HEADINGS, KIND

TEXT = ",".join(HEADINGS) + "\r\n20240000001,ALT,2024-07-29,髙﨑①小学校,011002\r\n"
JSON = "application/x-ndjson"


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp932", "cp932"), ("utf-16", "utf-16")],
)
def test_the_ladder_finds_the_encoding(encoding: str, named: str) -> None:
    reading, found = read(TEXT.encode(encoding), CSV)
    assert (reading.encoding, reading.header_row, reading.findings) == (named, 1, [])
    assert found[0].cells["workplace"] == "髙﨑①小学校"
    assert found[0].row == 2


def test_a_named_charset_is_taken_at_its_word() -> None:
    assert read(TEXT.encode("cp932"), CSV, "Shift_JIS")[0].encoding == "cp932"
    finding = refusal(TEXT.encode("cp932"), CSV, "utf-8")
    assert finding.code == "undecodable"
    assert "Line 1 (byte 3)" in finding.message.en


def test_bytes_of_no_encoding_are_refused_where_they_stand() -> None:
    body = TEXT.encode() + "梅".encode() * 30_000 + b"\r\nabc\xff\xff\r\n"
    finding = refusal(body, CSV)
    assert (finding.code, finding.rule) == ("undecodable", "L3-08")
    assert f"Line 4 (byte {len(body) - 4})" in finding.message.en


def test_rows_are_numbered_as_excel_shows_them() -> None:
    text = TEXT + '\r\n20240000002,ALT,2024-07-29,"二行の\r\n名前",1\r\n20240000003,CIR,2024-07-29\r\n'
    _, found = read(text.encode(), CSV)
    assert [row.row for row in found] == [2, 4, 5]
    assert found[1].cells["workplace"] == "二行の\r\n名前"


def test_tabs_are_read_as_tsv_whatever_it_is_called() -> None:
    for media_type in (CSV, TSV):
        _, found = read(TEXT.replace(",", "\t").encode("utf-16"), media_type)
        assert found[0].cells["code"] == "011002"


def test_a_title_above_the_table_does_not_hide_its_tabs() -> None:
    _, found = read(("2. Participants\r\n\r\n" + TEXT.replace(",", "\t")).encode(), CSV)
    assert found[0].cells["code"] == "011002"


def test_a_comma_that_was_not_quoted_is_a_fault_of_the_row() -> None:
    _, found = read(
        (TEXT + "20240000002,ALT,2024-07-29,小学校,分校,011002,,\r\n" + TEXT.splitlines()[1] + ",,").encode(),
        CSV,
    )
    assert [[fault.finding.code for fault in row.faults] for row in found] == [
        [],
        ["fields_beyond_header"],
        [],
    ]


def test_a_quote_that_is_never_closed_is_refused() -> None:
    assert refusal((TEXT + '20240000002,"ALT\r\n' + TEXT * 3).encode(), CSV).code == "broken_text"


def test_the_callers_stream_stays_open_and_is_read_lazily() -> None:
    stream = io.BytesIO((TEXT + TEXT.splitlines()[1] + "\r\n" * 200_000).encode())
    rows = read_rows(stream, CSV, KIND).rows
    next(rows)
    assert stream.tell() < 200_000
    del rows
    assert not stream.closed


def test_ndjson_lines_that_are_not_strict_json_are_faults_of_their_row() -> None:
    bad = [
        '{"jet_number": NaN}',
        '{"jet_number": 1e999}',
        '{"code": "a", "code": "b"}',
        '{"code": "\\ud800"}',
        "[1]",
        "{",
        "null",
        "[" * 50_000,
        "1" * 5_000,
    ]
    good = '{"jet_number": "20240000001", "code": "\\ud842\\udfb7", "workplace": "", "job": null}'
    reading, found = read("\n".join([*bad, "", good]).encode(), JSON)
    assert [[fault.finding.code for fault in row.faults] for row in found[:-1]] == [
        ["not_a_json_object"]
    ] * len(bad)
    assert found[-1].row == len(bad) + 2
    assert found[-1].cells == {"jet_number": "20240000001", "code": "𠮷"}
    assert reading.findings == []


def test_ndjson_unknown_keys_are_told_once_and_nested_values_are_faults() -> None:
    reading, found = read(b'{"code": ["a"], "x": 1}\n{"x": 2, "job": "ALT"}\n', JSON)
    assert codes(reading.findings) == ["unknown_heading"]
    assert [(fault.column, fault.finding.code) for fault in found[0].faults] == [("code", "not_one_value")]
    assert found[1].cells == {"job": "ALT"}


def test_an_endless_ndjson_line_is_refused() -> None:
    assert refusal(b'{"code": "' + b"a" * (1 << 21), JSON).code == "broken_text"


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False)
)


@given(
    st.lists(st.fixed_dictionaries({column.name: SCALARS for column in KIND.columns}), min_size=1, max_size=5)
)
def test_ndjson_gives_back_every_scalar(records: list[dict[str, Any]]) -> None:
    data = "".join(json.dumps(record) + "\n" for record in records).encode()
    _, found = read(data, sorted(NDJSON)[0])
    expected = [
        {
            name: value
            for name, value in record.items()
            if value is not None and not (isinstance(value, str) and not value.strip())
        }
        for record in records
    ]
    assert [row.cells for row in found] == expected
