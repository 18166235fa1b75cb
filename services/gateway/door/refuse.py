"""The first look at a request: refuses what two readers could understand in two ways, never repairs it.

Encoded dots, slashes, backslashes, NUL or `;`, dot segments, `//`, invalid UTF-8, absolute form, missing
or second Host, Content-Length with Transfer-Encoding, underscore headers, oversize (06-security §3).
What it lets through has one spelling: a path of unreserved characters and percent-encoded non-ASCII text.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from services.gateway.door.asgi import Headers
from services.gateway.door.problems import Refused

LONGEST_TARGET = 8 << 10
LARGEST_HEADERS = 32 << 10

_PATH = re.compile(rb"(?:/(?:[A-Za-z0-9._~-]|%[89A-Fa-f][0-9A-Fa-f])+)+/?|/")
_DOTS = re.compile(rb"/\.{1,2}(?:/|$)")
_QUERY = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*")
_VALUE = re.compile(rb"[\t\x20-\x7e]*")
_HOST = re.compile(rb"(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_LENGTH = re.compile(rb"0|[1-9][0-9]{0,14}")
_SINGLE = frozenset(
    b"host content-length content-type content-encoding transfer-encoding authorization "
    b"expect idempotency-key if-match traceparent x-request-id".split()
)


class Seen(NamedTuple):
    """A request that has one meaning. `length` is None for a chunked body of unknown size."""

    path: str
    query: str
    length: int | None
    media_type: str | None
    compressed: bool
    authorization: str | None

    @property
    def has_body(self) -> bool:
        return self.length != 0


def look(target: bytes, headers: Headers) -> Seen:
    path, query = _target(target)
    single = _headers(headers)
    return Seen(
        path=path,
        query=query,
        length=_length(single),
        media_type=_media_type(single.get(b"content-type")),
        compressed=single.get(b"content-encoding", b"identity").lower() != b"identity",
        authorization=_text(single.get(b"authorization")),
    )


def _target(target: bytes) -> tuple[str, str]:
    if len(target) > LONGEST_TARGET:
        raise Refused("target_too_long")
    path, mark, query = target.partition(b"?")
    if not _PATH.fullmatch(path) or _DOTS.search(path):
        raise Refused("bad_target")
    if b"%" in path and not _decoded(path, "bad_target").isprintable():
        raise Refused("bad_target")
    if not _QUERY.fullmatch(query) or (b"%" in query and "\x00" in _decoded(query, "bad_query")):
        raise Refused("bad_query")
    return path.decode("ascii"), (mark + query).decode("ascii")


def _decoded(text: bytes, code: str) -> str:
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(code) from error


def _headers(headers: Headers) -> dict[bytes, bytes]:
    names, values = [b"".join(part) for part in zip(*headers, strict=True)] or (b"", b"")
    if len(names) + len(values) + 4 * len(headers) > LARGEST_HEADERS:
        raise Refused("headers_too_large")
    if b"_" in names or not _VALUE.fullmatch(values):
        raise Refused("bad_header")
    single: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in _SINGLE:
            if name in single:
                raise Refused("bad_host" if name == b"host" else "bad_header")
            single[name] = value
    if single.get(b"expect", b"100-continue").lower() != b"100-continue":
        raise Refused("bad_header")
    if not _HOST.fullmatch(single.get(b"host", b"")):
        raise Refused("bad_host")
    return single


def _length(single: dict[bytes, bytes]) -> int | None:
    coding, length = single.get(b"transfer-encoding"), single.get(b"content-length")
    if coding is None:
        if length is not None and not _LENGTH.fullmatch(length):
            raise Refused("bad_framing")
        return int(length or 0)
    if length is not None or coding.lower() != b"chunked":
        raise Refused("bad_framing")
    return None


def _media_type(content_type: bytes | None) -> str | None:
    return None if content_type is None else content_type.partition(b";")[0].strip().lower().decode("ascii")


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("ascii")
