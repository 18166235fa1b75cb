"""The door: who are you, where does this go, how much may you do. Bare ASGI, no rule of the programme.

The way of a request is `_serve`, top to bottom (01-architecture, How a request lives, 1).
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from services.gateway.door import openapi, problems
from services.gateway.door.asgi import WIRE, Caller, Headers, Receive, Scope, Send, send_answer
from services.gateway.door.body import Body
from services.gateway.door.exchange import Exchange
from services.gateway.door.limits import RateLimit
from services.gateway.door.pages import Pages
from services.gateway.door.problems import Refused
from services.gateway.door.proxy import Call, Upstream, request_headers
from services.gateway.door.refuse import Seen, look
from services.gateway.door.routes import Operation, Routes
from services.gateway.door.settings import SERVICES, Settings
from services.gateway.door.state import Poller, StateSource
from services.gateway.door.trace import Trace, trace_of
from services.kit.auth.keys import load_key

_SMALL = ("application/json", "application/merge-patch+json", "application/x-www-form-urlencoded")
_VERSIONS = ("1.0", "1.1")  # the parser takes others as well, 0.9 among them
_DRAIN_BYTES, _DRAIN_SECONDS = 1 << 20, 1.0


class Door:
    def __init__(self, settings: Settings, source: StateSource) -> None:
        self._settings, self._source = settings, source
        documents = openapi.load(settings.api_folder, SERVICES)
        self._routes = Routes(documents)
        self._upstreams = {
            service: Upstream(
                service,
                address,
                settings.connections_per_service,
                settings.connections_per_client,
                settings.stream_timeout,
            )
            for service, address in settings.upstreams().items()
        }
        merged = openapi.merge(documents, settings.issuer)
        self._pages = Pages(merged, source.state, self._upstreams)
        taken = self._pages.paths() & merged["paths"].keys()
        if taken:
            raise openapi.BadContract(f"{', '.join(sorted(taken))}: the door answers this itself")
        key = load_key(settings.keys / "door.jwk", "Ed25519", private=True)
        self._exchange = Exchange(source.state, key, settings.issuer)
        self._rates = RateLimit(settings.rate, settings.burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        trace = trace_of(scope["headers"])
        own: Headers = [
            (b"x-request-id", trace.request_id.encode()),
            (b"x-content-type-options", b"nosniff"),
        ]
        caller = Caller(receive, send, scope["extensions"][WIRE], own)
        try:
            await self._serve(scope, caller, trace)
        except Refused as refused:
            await _refuse(refused, trace, scope["headers"], caller)

    async def _serve(self, scope: Scope, caller: Caller, trace: Trace) -> None:
        if scope["http_version"] not in _VERSIONS:
            raise Refused("malformed_request")
        method: str = scope["method"]
        seen = look(caller.wire.target, scope["headers"])
        page = await self._pages.find(method, seen.path)
        if page is not None:
            await send_answer(caller, page)
            return
        match = self._routes.match(method, seen.path)
        operation = match.operation
        limit, deadline = self._allowance(operation, seen)
        address = scope["client"][0] if scope["client"] else "unknown"
        token = authorization = None
        if operation.public:
            who = f"address {address}"
            caller.own.extend(self._rates.take(who))
            authorization = seen.authorization if operation.basic else None
        else:
            admitted = self._exchange.admit(seen.authorization)
            who = admitted.token.client
            caller.own.extend(self._rates.take(who))
            token = self._exchange.internal(admitted, operation)
        headers = request_headers(scope["headers"], trace, address, token, authorization)
        call = Call(method, match.path + seen.query, headers, seen.length, deadline)
        body = Body(caller.receive, limit, self._settings.idle_timeout, expected=seen.has_body)
        await self._upstreams[operation.service].forward(call, body, caller, who)

    def _allowance(self, operation: Operation, seen: Seen) -> tuple[int, float]:
        """How many bytes the body may have and how long the answer may take."""
        settings = self._settings
        if not seen.has_body:
            return 0, settings.deadline
        if not operation.media_types:
            raise Refused("body_not_allowed")
        if seen.compressed or not operation.takes(seen.media_type):
            raise Refused("media_type_unsupported")
        small = seen.media_type in _SMALL
        limit = settings.body_limit if small else settings.upload_limit
        if seen.length is not None and seen.length > limit:
            raise Refused("content_too_large")
        return limit, settings.deadline if small else settings.upload_deadline

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        for upstream in self._upstreams.values():
            await upstream.start()
        await self._source.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._source.stop()
        for upstream in self._upstreams.values():
            await upstream.stop()
        await send({"type": "lifespan.shutdown.complete"})


def create_app(settings: Settings | None = None, source: StateSource | None = None) -> Door:
    settings = settings or Settings.model_validate({})  # from the environment
    return Door(settings, source or Poller(settings.database_url))


async def _refuse(
    refused: Refused, trace: Trace, headers: Iterable[tuple[bytes, bytes]], caller: Caller
) -> None:
    said = problems.answer(refused, trace)
    if not any(
        name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
        for name, value in headers
    ):
        await send_answer(caller, said)
        return
    # A body is still on its way. Closing now would reset the connection and could take the answer with
    # it, so the answer goes first and a little of the body is let in before the connection closes.
    start = [
        *said.headers,
        *caller.own,
        (b"content-length", b"%d" % len(said.body)),
        (b"connection", b"close"),
    ]
    await caller.send({"type": "http.response.start", "status": said.status, "headers": start})
    await caller.send({"type": "http.response.body", "body": said.body, "more_body": True})
    left = _DRAIN_BYTES
    with suppress(TimeoutError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            while left > 0:
                message = await caller.receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body", False):
                    break
    await caller.send({"type": "http.response.body", "body": b""})
