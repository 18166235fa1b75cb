"""The names under which one request is found again, and the language of its caller."""

import os
import re
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from services.kit.http import problem
from services.kit.text import Language

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_TRACEPARENT = re.compile(rb"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


class Trace(NamedTuple):
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
    continued = parent != b"" and _TRACEPARENT.fullmatch(parent) is not None
    made = os.urandom(34)
    return Trace(
        request_id.decode() if request_id and _REQUEST_ID.fullmatch(request_id) else _uuid7(made[:10]),
        parent.decode() if continued else f"00-{made[10:26].hex()}-{made[26:].hex()}-01",
        continued,
        _language(given.get(b"accept-language", b"")),
    )


def _uuid7(chance: bytes) -> str:
    """As `kit.ids.uuid7` makes it, in text."""
    when, rest = f"{time.time_ns() // 1_000_000:012x}", chance.hex()
    return f"{when[:8]}-{when[8:]}-7{rest[:3]}-{'89ab'[chance[9] & 3]}{rest[3:6]}-{rest[6:18]}"


@lru_cache(maxsize=1_000)
def _language(accepted: bytes) -> Language:
    return problem.language(accepted.decode("latin-1"))
