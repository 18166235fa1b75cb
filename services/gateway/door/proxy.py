"""One service behind the door, and a request's way to it and back: streamed both ways, nothing stored.

Headers of one hop, of forwarding and of our own house never pass in either direction; the door sets its own.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from services.gateway.door.asgi import NO_BODY, Caller, Headers
from services.gateway.door.body import Body, CallerGone, Waiting
from services.gateway.door.breaker import Breaker, Open, RetryBudget
from services.gateway.door.limits import Party, Slots
from services.gateway.door.pool import Answer, NotConnected, Pool
from services.gateway.door.problems import Refused
from services.gateway.door.settings import Settings
from services.gateway.door.sweep import Deadline, Sweep
from services.gateway.door.trace import Trace
from services.kit.auth.tokens import INTERNAL_HEADER

DEADLINE_HEADER = (
    b"x-kakehashi-deadline"  # milliseconds from arrival at the service, so clocks need not agree
)

_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer "
    b"transfer-encoding upgrade".split()
)
_NEVER_IN = _HOP | {b"host", b"content-length", b"authorization", b"forwarded", b"expect", b"via"}
_NEVER_IN |= {b"x-real-ip", b"x-request-id", b"traceparent"}
_NEVER_IN_NEW = _NEVER_IN | {b"tracestate"}  # which belongs to a trace that the caller began
_NEVER_OUT = _HOP | {b"server", b"date", b"x-request-id", b"x-content-type-options"}
_NEVER_OUT |= {b"ratelimit", b"ratelimit-policy"}
_NEVER_OUT_BARE = _NEVER_OUT | {b"content-length"}
_OURS = (b"x-kakehashi-", b"x-forwarded-")
_TOKEN = INTERNAL_HEADER.lower().encode()
_ARRIVING = 4  # bodies may be on their way for each connection of their service

_log = logging.getLogger("kakehashi.door")


@dataclass(slots=True)
class Call:
    """One request to a service. `length` is None for a body of unknown size, 0 for none."""

    method: str
    target: str
    headers: Headers
    length: int | None
    deadline: float
    retries: int = 0


def request_headers(
    given: Headers, trace: Trace, caller: str, token: str | None, authorization: str | None
) -> Headers:
    dropped = _NEVER_IN if trace.continued else _NEVER_IN_NEW
    if listed := _listed(given):
        dropped |= listed
    headers = [(name, value) for name, value in given if name not in dropped and not name.startswith(_OURS)]
    headers.append((b"traceparent", trace.traceparent.encode()))
    headers.append((b"x-request-id", trace.request_id.encode()))
    headers.append((b"x-forwarded-for", caller.encode()))
    if token is not None:
        headers.append((_TOKEN, token.encode()))
    if authorization is not None:
        headers.append((b"authorization", authorization.encode()))
    return headers


class Upstream:
    """A service, with connections of its own so that no other service waits for it."""

    def __init__(self, service: str, address: str, settings: Settings, sweep: Sweep[Deadline]) -> None:
        self._service, self._sweep = service, sweep
        self._stream_timeout = settings.stream_timeout
        of_one = settings.connections_per_client, settings.connections_per_organisation
        self._slots = Slots(settings.connections_per_service, *of_one)
        self._arriving = Slots(_ARRIVING * settings.connections_per_service, *of_one)
        self._breaker = Breaker(time.monotonic)
        self._budget = RetryBudget()
        self._pool = Pool(service, address, settings.connections_per_service)

    @property
    def busy(self) -> int:
        """How many of its connections are taken."""
        return len(self._slots)

    @property
    def asked(self) -> bool:
        """Whether calls go through; otherwise a probe a second."""
        return self._breaker.closed

    async def stop(self) -> None:
        self._pool.close()

    async def ready(self) -> bool:
        try:
            async with asyncio.timeout(2):
                answer = await self._pool.ask("GET", "/readyz", [])
                answer.close()
                return answer.status == 200
        except OSError:
            return False

    async def forward(self, call: Call, body: Body, caller: Caller, party: Party) -> None:
        """Answers the caller, or raises Refused while nothing has been answered yet."""
        relay = _Relay(caller, self._stream_timeout)
        try:
            data = await self._opened(call, body, party)
            with self._slots.taken(party):
                await self._exchange(call, data, body, relay)
        except CallerGone:
            return
        except asyncio.CancelledError:
            # The server is ending and has waited for this long enough; its own word for that would be a 500.
            if not relay.started:
                raise Refused("service_unavailable") from None
            caller.wire.cut()
        except OSError as error:
            if not relay.started:
                raise body.refusal or _refusal(error, body) from error
            _log.warning("an answer of %s was cut: %s", self._service, type(error).__name__)
            caller.wire.cut()
            while (await caller.receive())["type"] != "http.disconnect":
                pass

    async def _opened(self, call: Call, body: Body, party: Party) -> bytes | AsyncIterator[bytes]:
        """A slow caller is waited for in a place where it keeps no service's connection from others."""
        if call.length == 0:
            return b""
        here = body.here()
        if here is not None:
            return here
        with self._arriving.taken(party):
            return await body.open()

    async def _exchange(
        self, call: Call, data: bytes | AsyncIterator[bytes], body: Body, relay: "_Relay"
    ) -> None:
        whole = isinstance(data, bytes)
        try:
            attempt = self._breaker.ask(waits=whole)
        except Open:
            raise Refused("service_unavailable", [(b"retry-after", b"1")]) from None
        self._budget.called()
        waiting = Waiting(self._sweep, time.monotonic() + call.deadline, body)
        try:
            with waiting:
                answer = await self._ask(call, data)
                busy = any(name == b"retry-after" for name, _ in answer.headers)
                self._breaker.answered(attempt, answer.status, retry_after=busy)
                try:
                    await relay.run(answer, body, waiting)
                finally:
                    answer.close()
        except OSError as error:
            if waiting.gone:
                raise CallerGone from error
            slow_caller = isinstance(error, TimeoutError) and not body.finished
            if body.refusal is None and not slow_caller:
                self._breaker.failed(attempt)
            raise
        finally:
            waiting.leave()
            self._breaker.left(attempt)

    async def _ask(self, call: Call, data: bytes | AsyncIterator[bytes]) -> Answer:
        """The service is told how long it has, and told anew when it is asked again."""
        ends = time.monotonic() + call.deadline
        call.headers.append((DEADLINE_HEADER, b"%d" % round(call.deadline * 1000)))

        def again() -> bool:
            if not self._budget.take():
                return False
            call.retries += 1
            call.headers[-1] = DEADLINE_HEADER, b"%d" % max(1, round((ends - time.monotonic()) * 1000))
            return True

        return await self._pool.ask(call.method, call.target, call.headers, data, call.length, again)


class _Relay:
    """A service's answer on its way to the caller."""

    def __init__(self, caller: Caller, stream_timeout: float) -> None:
        self._send, self._own, self._stream_timeout = caller.send, caller.own, stream_timeout
        self.started = False

    async def run(self, answer: Answer, body: Body, timer: Deadline) -> None:
        headers = _response_headers(answer) + self._own
        if not body.finished:
            headers.append((b"connection", b"close"))
        self.started = True
        await self._send({"type": "http.response.start", "status": answer.status, "headers": headers})
        chunk = answer.here()
        while not answer.ended:
            timer.at = time.monotonic() + self._stream_timeout
            await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
            chunk = await answer.read()
        await self._send({"type": "http.response.body", "body": chunk})


def _response_headers(answer: Answer) -> Headers:
    dropped = _NEVER_OUT_BARE if answer.status in NO_BODY else _NEVER_OUT
    if listed := _listed(answer.headers):
        dropped |= listed
    return [
        (name, value) for name, value in answer.headers if name not in dropped and not name.startswith(_OURS)
    ]


def _listed(headers: Iterable[tuple[bytes, bytes]]) -> frozenset[bytes]:
    """What Connection names is for the next hop only (RFC 9110 §7.6.1), whatever it names."""
    values = [value for name, value in headers if name == b"connection"]
    return frozenset([word.strip().lower() for value in values for word in value.split(b",")])


def _refusal(error: BaseException, body: Body) -> Refused:
    if isinstance(error, NotConnected):
        return Refused("service_unavailable")
    if isinstance(error, TimeoutError):
        return Refused("upstream_timeout" if body.finished else "request_timeout")
    return Refused("upstream_failed")
