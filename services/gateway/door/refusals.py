"""Refused requests on their way to the registry, so that staff find by its support code what a caller saw.

A bounded queue: nothing waits for it, and one client cannot flush out the others. While the registry does not
answer it fills, and what no longer fits is counted and lost.
"""

import json
import time
from collections import OrderedDict, deque
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge

from services.gateway.door.exchange import own_token
from services.gateway.door.record import Problem, Record
from services.kit import sockets
from services.kit.auth.keys import Key
from services.kit.auth.tokens import INTERNAL_HEADER
from services.kit.http.problem import support_code
from services.kit.ids import uuid7

MOST, AT_ONCE = 1_000, 200
BURST, PER_SECOND = 60.0, 1.0  # of one client; those without a token are one client together
PATH, ROUTE = "/identity/v1/door/refused-requests", "door_refused_requests_note"
_CLIENTS = 10_000


class Refusals:
    def __init__(self, key: Key, registry: str, figures: CollectorRegistry) -> None:
        self._key, self._registry = key, registry
        self._waiting: deque[dict[str, Any]] = deque()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        noted = Counter(
            "kakehashi_door_refused_requests", "Refused requests, noted for their support code or lost", ["outcome"],
            registry=figures,
        )  # fmt: skip
        self._stored, self._lost = noted.labels("stored"), noted.labels("lost")
        Gauge(
            "kakehashi_door_refused_requests_waiting", "Refused requests still to be noted", registry=figures
        ).set_function(lambda: len(self._waiting))

    def note(self, record: Record, problem: Problem) -> None:
        """Not what a limit says to everybody alike, nor that nobody is known: no one telephones about these."""
        if record.status == 429 or (record.status == 401 and record.token is None):
            return
        token, operation = record.token, record.operation
        if len(self._waiting) >= MOST or not self._room("" if token is None else token.client):
            self._lost.inc()
            return
        self._waiting.append(
            {
                "id": str(uuid7()),
                "support_code": support_code(record.trace.request_id),
                "request_id": record.trace.request_id,
                "trace_id": record.trace.trace_id,
                "at": time.time(),
                "client": token and token.client,
                "role": token and token.role,
                "person_id": token and token.person and str(token.person),
                "organisation_id": token and token.organisation and str(token.organisation),
                "service": operation.service if operation else "door",
                "route": operation and operation.id,
                "method": record.method,
                "status": record.status,
                "code": problem.code,
                "title": problem.title,
                "errors": problem.fields,
            }
        )

    def _room(self, client: str) -> bool:
        now = time.monotonic()
        left, since = self._left.pop(client, (BURST, now))
        left = min(BURST, left + (now - since) * PER_SECOND)
        self._left[client] = max(0.0, left - 1), now
        if len(self._left) > _CLIENTS:
            self._left.popitem(last=False)
        return left >= 1

    async def send(self) -> None:
        """What waits, some at once; a note that was stored and not confirmed is sent again and changes nothing."""
        while self._waiting:
            batch = [self._waiting[n] for n in range(min(AT_ONCE, len(self._waiting)))]
            headers = {
                INTERNAL_HEADER: own_token(self._key, ROUTE, time.time()),
                "Content-Type": "application/json",
            }
            try:
                said = await sockets.ask(self._registry, "POST", PATH, headers, json.dumps(batch).encode())
            except OSError:
                return
            if said.status >= 500:
                return
            for _ in batch:
                self._waiting.popleft()
            (self._stored if said.status == 204 else self._lost).inc(len(batch))
