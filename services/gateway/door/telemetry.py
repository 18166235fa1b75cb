"""What the door tells of each request: a line in the access log, figures for Prometheus, spans, and what was refused.

A line names the route, never the path or the query: those may hold names. Lines are written each second, in a
thread, so that a slow disk keeps no request waiting; what does not fit meanwhile is counted and lost.

Of a hidden operation nothing is told but that its service answered: neither which it was, nor who asked, nor what was wrong.
"""

import asyncio
import json
import logging
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import lru_cache, partial
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.gateway.door.asgi import Scope, Send
from services.gateway.door.lines import Lines
from services.gateway.door.proxy import Upstream
from services.gateway.door.record import Record
from services.gateway.door.refusals import Refusals
from services.gateway.door.state import State
from services.gateway.door.trace import Trace
from services.kit import metrics, sockets, tracing
from services.kit.auth.keys import Key
from services.kit.auth.tokens import AccessToken
from services.kit.http.problem import support_code

FLUSH_EVERY = 1.0
MOST_LINES = 50_000
_MOST_TOKENS = 10_000
_STDERR = 2

_log = logging.getLogger("kakehashi.door")


class TelemetrySettings(BaseSettings):
    """`metrics_listen` is `host:port` or `unix:/path`, empty for none; `metrics_peers`: name → address of the
    other processes whose figures it passes on at /metrics/{name}."""

    model_config = SettingsConfigDict(env_prefix="KAKEHASHI_", frozen=True)

    access_log: bool = True
    metrics_listen: str = ""
    metrics_peers: dict[str, str] = {}


class Telemetry:
    """From the start of the door to its end. `registry` is the address that refused requests are noted at."""

    def __init__(self, key: Key, registry: str, state: State) -> None:
        self._settings = TelemetrySettings()
        self._state = state
        self._lines: list[str] | None = [] if self._settings.access_log else None
        self._tasks: list[asyncio.Task[None]] = []
        self._listener: asyncio.Server | None = None
        self._second, self._instant = 0, ""
        self._known: dict[str, str] = {}  # of a token what its lines say
        self._children: dict[tuple[str, int], tuple[Any, Any]] = {}
        self.figures = made = CollectorRegistry()
        self._requests = Counter(
            "kakehashi_door_requests", "Requests at the door", ["service", "route", "status"], registry=made
        )
        self._seconds = Histogram(
            "kakehashi_door_request_seconds", "Time from a request's head to its answer's last byte",
            ["service", "route"], buckets=metrics.SECONDS, registry=made,
        )  # fmt: skip
        self._problems = Counter(
            "kakehashi_door_problems", "Problem answers by code, the services' among them", ["service", "code"],
            registry=made,
        )  # fmt: skip
        self._retries = Counter(
            "kakehashi_door_retries", "Calls sent to a service again", ["service"], registry=made
        )
        self._lost = Counter(
            "kakehashi_door_log_lines_lost", "Lines that were not written in time", registry=made
        )
        self._in_flight = 0
        in_flight = Gauge("kakehashi_door_in_flight", "Requests being served", registry=made)
        in_flight.set_function(lambda: self._in_flight)
        Gauge(
            "kakehashi_door_state_age_seconds",
            "Age of the last good reading of keys and revoked tokens",
            registry=made,
        ).set_function(state.age)
        self._refusals = Refusals(key, registry, made)

    def watch(self, lines: Lines, upstreams: Mapping[str, Upstream]) -> None:
        """What is asked when somebody looks."""
        Gauge("kakehashi_door_connections", "Connections into the door", registry=self.figures).set_function(
            lambda: len(lines)
        )
        busy = Gauge(
            "kakehashi_door_upstream_busy", "Connections to a service that are taken", ["service"],
            registry=self.figures,
        )  # fmt: skip
        opened = Gauge(
            "kakehashi_door_breaker_open", "1 while a service is not asked, but for probes", ["service"],
            registry=self.figures,
        )  # fmt: skip
        for name, upstream in upstreams.items():
            busy.labels(name).set_function(partial(getattr, upstream, "busy"))
            opened.labels(name).set_function(partial(_shut, upstream))

    def begin(self, scope: Scope, send: Send, trace: Trace) -> Record:
        self._in_flight += 1
        return Record(self.end, scope["method"], send, trace)

    def end(self, record: Record) -> None:
        self._in_flight -= 1
        operation = record.operation
        service, route = (operation.service, operation.id) if operation else ("door", "-")
        if hidden := operation is not None and operation.hidden is not None:
            route, record.token = "-", None
        seconds, kind = time.perf_counter() - record.began, record.status // 100
        children = self._children.get((service + route, kind))
        if children is None:
            children = (
                self._requests.labels(service, route, metrics.class_of(record.status)),
                self._seconds.labels(service, route),
            )
            self._children[service + route, kind] = children
        children[0].inc()
        children[1].observe(seconds)
        if record.retries:
            self._retries.labels(service).inc(record.retries)
        code = ""
        if record.said is not None and not hidden:
            problem = record.problem()
            code = problem.code
            self._problems.labels(service, code).inc()
            self._refusals.note(record, problem)
        if self._lines is not None:
            if len(self._lines) < MOST_LINES:
                self._lines.append(self._line(record, service, route, code, seconds))
            else:
                self._lost.inc()

    def _line(self, record: Record, service: str, route: str, code: str, seconds: float) -> str:
        """By hand, for it is written for every request; what a client could choose is quoted."""
        trace, who = record.trace, self._who(record.token)
        refused = f'"support_code":"{support_code(trace.request_id)}",' if record.status >= 400 else ""
        if code:
            refused += f'"code":"{code}",'
        return (
            f'{{"event":"request","timestamp":"{self._now()}","request_id":"{trace.request_id}",'
            f'"trace_id":"{trace.trace_id}",{refused}{who}"service":"{service}","route":"{route}",'
            f'"method":{_quoted(record.method)},"status":{record.status},"bytes":{record.bytes},'
            f'"ms":{seconds * 1000:.1f},"retries":{record.retries},"complete":{"true" if record.complete else "false"}}}\n'
        )

    def _who(self, token: AccessToken | None) -> str:
        if token is None:
            return ""
        known = self._known.get(token.jti)
        if known is None:
            if len(self._known) >= _MOST_TOKENS:
                self._known.clear()
            known = f'"client":{_quoted(token.client)},"role":{_quoted(token.role)},'
            if token.organisation is not None:
                known += f'"organisation":"{token.organisation}",'
            if token.person is not None:
                known += f'"person":"{token.person}",'
            self._known[token.jti] = known
        return known

    def _now(self) -> str:
        now = time.time()
        second = int(now)
        if second != self._second:
            self._second, self._instant = second, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        return f"{self._instant}.{int(now * 1000) % 1000:03d}Z"

    async def start(self) -> None:
        await asyncio.to_thread(tracing.start, "door")
        if self._settings.metrics_listen:
            self._listener = await sockets.listen(self._settings.metrics_listen, self._page)
        self._tasks = [asyncio.create_task(_each_second(work)) for work in (self._flush, self._refusals.send)]

    async def stop(self) -> None:
        if self._listener is not None:
            self._listener.close()
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self._refusals.send()
        await self._flush()
        await asyncio.to_thread(tracing.stop)

    async def _flush(self) -> None:
        if self._lines:
            lines, self._lines = self._lines, []
            await asyncio.to_thread(_write, "".join(lines).encode())

    async def _page(self, path: str) -> sockets.Said:
        if path == "/metrics":
            return metrics.page(self.figures, metrics.REGISTRY)
        peers: Mapping[str, str] = self._settings.metrics_peers
        address = peers.get(path.removeprefix("/metrics/"))
        if address is None:
            return sockets.Said(404, b"")
        try:
            status, body, _ = await sockets.ask(address, "GET", "/metrics")
        except OSError:
            return sockets.Said(502, b"")
        return sockets.Said(status, body, metrics.TYPE)


async def _each_second(work: Callable[[], Awaitable[None]]) -> None:
    """Of its own, so that neither waits for the other; what goes wrong is told, and tried again."""
    while True:
        await asyncio.sleep(FLUSH_EVERY)
        try:
            await work()
        except Exception as error:
            _log.warning("%s failed: %s", work.__name__, type(error).__name__)


def _shut(upstream: Upstream) -> float:
    return 0.0 if upstream.asked else 1.0


@lru_cache(maxsize=10_000)
def _quoted(text: str) -> str:
    return json.dumps(text)


def _write(content: bytes) -> None:
    with suppress(OSError):  # nobody reads it any more
        while content:
            content = content[os.write(_STDERR, content) :]
