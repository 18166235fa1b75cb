"""Text files that are not what they say: encodings, separators, quotes, and JSON that is none."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from tests.kit.imports.bad_rows import Form, Grid

_TOKENS = (
    "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5_000, "9" * 400, "1.5", "-0.0", "true", "false", "[]", "{}",
    '["20240000001"]', '{"a": 1}', '"\\ud800"', '"\\u0000"', '"\\udfff\\ud800"', '"' + "9" * 900_000 + '"', "01", "0x10",
    "undefined", "'x'",
)  # fmt: skip


def delimited(grid: Grid, delimiter: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(grid)
    return out.getvalue().encode("utf-8", "surrogatepass")


def ndjson(form: Form, grid: Grid) -> bytes:
    """The rows under the form's headings, by the names of their columns."""
    names = dict(zip(form.headings, form.names, strict=True))
    head = next((place for place, row in enumerate(grid) if row and row[0] in names), None)
    if head is None:
        return b"".join(json.dumps(row).encode() + b"\n" for row in grid)
    keys = [names.get(str(text), str(text)) for text in grid[head]]
    rows: list[dict[str, Any]] = [
        {key: value for key, value in zip(keys, row, strict=False) if value is not None}
        for row in grid[head + 1 :]
    ]
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def awkward() -> list[bytes]:
    """The codes of cp932 that decode and come back as other bytes."""
    found = []
    for code in range(0x8140, 0xFCFD):
        both = code.to_bytes(2, "big")
        try:
            text = both.decode("cp932")
        except UnicodeDecodeError:
            continue
        if len(text) == 1 and text.encode("cp932") != both:
            found.append(both)
    return found


def texts(form: Form, separator: str) -> Iterator[tuple[str, bytes, str]]:
    """(name, body, charset parameter) of CSV and TSV files of which nothing may be stored."""
    sound = delimited(form.grid(form.sound), separator)
    plain, between = sound.decode(), separator.encode()
    row = sound.splitlines(keepends=True)[1]
    yield "empty", b"", ""
    yield "blanks alone", b" \r\n\r\n \t\r\n", ""
    for bom, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        yield f"mark of {encoding} alone", bom, ""
        yield f"mark of {encoding} three times", bom * 3 + plain.splitlines()[1].encode(encoding), ""
        yield f"{encoding} cut", bom + plain.encode(encoding)[:-3] + b"\xe6", ""
    for encoding in ("utf-16-le", "utf-16-be", "utf-32", "utf-7", "iso-2022-jp"):
        yield f"{encoding} undeclared", plain.encode(encoding), ""
    yield "cp932 cut in a character", plain.encode("cp932") + "髙".encode("cp932")[:1], ""
    yield "cp932 lone lead byte", sound[:-2] + b"\x81\r\n", ""
    for charset, encoding in (
        ("utf-8", "cp932"),
        ("cp932", "utf-8"),
        ("utf-16", "utf-8"),
        ("utf-8", "utf-16"),
    ):
        yield f"{encoding} declared {charset}", plain.encode(encoding), charset
    for charset in ("x-unknown", "utf-32", "iso-2022-jp", "idna", "rot13", "zip", "%00"):
        yield f"charset {charset}", sound, charset
    yield "NUL in a value", sound.replace(form.sound[0].encode(), b"\0" + form.sound[0].encode()), ""
    yield "NUL everywhere", b"\0" * 10_000, ""
    yield "quote that is never closed", sound + b'"' + row * 40, ""
    yield "quote inside", sound + b'a"b"' + between + b'"c"d"' + row, ""
    yield "text after a quote", sound + b'"a"b' + between + row, ""
    yield "other separator", sound.replace(between, b"|"), ""
    yield "semicolons", sound.replace(between, b";"), ""
    yield "wider than its header", sound + row.rstrip() + between + b"x" + between + b"y\r\n", ""
    yield "narrower than its header", sound + row.split(between)[0] + b"\r\n", ""
    yield "a cell of 1 MB", sound + row.replace(form.sound[0].encode(), b"9" * 1_000_000), ""
    yield "a quoted cell of 1 MB", sound + b'"' + b"\n" * 1_000_000 + b'"\r\n', ""
    yield "one record without end", sound + (b'"\n"' + between) * 600_000, ""
    yield "one line of 2 MB", sound + b"x" * 2_000_000, ""
    yield "100,000 columns", between.join([sound.splitlines()[0], *[b"c"] * 100_000]) + b"\r\n" + row, ""
    yield "HTML", b"<html><body><table><tr><td>x</td></tr></table></body></html>", ""
    yield "JSON", json.dumps([dict(zip(form.names, form.sound, strict=True))]).encode(), ""
    yield "PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", ""
    yield "gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\3" + bytes(range(256)), ""
    yield "every byte", bytes(range(256)) * 40, ""


def lines(form: Form) -> Iterator[tuple[str, bytes, str]]:
    """(name, body, charset parameter) of NDJSON files of which nothing may be stored."""
    values = dict(zip(form.names, form.sound, strict=True))
    sound = json.dumps(values).encode() + b"\n"
    yield "empty", b"", ""
    yield "mark alone", b"\xef\xbb\xbf", ""
    yield "mark twice", b"\xef\xbb\xbf" * 2 + sound, ""
    yield "blanks alone", b"\n \n\t\n", ""
    for place, token in enumerate(_TOKENS):
        for label, column in (("number", form.number), ("day", form.day)):
            written = json.dumps({**values, column: "TOKEN"}).replace('"TOKEN"', token)
            yield f"{label} as token {place}", sound + written.encode() + b"\n", ""
    for place, line in enumerate(
        ("[]", "null", "1", '"x"', "{", "}", "{} {}", "{,}", "// x", "{}{}", "{'a': 1}", "NaN")
    ):
        yield f"line {place}", sound + line.encode() + b"\n", ""
    yield "deep", sound + b"[" * 200_000 + b"]" * 200_000, ""
    yield "deep object", sound + b'{"a":' * 100_000 + b"1" + b"}" * 100_000, ""
    yield "a key twice", sound[:-2] + b', "' + form.number.encode() + b'": "x"}\n', ""
    yield "one line of 2 MB", sound + b'{"x": "' + b"a" * 2_000_000 + b'"}\n', ""
    yield "very many keys", sound + json.dumps({f"k{n}": n for n in range(50_000)}).encode(), ""
    yield "an array of records", b"[" + sound.strip() + b",\n" + sound.strip() + b"]", ""
    yield "pretty printed", json.dumps(values, indent=2).encode(), ""
    yield "utf-16", sound.decode().encode("utf-16"), ""
    yield "cp932", json.dumps({**values, form.name: "髙﨑"}, ensure_ascii=False).encode("cp932"), ""
    yield "surrogate in bytes", sound + b'{"a": "\xed\xa0\x80"}\n', ""
    yield "not UTF-8", sound + b"\xff\xfe\xfd\n", ""
    yield "NUL between", sound + b"\0\n" + sound, ""
    yield "cut", sound + sound[: len(sound) // 2], ""
