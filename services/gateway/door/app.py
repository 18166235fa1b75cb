"""The door: who are you, where does this go, how much may you do. Bare ASGI, no rule of the programme.

The way of a request is `_serve`, top to bottom (01-architecture, How a request lives, 1).
"""

import asyncio
import gc
from collections.abc import Iterable
from contextlib import suppress

from services.gateway.door import desk, openapi, problems, queries
from services.gateway.door.asgi import WIRE, Answer, Caller, Headers, Receive, Scope, Send, send_answer
from services.gateway.door.body import Body
from services.gateway.door.described import described
from services.gateway.door.exchange import Admitted, Exchange
from services.gateway.door.limits import Pace, Party, RateLimit, party_of, place, take
from services.gateway.door.lines import LINES, Lines
from services.gateway.door.pages import Pages
from services.gateway.door.problems import Refused
from services.gateway.door.proxy import Call, Upstream, request_headers
from services.gateway.door.queries import Asked, Queries
from services.gateway.door.record import Record
from services.gateway.door.refuse import Seen, look
from services.gateway.door.routes import Operation, Routes
from services.gateway.door.settings import SERVICES, Settings
from services.gateway.door.state import Poller, StateSource
from services.gateway.door.sweep import Deadline, Sweep
from services.gateway.door.telemetry import Telemetry
from services.gateway.door.trace import trace_of
from services.kit.auth.keys import load_key

_FORM = "application/x-www-form-urlencoded"
_SMALL = ("application/json", "application/merge-patch+json", _FORM)
_VERSIONS = ("1.0", "1.1")  # the parser takes others as well, 0.9 among them
_DRAIN_BYTES, _DRAIN_SECONDS = 1 << 20, 1.0


class Door:
    def __init__(self, settings: Settings, source: StateSource) -> None:
        self._settings, self._source = settings, source
        documents = openapi.load(settings.api_folder, SERVICES)
        self._routes = Routes(documents)
        self._sweep: Sweep[Deadline] = Sweep()
        self._upstreams = {
            service: Upstream(service, address, settings, self._sweep)
            for service, address in settings.upstreams().items()
        }
        merged = openapi.merge(documents, settings.issuer)
        openapi.add(merged, described())
        self._lines = Lines(settings)
        self._pages = Pages(merged, source.state, self._upstreams, self._lines)
        taken = self._pages.paths() & merged["paths"].keys()
        if taken:
            raise openapi.BadContract(f"{', '.join(sorted(taken))}: the door answers this itself")
        key = load_key(settings.keys / "door.jwk", "Ed25519", private=True)
        self._exchange = Exchange(source.state, key, settings.issuer)
        self._queries = Queries(settings, source.state, self._routes, key)
        self._telemetry = Telemetry(key, settings.upstream_registry, source.state)
        self._telemetry.watch(self._lines, self._upstreams)
        self._clients = RateLimit("client", settings.rate, settings.burst)
        self._organisations = RateLimit(
            "organisation", settings.organisation_rate, settings.organisation_burst
        )
        self._addresses = RateLimit("address", settings.address_rate, settings.address_burst)
        self._refused = RateLimit("refused", settings.refused_rate, settings.refused_burst)
        self._token_requests = RateLimit("token", settings.token_rate, settings.token_burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            scope["state"] |= {LINES: self._lines, "drain": self._lines.drain}
            await self._live(receive, send)
            return
        record = self._telemetry.begin(scope, send, trace_of(scope["headers"]))
        trace = record.trace
        own: Headers = [
            (b"x-request-id", trace.request_id.encode()),
            (b"x-content-type-options", b"nosniff"),
        ]
        caller = Caller(receive, record.send, scope["extensions"][WIRE], own)
        try:
            await self._serve(scope, caller, record)
        except Refused as refused:
            record.token = record.token or self._exchange.known(scope["headers"])
            said = problems.answer(refused, trace)
            page = desk.shows(caller.wire.target)
            await _refuse(desk.notice(refused, trace) if page else said, scope["headers"], caller)
            if page:
                record.said = bytearray(said.body)  # noted as any problem is
        finally:
            record.end()

    async def _serve(self, scope: Scope, caller: Caller, record: Record) -> None:
        if scope["http_version"] not in _VERSIONS:
            raise Refused("malformed_request")
        method: str = scope["method"]
        seen = look(caller.wire.target, scope["headers"])
        if scope["http_version"] == "1.0" and seen.length is None:
            raise Refused("bad_framing")  # chunks came with 1.1, and not every reader knows of them here
        page = await self._pages.find(method, seen.path)
        if page is not None:
            if seen.has_body:
                raise Refused("body_not_allowed")
            await send_answer(caller, page)
            return
        address = scope["client"][0] if scope["client"] else "unknown"
        saved = queries.asked(method, seen)
        if saved is not None:
            await self._read_saved(saved, seen.authorization, scope["headers"], address, caller, record)
            return
        try:
            match = desk.visited(method, seen) or self._routes.match(method, seen.path)
            if match.operation.hidden and not self._exchange.opens(
                seen.authorization, match.operation.hidden
            ):
                raise Refused("not_found")
        except Refused:
            caller.own.extend(take((self._refused, place(address))))
            raise
        record.operation = operation = match.operation
        limit, deadline, pace = self._allowance(operation, seen)
        token = authorization = None
        if operation.public:
            party = Party(place(address))
            guessed = operation.basic or operation.id == desk.ENTER
            caller.own.extend(take((self._token_requests if guessed else self._addresses, party.client)))
            authorization = seen.authorization if operation.basic else None
        else:
            admitted = self._admitted(seen.authorization, address, caller)
            record.token = known = admitted.token
            party = party_of(known)
            caller.own.extend(self._counted(party))
            token = self._exchange.internal(admitted, operation)
        headers = request_headers(scope["headers"], record.onward(), address, token, authorization)
        call = Call(method, match.path + seen.query, headers, seen.length, deadline)
        seconds = self._settings.body_timeout
        body = Body(caller, self._sweep, limit, seconds, pace, expected=seen.has_body)
        try:
            await self._upstreams[operation.service].forward(call, body, caller, party)
        finally:
            record.retries = call.retries

    def _admitted(self, authorization: str | None, address: str, caller: Caller) -> Admitted:
        """Who tries one bad token after the other is told to slow down; a good one from there still passes."""
        try:
            return self._exchange.admit(authorization)
        except Refused as refused:
            if refused.code == "token_required":
                caller.own.extend(take((self._refused, place(address))))
            raise

    async def _read_saved(
        self,
        asked: Asked,
        authorization: str | None,
        given: Headers,
        address: str,
        caller: Caller,
        record: Record,
    ) -> None:
        """As if the owner of the saved query had asked for its list. Many programs ask without a key first."""
        if authorization is None:
            caller.own.extend(take((self._refused, place(address))))
            raise queries.no_key()
        opened = await self._queries.open(asked, authorization, address, record.trace.request_id, caller.own)
        record.operation = operation = opened.match.operation
        record.token = known = opened.admitted.token
        party = party_of(known)
        caller.own.extend(self._counted(party, self._queries.policy(opened)))
        token = self._exchange.internal(opened.admitted, operation)
        headers = request_headers(queries.onward(given, asked), record.onward(), address, token, None)
        call = Call("GET", opened.target(asked), headers, 0, self._settings.deadline)
        body = Body(caller, self._sweep, 0, self._settings.body_timeout, expected=False)
        try:
            await self._upstreams[operation.service].forward(
                call, body, queries.answering(caller, asked), party
            )
        finally:
            record.retries = call.retries

    def _counted(self, party: Party, *more: tuple[RateLimit, str]) -> Headers:
        if party.organisation is None:
            return take(*more, (self._clients, party.client))
        return take(*more, (self._clients, party.client), (self._organisations, party.organisation))

    def _allowance(self, operation: Operation, seen: Seen) -> tuple[int, float, Pace | None]:
        """How many bytes the body may have, how long the answer may take, and the pace of an upload."""
        settings = self._settings
        if not seen.has_body:
            return 0, settings.deadline, None
        if not operation.media_types:
            raise Refused("body_not_allowed")
        if seen.compressed or not operation.takes(seen.media_type):
            raise Refused("media_type_unsupported")
        small = seen.media_type in _SMALL
        limit = settings.upload_limit
        if small:
            limit = settings.form_limit if seen.media_type == _FORM else settings.body_limit
        if seen.length is not None and seen.length > limit:
            raise Refused("content_too_large")
        if small:
            return limit, settings.deadline, None
        return limit, settings.upload_deadline, Pace(settings.slowest, settings.slow_window)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._lines.start()
        await self._source.start()
        await self._telemetry.start()
        gc.collect()
        gc.freeze()  # what stays to the end is not looked through again while callers wait
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._telemetry.stop()
        await self._source.stop()
        for upstream in self._upstreams.values():
            await upstream.stop()
        await send({"type": "lifespan.shutdown.complete"})


def create_app(settings: Settings | None = None, source: StateSource | None = None) -> Door:
    settings = settings or Settings.model_validate({})  # from the environment
    return Door(settings, source or Poller(settings.database_url))


async def _refuse(said: Answer, headers: Iterable[tuple[bytes, bytes]], caller: Caller) -> None:
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
