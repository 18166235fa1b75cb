"""Workbooks built part by part, so that each part can be wrong: bombs, lies, and sheets that hold no table."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from openpyxl.utils import get_column_letter

from tests.kit.imports.bad_rows import Form, Grid, wrong

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
BOOK = "xl/workbook.xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'

Parts = dict[str, bytes]


def cell(place: str, value: object) -> str:
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value}</v></c>'
    text = _NOT_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", escape(str(value)))
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def sheet(grid: Grid, after: str = "", rows: str = "", before: str = "") -> bytes:
    lines = "".join(
        f'<row r="{row}">'
        + "".join(
            cell(f"{get_column_letter(column)}{row}", value)
            for column, value in enumerate(values, 1)
            if value is not None
        )
        + "</row>"
        for row, values in enumerate(grid, 1)
    )
    return (
        f"{_HEAD}<worksheet {_MAIN}>{before}<sheetData>{lines}{rows}</sheetData>{after}</worksheet>".encode()
    )


def book(states: Mapping[str, str], names: str = "") -> bytes:
    """`states` says of each sheet, by its name, whether it is visible; all are one part."""
    told = "".join(
        f'<sheet name="{name}" sheetId="{place}" state="{state}" r:id="rId1"/>'
        for place, (name, state) in enumerate(states.items(), 1)
    )
    return f'{_HEAD}<workbook {_MAIN} xmlns:r="{_LINKS}"><sheets>{told}</sheets>{names}</workbook>'.encode()


def parts(grid: Grid, **changed: bytes) -> Parts:
    types = "".join(
        f'<Override PartName="/{name}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
        for name, kind in ((BOOK, "sheet.main"), (SHEET, "worksheet"), (STRINGS, "sharedStrings"))
    )
    links = (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_LINKS}/worksheet" '
        f'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{_LINKS}/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>'
    )
    root = (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    )
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">{types}</Types>'.encode(),
        "_rels/.rels": root.encode(),
        BOOK: book({"表": "visible"}),
        "xl/_rels/workbook.xml.rels": links.encode(),
        SHEET: sheet(grid),
        STRINGS: f'{_HEAD}<sst {_MAIN} count="0" uniqueCount="0"></sst>'.encode(),
        "xl/styles.xml": f"{_HEAD}<styleSheet {_MAIN}></styleSheet>".encode(),
    } | changed


def packed(made: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=1) as archive:
        for name, content in made.items():
            archive.writestr(name, content)
    return out.getvalue()


def written(grid: Grid) -> bytes:
    return packed(parts(grid))


def _strings(*texts: bytes) -> bytes:
    body = b"".join(b"<si><t>" + text + b"</t></si>" for text in texts)
    return f"{_HEAD}<sst {_MAIN}>".encode() + body + b"</sst>"


def _filled(form: Form) -> Grid:
    return form.grid(form.sound)


def _shapes(form: Form) -> Iterator[tuple[str, bytes]]:
    """Sheets whose cells stand where no table has them, or that only say so."""
    grid = _filled(form)

    def with_sheet(**said: str) -> bytes:
        return packed(parts(grid, **{SHEET: sheet(grid, **said)}))

    for place in ("XFD1048576", "A1048576", "XFD3", "CV49999", "ZZZZ9", "A99999999999", "A0", "3", "A-1"):
        yield f"a value in {place}", with_sheet(rows=f'<row r="3">{cell(place, 1)}</row>')
    yield "a row that is no number", with_sheet(rows='<row r="x"><c><v>1</v></c></row>')
    yield (
        "10,000,000 columns said",
        packed(parts([["x"]], **{SHEET: sheet([["x"]], before='<dimension ref="A1:VXYZA1048576"/>')})),
    )
    yield "10,000 columns", written([[*form.headings, *range(10_000)], list(form.sound)])
    yield "500 columns of 20,000 rows", with_sheet(rows=f'<row r="20000">{cell("SF20000", 1)}</row>')
    yield "one place filled often", with_sheet(rows=f'<row r="3">{cell("A3", 1) * 50_000}</row>')
    yield "cells merged over rows", packed(
        parts(grid, **{SHEET: sheet(form.grid(form.sound, form.sound),
                                    after='<mergeCells><mergeCell ref="B2:B3"/></mergeCells>')})
    )  # fmt: skip
    merged = '<mergeCell ref="A1:B2"/>' * 30_000
    yield "very many merged cells", with_sheet(after=f"<mergeCells>{merged}</mergeCells>")
    for error in ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!"):
        yield (
            f"formula error {error}",
            with_sheet(
                rows=f'<row r="3"><c r="A3" t="e"><f>B1</f><v>{error}</v></c>{cell("B3", form.sound[1])}</row>'
            ),
        )
    yield "formulas named like cells", packed(
        parts(grid, **{BOOK: book({"表": "visible"}, '<definedNames><definedName name="A1">表!$B$2</definedName>'
                                                     "</definedNames>"),
                       SHEET: sheet(grid, rows='<row r="3"><c r="A3"><f>A1+XFD9</f></c><c r="B3" t="str"><f>A1</f><v>?</v>'
                                               "</c></row>")})
    )  # fmt: skip


def _bombs(form: Form, weight: int) -> Iterator[tuple[str, bytes]]:
    """What takes more than it weighs; `weight` is in bytes unpacked."""
    grid = _filled(form)
    shared = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(3, 3_000))
    entities = b"".join(
        b'<!ENTITY e%d "%s">' % (n + 1, b"&e%d;" % n * 10) if n else b'<!ENTITY e1 "eeeeeeeeee">'
        for n in range(9)
    )
    growing = b"<!DOCTYPE x [" + entities + b"]>"
    outside = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    yield "zip bomb", packed(parts(grid, **{"xl/media/image1.png": b"\0" * weight}))
    yield (
        "zip bomb of many parts",
        packed(parts(grid, **{f"xl/media/{n}": b"\0" * (weight // 100) for n in range(100)})),
    )
    yield "too many parts", packed(parts(grid, **{f"xl/media/{n}": b"" for n in range(2_500)}))
    yield "a very long list of parts", packed({"a" * 200 + str(n): b"" for n in range(20_000)})
    yield (
        "a text of its own weight",
        packed(parts(grid, **{SHEET: sheet(grid, rows=f'<row r="3">{cell("A3", "a" * 40_000_000)}</row>')})),
    )
    yield "shared strings without number", packed(parts(grid, **{STRINGS: _strings(*[b"a"] * 1_600_000)}))
    yield (
        "a long shared string in every row",
        packed(parts(grid, **{STRINGS: _strings(b"a" * 32_000), SHEET: sheet(grid, rows=shared)})),
    )
    yield (
        "a false count of shared strings",
        packed(parts(grid, **{STRINGS: f'{_HEAD}<sst {_MAIN} uniqueCount="99999999999"></sst>'.encode()})),
    )
    yield (
        "an attribute without end",
        packed(parts(grid, **{SHEET: sheet(grid, rows=f'<row r="3" x="{"a" * 20_000_000}"/>')})),
    )
    for name in (SHEET, STRINGS, BOOK, "xl/_rels/workbook.xml.rels"):
        plain = parts(grid)[name].decode().removeprefix(_HEAD).encode()
        if name in (SHEET, STRINGS):
            yield f"growing entities in {name}", packed(parts(grid, **{name: growing + plain}))
            yield f"an entity from outside in {name}", packed(parts(grid, **{name: outside + plain}))
        yield f"cut in {name}", packed(parts(grid, **{name: plain[: len(plain) // 2]}))
        yield f"without {name}", packed({key: value for key, value in parts(grid).items() if key != name} | {
            name + ".bak": b"<x/>"}) if name != STRINGS else packed(parts([form.headings]))  # fmt: skip
    yield (
        "names without end",
        packed(parts(grid, **{BOOK: book({"表": "visible"}, "<x>" + " " * 9_000_000 + "</x>")})),
    )
    yield "very many sheets", packed(parts(grid, **{BOOK: book({f"s{n}": "visible" for n in range(300)})}))
    yield (
        "formats without end",
        packed(parts([["x"], *grid[1:]], **{"xl/styles.xml": b"<styleSheet><cellXfs>" + b"<xf/>" * 500_000})),
    )


def workbooks(form: Form, weight: int) -> Iterator[tuple[str, bytes]]:
    """(name, body) of workbooks of which nothing may be stored."""
    grid, sound = _filled(form), written(_filled(form))
    yield "empty", b""
    yield "text", "JET番号,氏名\n".encode()
    yield "old workbook", OLE + b"\0" * 4_096
    yield "encrypted", OLE + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 99
    for share in (0.1, 0.5, 0.9, 0.99):
        yield f"cut at {share}", sound[: int(len(sound) * share)]
    yield "nested", packed({"book.xlsx": sound})
    yield "nested many times", packed(parts([["x"]], **{f"{n}.xlsx": sound for n in range(50)}))
    yield "a document", packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"})
    yield (
        "OpenDocument",
        packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}),
    )
    yield "binary workbook", packed(parts(grid, **{"xl/workbook.bin": b"\0"}))
    yield "another packing", packed(parts(grid), zipfile.ZIP_LZMA)
    yield "bytes before the archive", b"PK\x03\x04" + b"\0" * 500 + sound[::-1]
    yield "headers alone", b"PK\x03\x04" + b"\0" * 10_000
    for state in ("hidden", "veryHidden"):
        yield f"{state} sheets alone", packed(parts(grid, **{BOOK: book({"表": state, "裏": state})}))
    yield "no sheet", packed(parts(grid, **{BOOK: book({})}))
    yield "no table on its sheet", written([["これは", "表では"], ["ありません"]])
    yield (
        "a sheet in UTF-16",
        packed(parts(grid, **{SHEET: sheet(grid).decode().replace("UTF-8", "UTF-16").encode("utf-16")})),
    )
    yield "a sheet that is none", packed(parts(grid, **{SHEET: b"<html><sheetData/></html>"}))
    yield "nothing on its sheet", packed(parts([]))
    for damage in (b"PK\x01\x02", b"PK\x05\x06"):
        yield f"damaged {damage!r}", sound.replace(damage, b"XX\x01\x02", 1)
    yield from _shapes(form)
    yield from _bombs(form, weight)


def numbers(form: Form) -> Iterator[tuple[str, Grid]]:
    """Cells of types that only a workbook has."""
    for column in (form.number, form.day, form.name, form.choice):
        for value in (True, False, 1.5, -1, 1e300, 2_958_466, 99_999_999_999_999_999):
            given: dict[str, Any] = {column: value}
            if wrong(form, column, value):
                yield f"{column} {value!r}", form.grid(form.sound, form.having(**given))
