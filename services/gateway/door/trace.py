"""The names under which one request is found again, and the language of its caller."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from services.kit.http import problem
from services.kit.ids import uuid7
from services.kit.text import Language

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_TRACEPARENT = re.compile(rb"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True, slots=True)
class Trace:
    """`continued` says that the caller began the trace, so its tracestate belongs to it."""

    request_id: str
    traceparent: str
    continued: bool
    language: Language

    @property
    def trace_id(self) -> str:
        return self.traceparent[3:35]


def trace_of(headers: Iterable[tuple[bytes, bytes]]) -> Trace:
    """Never refuses: an answer about bad headers needs these names too."""
    given = dict(headers)
    request_id = given.get(b"x-request-id", b"")
    parent = given.get(b"traceparent", b"")
    continued = _TRACEPARENT.fullmatch(parent) is not None
    return Trace(
        request_id.decode() if _REQUEST_ID.fullmatch(request_id) else str(uuid7()),
        parent.decode() if continued else f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01",
        continued,
        problem.language(given.get(b"accept-language", b"").decode("latin-1")),
    )
