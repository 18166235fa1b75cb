"""uvicorn's HTTP protocol with what the door needs beside ASGI: the raw target, a cut, and an end to slow lines.

uvicorn has no limit on the time or size of request headers, none on a reader who takes nothing, and hides the
absolute form of a target (06-security §0); this closes all of them.
"""

import time
from asyncio import AbstractEventLoop, Event, Transport
from socket import IPPROTO_TCP, TCP_NOTSENT_LOWAT
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from services.gateway.door import problems
from services.gateway.door.asgi import NO_BODY, WIRE, Headers, Message, Scope, Wire, head_of
from services.gateway.door.limits import Pace
from services.gateway.door.lines import LINES, Lines
from services.gateway.door.problems import Refused
from services.gateway.door.refuse import LARGEST_HEADERS, LONGEST_TARGET
from services.gateway.door.trace import trace_of

_FULL, _EMPTY = 64 << 10, 16 << 10  # bytes that wait for a reader: nothing is written over the first


class Cycle(RequestResponseCycle):
    """One request and its answer, whose head goes out in one write with the first piece of its body."""

    _held: tuple[int, Headers] | None = None
    _bare = False  # the answer has no body, whatever its length is

    async def send(self, message: Message) -> None:  # type: ignore[override]  # as everywhere in the door
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        if message["type"] == "http.response.start":
            self.response_started = True
            self.waiting_for_100_continue = False
            self._held = message["status"], message["headers"]
            return
        body: bytes = message["body"]
        more: bool = message.get("more_body", False)
        head = b""
        if self._held is not None:
            head = self._head(*self._held)
            self._held = None
        if self._bare:
            body = b""
        elif self.chunked_encoding:
            body = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            if not more:
                body += b"0\r\n\r\n"
        else:
            self.expected_content_length -= len(body)
            if self.expected_content_length < 0 or (self.expected_content_length and not more):
                raise RuntimeError("an answer that is not as long as it said")
        if head or body:
            self.transport.write(head + body)
        if not more:
            self.response_complete = True
            self.message_event.set()
            if not self.keep_alive:
                self.transport.close()
            self.on_response()

    def whole(self) -> bytes | None:
        if self.more_body:
            return None
        body, self.body = bytes(self.body), bytearray()
        self.message_event.clear()
        self.flow.resume_reading()
        return body

    def _head(self, status: int, headers: Headers) -> bytes:
        headers = self.default_headers + headers
        length, last = None, not self.keep_alive
        for name, value in headers:
            if name == b"content-length":
                length = value
            elif name == b"connection":  # the door says nothing there but `close`
                self.keep_alive = last = False
        if last:
            headers.append((b"connection", b"close"))
        self._bare = status in NO_BODY or self.scope["method"] == "HEAD"
        if not self._bare:
            self.expected_content_length = int(length or 0)
            self.chunked_encoding = length is None
            if length is None:
                headers.append((b"transfer-encoding", b"chunked"))
        return head_of(STATUS_LINE[status][:-2], headers)


class DoorProtocol(HttpToolsProtocol):
    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._lines: Lines = app_state[LINES]
        settings = self._lines.settings
        self._keep_alive, self._header_timeout = settings.keep_alive, settings.header_timeout
        self._pace = Pace(settings.slowest, settings.slow_window)
        self._head_since: float | None = None
        self._idle_since: float | None = None
        self._head_bytes = 0
        self._left: int | None = None  # bytes that the reader had still to take at the last look
        self._looked = 0.0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn does
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=_FULL, low=_EMPTY)
        if self.client is not None:
            # else the system takes megabytes for a reader who takes nothing
            transport.get_extra_info("socket").setsockopt(IPPROTO_TCP, TCP_NOTSENT_LOWAT, _FULL)
        self._start_clock()
        if not self._lines.add(self, self._address()):
            self._refuse("door_full")

    def connection_lost(self, exc: Exception | None) -> None:
        self._lines.remove(self, self._address())
        self._head_since = self._idle_since = None
        super().connection_lost(exc)

    def _address(self) -> str:
        return self.client[0] if self.client else "unknown"

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._idle_since = None
        if self._head_since is None and (self.cycle is None or self.cycle.response_complete):
            self._start_clock()  # also for what the parser skips before a request
        super().data_received(data)
        if self._head_since is not None:
            self._head_bytes += len(data)
            if self._head_bytes > LARGEST_HEADERS + LONGEST_TARGET:
                self._refuse("headers_too_large")

    def on_message_begin(self) -> None:
        self.url, self.headers, self.expect_100_continue = b"", [], False
        if self._head_since is None:
            self._start_clock()

    def on_headers_complete(self) -> None:
        """As uvicorn does, but for what the door reads itself or has no use for."""
        self._head_since = None
        version, before = self.parser.get_http_version(), self.cycle
        scope: Scope = {
            "type": "http",
            "http_version": version,
            "method": self.parser.get_method().decode("ascii"),
            "headers": self.headers,
            "client": self.client,
            "extensions": {},
        }
        # after an upgrade the parser reads no more
        last = self._lines.draining or self.parser.should_upgrade()
        self.cycle: Cycle = Cycle(
            scope=cast(Any, scope),
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=version != "1.0" and not last and self.parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
        scope["extensions"][WIRE] = Wire(self.url, self.cycle.whole, self.transport.abort)
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self._idle_since = time.monotonic()

    def send_400_response(self, msg: str) -> None:
        self._refuse("malformed_request")

    def drain(self) -> None:
        """The answer being given is the last one of this line."""
        if self.cycle is not None and not self.cycle.response_started:
            self.cycle.keep_alive = False

    def look(self, now: float) -> None:
        if self._idle_since is not None and now - self._idle_since >= self._keep_alive:
            self._idle_since = None
            self.transport.close()
        if self._head_since is not None and now - self._head_since >= self._header_timeout:
            self._refuse("request_timeout")
        left = self.transport.get_write_buffer_size()
        idle = self.cycle is None or self.cycle.response_complete
        if not left or not (self.flow.write_paused or idle or self.transport.is_closing()):
            self._left = None  # it is not the reader who is waited for
            return
        if self._left is not None:
            self._pace.note(now - self._looked, max(0, self._left - left))
            if self._pace.left() <= 0:
                self.transport.abort()
        self._left, self._looked = left, now

    def resume_writing(self) -> None:
        super().resume_writing()
        self._pace.note(0.0, _FULL - _EMPTY)
        self._left = None

    def _start_clock(self) -> None:
        self._head_bytes = 0
        self._head_since = time.monotonic()

    def _refuse(self, code: str) -> None:
        """Answers what the parser cannot read, unless that would pass for the answer to another request."""
        in_head = self._head_since is not None
        self._head_since = None
        if self.transport.is_closing():
            return
        cycle = self.cycle
        idle = cycle is None or cycle.response_complete
        if idle or not (in_head or cycle.response_started or self.pipeline):
            said = problems.answer(Refused(code), trace_of(()))
            lines = [b"HTTP/1.1 %d %s" % (said.status, code.encode())]
            lines += [name + b": " + value for name, value in said.headers]
            lines += [b"content-length: %d" % len(said.body), b"connection: close", b"", said.body]
            self.transport.write(b"\r\n".join(lines))
        if not idle:
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.close()
