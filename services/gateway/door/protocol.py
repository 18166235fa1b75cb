"""uvicorn's HTTP protocol with what the door needs beside ASGI: the raw target, a header clock, a cut.

uvicorn has no limit on the time or size of request headers and hides the absolute form of a target
(06-security §0); this closes all three.
"""

from asyncio import TimerHandle, Transport
from typing import cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.gateway.door import problems
from services.gateway.door.asgi import WIRE, Wire
from services.gateway.door.problems import Refused
from services.gateway.door.refuse import LARGEST_HEADERS, LONGEST_TARGET
from services.gateway.door.trace import trace_of

HEADER_TIMEOUT = 5.0


class DoorProtocol(HttpToolsProtocol):
    _clock: TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn does
        super().connection_made(transport)
        self._start_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._clock is not None:
            self._head_bytes += len(data)
            if self._head_bytes > LARGEST_HEADERS + LONGEST_TARGET:
                self._refuse("headers_too_large")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._clock is None:
            self._start_clock()

    def on_headers_complete(self) -> None:
        self._stop_clock()
        wire = Wire(self.url, self.transport.abort)
        cast("dict[str, object]", self.scope)["extensions"] = {WIRE: wire}
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        self._refuse("malformed_request")

    def _start_clock(self) -> None:
        self._head_bytes = 0
        self._clock = self.loop.call_later(HEADER_TIMEOUT, self._refuse, "request_timeout")

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _refuse(self, code: str) -> None:
        """Answers what the parser cannot read, unless that would pass for the answer to another request."""
        in_head = self._clock is not None
        self._stop_clock()
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
