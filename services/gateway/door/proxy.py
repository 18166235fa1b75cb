"""One service behind the door, and a request's way to it and back: streamed both ways, nothing stored.

Headers of one hop, of forwarding and of our own house never pass in either direction; the door sets its own.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from services.gateway.door.asgi import Caller, Headers, Receive
from services.gateway.door.body import Body, CallerGone, Watch
from services.gateway.door.problems import Refused
from services.gateway.door.trace import Trace
from services.kit.auth.tokens import INTERNAL_HEADER

DEADLINE_HEADER = "X-Kakehashi-Deadline"  # milliseconds from arrival at the service, so clocks need not agree

_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer "
    b"transfer-encoding upgrade".split()
)
_NEVER_IN = _HOP | {b"host", b"content-length", b"authorization", b"forwarded", b"expect", b"via"}
_NEVER_IN |= {b"x-real-ip", b"x-request-id", b"traceparent"}
_NEVER_OUT = _HOP | {b"server", b"date", b"x-request-id", b"x-content-type-options"}
_NEVER_OUT |= {b"ratelimit", b"ratelimit-policy"}
_OURS = (b"x-kakehashi-", b"x-forwarded-")
_NO_BODY = (204, 304)

_log = logging.getLogger("kakehashi.door")


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a service. `length` is None for a body of unknown size, 0 for none."""

    method: str
    target: str
    headers: CIMultiDict[str]
    length: int | None
    deadline: float


def request_headers(
    given: Headers, trace: Trace, caller: str, token: str | None, authorization: str | None
) -> CIMultiDict[str]:
    listed = _listed(given)
    headers = CIMultiDict(
        (name.decode("ascii"), value.decode("ascii"))
        for name, value in given
        if name not in _NEVER_IN and name not in listed and not name.startswith(_OURS)
    )
    if not trace.continued:
        headers.popall("tracestate", None)
    headers["traceparent"] = trace.traceparent
    headers["X-Request-Id"] = trace.request_id
    headers["X-Forwarded-For"] = caller
    if token is not None:
        headers[INTERNAL_HEADER] = token
    if authorization is not None:
        headers["Authorization"] = authorization
    return headers


class Upstream:
    """A service, with connections of its own so that no other service waits for it."""

    def __init__(
        self, service: str, address: str, connections: int, per_client: int, stream_timeout: float
    ) -> None:
        self._service, self._address = service, address
        self._connections, self._per_client, self._stream_timeout = connections, per_client, stream_timeout
        self._base = f"http://{service}" if address.startswith("unix:") else address.rstrip("/")
        self._in_flight: Counter[str] = Counter()
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        # Idle connections live shorter here than at the service (uvicorn: 5 s), so that a request is
        # not written into one that the service is just closing.
        connector: aiohttp.BaseConnector
        if self._address.startswith("unix:"):
            path = self._address.removeprefix("unix:")
            connector = aiohttp.UnixConnector(path, limit=self._connections, keepalive_timeout=4)
        else:
            connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=4)
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=3),
            max_line_size=16 << 10,
            max_field_size=16 << 10,
        )

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def ready(self) -> bool:
        assert self._session is not None
        try:
            async with asyncio.timeout(2), self._session.get(f"{self._base}/readyz") as response:
                return response.status == 200
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False

    async def forward(self, call: Call, body: Body, caller: Caller, client: str) -> None:
        """Answers the caller, or raises Refused while nothing has been answered yet."""
        if self._in_flight[client] >= self._per_client:
            raise Refused("too_many_at_once", [(b"retry-after", b"1")])
        if self._in_flight.total() >= self._connections:
            raise Refused("service_busy")
        self._in_flight[client] += 1
        relay = _Relay(caller, self._stream_timeout)
        try:
            await self._exchange(call, body, caller.receive, relay)
        except CallerGone:
            return
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            if not relay.started:
                raise body.refusal or _refusal(error, body) from error
            _log.warning("an answer of %s was cut: %s", self._service, type(error).__name__)
            caller.wire.cut()
            while (await caller.receive())["type"] != "http.disconnect":
                pass
        finally:
            self._in_flight[client] -= 1
            if not self._in_flight[client]:
                del self._in_flight[client]

    async def _exchange(self, call: Call, body: Body, receive: Receive, relay: "_Relay") -> None:
        assert self._session is not None
        data: bytes | AsyncIterator[bytes] | None = None
        if call.length != 0:
            data = await body.open()
            if call.length is not None:
                call.headers["Content-Length"] = str(call.length)
        call.headers[DEADLINE_HEADER] = str(round(call.deadline * 1000))
        async with asyncio.timeout(call.deadline) as timer, Watch(receive, body, timer):
            response = await self._session.request(
                call.method,
                URL(self._base + call.target, encoded=True),
                data=data,
                headers=call.headers,
                allow_redirects=False,
            )
            try:
                await relay.run(response, body, timer)
            finally:
                response.close()


class _Relay:
    """A service's answer on its way to the caller."""

    def __init__(self, caller: Caller, stream_timeout: float) -> None:
        self._send, self._own, self._stream_timeout = caller.send, caller.own, stream_timeout
        self.started = False

    async def run(self, response: aiohttp.ClientResponse, body: Body, timer: asyncio.Timeout) -> None:
        headers = _response_headers(response) + self._own
        if not body.finished:
            headers.append((b"connection", b"close"))
        now = asyncio.get_running_loop().time
        timer.reschedule(now() + self._stream_timeout)
        self.started = True
        await self._send({"type": "http.response.start", "status": response.status, "headers": headers})
        more = True
        while more:
            chunk = await response.content.readany()
            more = not response.content.at_eof()
            await self._send({"type": "http.response.body", "body": chunk, "more_body": more})
            timer.reschedule(now() + self._stream_timeout)


def _response_headers(response: aiohttp.ClientResponse) -> Headers:
    given = [(name.lower(), value) for name, value in response.raw_headers]
    dropped = _NEVER_OUT | _listed(given)
    if response.status in _NO_BODY:
        dropped |= {b"content-length"}
    return [(name, value) for name, value in given if name not in dropped and not name.startswith(_OURS)]


def _listed(headers: Iterable[tuple[bytes, bytes]]) -> frozenset[bytes]:
    """What Connection names is for the next hop only (RFC 9110 §7.6.1), whatever it names."""
    values = [value for name, value in headers if name == b"connection"]
    return frozenset(word.strip().lower() for value in values for word in value.split(b","))


def _refusal(error: BaseException, body: Body) -> Refused:
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return Refused("service_unavailable")
    if isinstance(error, TimeoutError):
        return Refused("upstream_timeout" if body.finished else "request_timeout")
    return Refused("upstream_failed")
