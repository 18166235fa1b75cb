"""One JSON line per event on stderr. Never the locals of a frame: they hold tokens and people."""

import sys

import structlog

_ERRORS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)
log = structlog.wrap_logger(
    structlog.PrintLogger(sys.stderr),
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper("iso"),
        _ERRORS,
        structlog.processors.JSONRenderer(),
    ],
)
