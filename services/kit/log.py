"""One JSON line per event on stderr. Never the locals of a frame, nor the text of an error: they hold tokens and
people.
"""

import sys
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from types import MappingProxyType, TracebackType
from typing import Any

import structlog

# request_id and trace_id of the request or job at hand: they stand in each of its lines
REQUEST: ContextVar[Mapping[str, str]] = ContextVar("request", default=MappingProxyType({}))

_FRAMES = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)


def _error(
    exc_info: tuple[type[BaseException], BaseException, TracebackType | None],
) -> list[dict[str, Any]]:
    return _untold(_FRAMES(exc_info))


def _untold(errors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where and of which type; the text of a database error quotes what was sent, and so may a note on it."""
    return [
        one
        | {"exc_value": "", "exc_notes": [], "syntax_error": None}
        | {"exceptions": [_untold(group) for group in one.get("exceptions", ())]}
        for one in errors
    ]


def _request(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {**REQUEST.get(), **event}


log = structlog.wrap_logger(
    structlog.PrintLogger(sys.stderr),
    processors=[
        _request,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper("iso"),
        structlog.processors.ExceptionRenderer(_error),
        structlog.processors.JSONRenderer(),
    ],
)
