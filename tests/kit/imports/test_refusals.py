import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kit.imports import package
from services.kit.imports.reading import CSV, NDJSON, TSV, XLSX, FileRefused, read_rows
from tests.kit.imports.files import refusal, saved, workbook
from tests.kit.imports.kinds import HEADINGS, KIND

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
GOOD = saved(workbook([HEADINGS, [20240000001, "ALT", 45502]]))


def _with_sheet(change: Callable[[bytes], bytes], **extra: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, change(body) if name == "xl/worksheets/sheet1.xml" else body)
        for name, body in extra.items():
            new.writestr(name, body)
    return out.getvalue()


def _lying_about_its_size() -> bytes:
    """Every part's declared size, in both headers, says 10 bytes."""
    data = bytearray(GOOD)
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(signature)
        while at >= 0:
            data[at + place : at + place + 4] = (10).to_bytes(4, "little")
            at = data.find(signature, at + 4)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"JET\xe7\x95\xaa\xe5\x8f\xb7,x\n", "not_a_workbook"),
        (GOOD[:3000], "not_a_workbook"),
        (b"PK\x03\x04" + b"\0" * 500, "not_a_workbook"),
        (OLE + b"\0" * 4096, "old_workbook"),
        (OLE + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 99, "workbook_encrypted"),
        (saved(workbook([[]])), "header_not_found"),
        (saved(workbook([["なにか", "別の表"], [1, 2]])), "header_not_found"),
        (saved(workbook([[None]] * 20 + [HEADINGS])), "header_not_found"),
        (saved(workbook([[*HEADINGS, *(f"c{n}" for n in range(10_000))]])), "too_many_columns"),
        (_with_sheet(lambda body: body[:-40]), "not_a_workbook"),
        (_with_sheet(lambda body: b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + body), "not_a_workbook"),
        (_with_sheet(lambda body: body, **{"content.xml": b"<x/>"}), "not_a_workbook"),
        (_lying_about_its_size(), "not_a_workbook"),
    ],
)
def test_bad_workbooks_are_refused_with_the_reason(data: bytes, code: str) -> None:
    finding = refusal(data)
    assert finding.code == code
    assert finding.remedy.ja and finding.remedy.en


@pytest.mark.parametrize("place", ["A1048576", "XFD1048576", "XFD1"])
@pytest.mark.parametrize(
    "shape", ['<row><c r="{place}" x="/>"><v>1</v></c></row>', '<row r="9"><c r="{place}"><f>1</f></c></row>']
)
def test_a_value_far_away_is_refused_before_a_grid_is_laid_out(place: str, shape: str) -> None:
    far = shape.format(place=place).encode()
    data = _with_sheet(lambda body: body.replace(b"</sheetData>", far + b"</sheetData>"))
    assert refusal(data).code in ("too_many_rows", "too_many_columns")


def test_a_false_count_of_shared_strings_is_refused() -> None:
    strings = b'<sst xmlns="x" count="1" uniqueCount="99999999999"></sst>'
    assert refusal(_with_sheet(lambda body: body, **{"xl/strings2.xml": strings})).code == "not_a_workbook"


def test_too_many_rows_names_csv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MAX_ROWS", 10)
    finding = refusal(saved(workbook([HEADINGS, *[[20240000001, "ALT", 45502]] * 40])))
    assert finding.code == "too_many_rows"
    assert "CSV" in finding.remedy.ja and "CSV" in finding.remedy.en


@pytest.mark.parametrize("limit", ["_MAX_UNPACKED", "_MAX_PARTS"])
def test_a_zip_bomb_is_refused_by_size_and_by_parts(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    bomb = _with_sheet(lambda body: body, **{f"xl/media/{n}": b"\0" * 100_000 for n in range(20)})
    monkeypatch.setattr(package, limit, {"_MAX_UNPACKED": 1_000_000, "_MAX_PARTS": 20}[limit])
    assert len(bomb) < 50_000
    assert refusal(bomb).code == "workbook_too_big"


def test_other_types_and_charsets_are_refused() -> None:
    assert refusal(b"x", "application/pdf\n\ud800").code == "media_type_unsupported"
    assert refusal(b"x", CSV, "euc-jp").code == "charset_unsupported"
    assert refusal(GOOD, CSV).code == "workbook_sent_as_text"
    assert refusal(b"", "text/csv; charset=utf-8").code == "file_empty"


@settings(deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([XLSX, CSV, TSV, *NDJSON]),
    st.sampled_from([b"", b"PK\x03\x04", OLE, b"\xef\xbb\xbf"]),
)
def test_any_bytes_are_read_or_refused(body: bytes, media_type: str, start: bytes) -> None:
    try:
        rows = list(read_rows(io.BytesIO(start + body), media_type, KIND).rows)
    except FileRefused as refused:
        assert refused.finding.message.ja
    else:
        assert media_type in NDJSON or rows == []


@settings(deadline=None, max_examples=200)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=4))
def test_a_damaged_workbook_is_read_or_refused(place: int, damage: bytes) -> None:
    data = GOOD[:place] + damage + GOOD[place + len(damage) :]
    try:
        rows = list(read_rows(io.BytesIO(data), XLSX, KIND).rows)
    except FileRefused as refused:
        assert refused.finding.severity == "error"
    else:
        assert len(rows) <= 1
