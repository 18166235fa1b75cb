"""What a process tells Prometheus. Labels are names of ours alone (routes, services, kinds), so they are bounded.

Shown on private listeners only.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any, ClassVar

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest

from services.kit.sockets import Said, listen

TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0)
JOB_SECONDS = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0)

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

_REQUESTS = Counter(
    "kakehashi_requests", "Requests answered by a service", ["service", "route", "status"], registry=REGISTRY
)
_DURATION = Histogram(
    "kakehashi_request_seconds",
    "Time to the last byte of a service's answer",
    ["service", "route"],
    buckets=SECONDS,
    registry=REGISTRY,
)
_JOBS = Counter(
    "kakehashi_jobs", "Jobs that a worker ended", ["service", "job", "outcome"], registry=REGISTRY
)
_JOB_DURATION = Histogram(
    "kakehashi_job_seconds",
    "Time of one try of a job",
    ["service", "job"],
    buckets=JOB_SECONDS,
    registry=REGISTRY,
)


class Timed:
    """One request of a service, counted when it ends. Children are kept: finding one costs more than counting."""

    _children: ClassVar[dict[tuple[str, str, int], tuple[Any, Any]]] = {}

    def __init__(self) -> None:
        self._began = perf_counter()

    def end(self, service: str, route: str, status: int) -> None:
        key = service, route, status // 100
        children = self._children.get(key)
        if children is None:
            children = (
                _REQUESTS.labels(service, route, class_of(status)),
                _DURATION.labels(service, route),
            )
            self._children[key] = children
        children[0].inc()
        children[1].observe(perf_counter() - self._began)


def class_of(status: int) -> str:
    """`cut` where no answer began."""
    return f"{status // 100}xx" if status else "cut"


def job(service: str, kind: str, outcome: str, seconds: float) -> None:
    _JOBS.labels(service, kind, outcome).inc()
    _JOB_DURATION.labels(service, kind).observe(seconds)


def page(*registries: CollectorRegistry) -> Said:
    return Said(200, b"".join(map(generate_latest, registries)), TYPE)


@asynccontextmanager
async def shown_at(address: str) -> AsyncIterator[None]:
    """While the block runs, at `unix:/path` or `host:port`; nowhere where it is empty."""

    async def answer(path: str) -> Said:
        return page(REGISTRY) if path == "/metrics" else Said(404, b"")

    listener = await listen(address, answer) if address else None
    try:
        yield
    finally:
        if listener is not None:
            listener.close()
