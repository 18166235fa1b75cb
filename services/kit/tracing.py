"""Spans of OpenTelemetry, if OTEL_EXPORTER_OTLP_ENDPOINT says where they go; else the SDK is not even imported.

A span is named by what is done (a route id, a kind of job, a statement's verb and table), never by its values.
"""

import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Literal

Kind = Literal["server", "client", "consumer", "internal"]

# the request or job at hand, as W3C Trace Context writes it; known with or without spans
TRACEPARENT: ContextVar[str] = ContextVar("traceparent", default="")

_VERB = re.compile(r"\s*(\w+)")
_TABLE = re.compile(r"(?:FROM|INTO|UPDATE)\s+([a-z_]+\.[a-z_]+)")
_NOTHING: AbstractContextManager[None] = nullcontext()
_tracer: Any = None  # the SDK's own type would have to be imported
_provider: Any = None


def start(process: str) -> None:
    """`process` becomes part of the resource's service.name. The exporter reads its own OTEL_ variables."""
    global _tracer, _provider
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    _provider = TracerProvider(resource=Resource.create({"service.name": f"kakehashi-{process}"}))
    _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _tracer = _provider.get_tracer("kakehashi")


def stop() -> None:
    """Sends what is left; blocks until it is sent, or the exporter gives up."""
    global _tracer, _provider
    if _provider is not None:
        _provider.shutdown()
    _tracer = _provider = None


def on() -> bool:
    return _tracer is not None


def begin(name: str, kind: Kind, traceparent: str = "") -> Any:
    """A span that its maker ends; only where `on`. Without a `traceparent` it is a child of the current one, if any."""
    from opentelemetry.trace import SpanKind

    return _tracer.start_span(name, context=_context(traceparent), kind=SpanKind[kind.upper()])


def traceparent_of(span: Any) -> str:
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"


def current() -> str:
    """The traceparent that follows from here: of the innermost span, else of the request or job."""
    if _tracer is None:
        return TRACEPARENT.get()
    from opentelemetry.trace import get_current_span

    found = get_current_span()
    return traceparent_of(found) if found.get_span_context().is_valid else TRACEPARENT.get()


def span(name: str, kind: Kind = "internal", traceparent: str = "") -> AbstractContextManager[Any]:
    """The current span while the block runs; None where spans are off."""
    return _NOTHING if _tracer is None else _current(name, kind, traceparent)


def statement(sql: str) -> AbstractContextManager[Any]:
    return _NOTHING if _tracer is None else _current(_named(sql), "client", "")


def watch_statements(engine: Any) -> None:
    """The statements of a SQLAlchemy engine, which has no place of its own to put a block around."""
    from sqlalchemy import event

    def before(_connection: Any, _cursor: Any, sql: str, _values: Any, context: Any, _many: bool) -> None:
        if context is not None:
            context.kakehashi_span = begin(_named(sql), "client")

    def ended(context: Any) -> None:
        made = getattr(context, "kakehashi_span", None)
        if made is not None:
            made.end()

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", lambda *told: ended(told[4]))
    event.listen(engine, "handle_error", lambda told: ended(told.execution_context))


@contextmanager
def _current(name: str, kind: Kind, traceparent: str) -> Iterator[Any]:
    from opentelemetry.trace import use_span

    made = begin(name, kind, traceparent)
    # never the text of an error: it may quote what was sent
    with use_span(made, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        yield made


def _context(traceparent: str) -> Any:
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    if not traceparent:
        return None
    return TraceContextTextMapPropagator().extract({"traceparent": traceparent})


@lru_cache(maxsize=2000)
def _named(sql: str) -> str:
    verb, table = _VERB.match(sql), _TABLE.search(sql)
    return " ".join(found.group(1) for found in (verb, table) if found) or "statement"
