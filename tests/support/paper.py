"""The words of a PDF that we made, in the order in which it is read aloud, with nothing but Python.

No reader of PDF in general: it knows what Typst writes (Flate streams, two-byte glyphs, one ToUnicode map a face).
"""

import re
import zlib
from collections.abc import Iterator

_OBJECT = re.compile(rb"\n(\d+) 0 obj\s*(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"/Length (\d+).*?stream\r?\n", re.DOTALL)
_PAGE = re.compile(rb"/Type/Page/Resources (\d+) 0 R.*?/Contents (\d+) 0 R", re.DOTALL)
_FACE = re.compile(rb"/(f\d+) (\d+) 0 R")
_PART = re.compile(
    rb"(?P<silent>/Artifact)|(?P<aloud>/Span<<)|BT\b.*?/(?P<face>f\d+) (?P<shown>.*?)\nET\n", re.DOTALL
)
# brackets within a string stand bare where they are paired
_PLAIN = rb"(?:\\.|[^\\()]|\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*\))*"
_TOKEN = re.compile(
    rb"/ActualText<(?P<actual>[0-9A-F]+)>|(?P<end>\bEMC\b)|\((?P<plain>"
    + _PLAIN
    + rb")\)|<(?P<hex>[0-9A-F]+)>",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_SHORT = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def words(pdf: bytes, *, silent: bool = False) -> str:
    """What a reader is told, page by page. The frame, the foot of a page, a watermark and the head of a table that goes
    on over the page are not, unless what is silent is asked for too."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    return "".join(
        _page(objects, objects[int(resources)], _stream(objects[int(content)]), every=silent)
        for resources, content in _PAGE.findall(pdf)
    )


def _page(objects: dict[int, bytes], resources: bytes, content: bytes, *, every: bool) -> str:
    letters = {
        name: _letters(_stream(objects[int(_only(rb"/ToUnicode (\d+)", objects[int(number)]))]))
        for name, number in _FACE.findall(_only(rb"/Font<<(.*?)>>", resources))
    }
    said, silent = "", False
    for part in _PART.finditer(content):
        if part["face"] is None:
            silent = part["aloud"] is None
        elif every or not silent:
            said += "".join(_read(part["shown"], letters[part["face"]]))
    return said


def _read(shown: bytes, face: dict[bytes, str]) -> Iterator[str]:
    """The letters of what is shown; several glyphs that stand for other letters say which (ActualText)."""
    aloud = True
    for token in _TOKEN.finditer(shown):
        if token["actual"]:
            yield bytes.fromhex(token["actual"].decode()).decode("utf-16")
            aloud = False
        elif token["end"]:
            aloud = True
        elif aloud:
            plain = _ESCAPE.sub(_unescaped, token["plain"] or b"")
            glyphs = plain or bytes.fromhex(token["hex"].decode())
            yield from (face[glyphs[at : at + 2]] for at in range(0, len(glyphs), 2))


def pages(pdf: bytes) -> int:
    return int(_only(rb"/Type/Pages/Count (\d+)", pdf))


def faces(pdf: bytes) -> set[str]:
    return {name.decode() for name in re.findall(rb"/BaseFont/[A-Z]{6}\+([\w-]+)-Identity-H", pdf)}


def _only(pattern: bytes, within: bytes) -> bytes:
    found = re.search(pattern, within, re.DOTALL)
    assert found, pattern
    return found[1]


def _stream(body: bytes) -> bytes:
    head = _STREAM.search(body)
    assert head
    return zlib.decompress(body[head.end() : head.end() + int(head[1])])


def _letters(cmap: bytes) -> dict[bytes, str]:
    return {
        bytes.fromhex(code.decode()): bytes.fromhex(text.decode()).decode("utf-16-be")
        for code, text in re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", cmap)
    }


def _unescaped(escape: re.Match[bytes]) -> bytes:
    code = escape[1]
    return bytes([int(code, 8)]) if code.isdigit() else _SHORT.get(code, code)
