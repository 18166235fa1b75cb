"""One HTTP/1.1 connection to a service: one exchange at a time, its answer read strictly (RFC 9112).

What two readers could understand in two ways is refused, never repaired: two lengths, a length beside a
coding, another coding than chunked, a switch of protocols. Memory is bounded both ways: a slow service holds
the caller's upload back, a slow caller the service's answer.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import cast

import httptools

from services.gateway.door.asgi import NO_BODY, Headers

LONGEST_FIELD, LARGEST_HEAD = 16 << 10, 64 << 10
_MOST_HELD = 256 << 10  # bytes of an answer that wait for their reader
_INTERIM = (100, 102, 103)
_FRAMING = (b"content-length", b"transfer-encoding")
_LENGTH = re.compile(rb"[0-9]{1,15}")


class BrokenOff(ConnectionError):
    """The connection ended before its answer, or what came is no answer."""


class Connection(asyncio.Protocol):
    """`ask`, then `read` until `ended`; after an error or half-way the only thing left is `abort`."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport
        self._lost = self._eof = self._asked = self._writable = False
        self._waiter: asyncio.Future[None] | None = None
        self._drain: asyncio.Future[None] | None = None
        self._upload: asyncio.Task[None] | None = None
        self.idle_since = 0.0
        self._reset(head_only=False)

    def _reset(self, *, head_only: bool) -> None:
        self.status = 0
        self.headers: Headers = []
        self.touched = False  # something of the answer has come
        self._head_only = head_only
        self._head_size = self._received = self._held = 0
        self._interim = self._headed = self._complete = self._keep = self._until_close = False
        self._pieces: list[bytes] = []
        self._paused = False
        self._error: Exception | None = None

    @property
    def ended(self) -> bool:
        """The answer is whole and has been read."""
        return self._complete and not self._pieces

    @property
    def reusable(self) -> bool:
        """Both messages ended where they said they would, and nothing came after."""
        return (
            self._complete and self._keep and not self._lost and self._error is None and self._upload is None
        )

    async def ask(
        self, method: str, request: bytes, pieces: AsyncIterator[bytes] | None, length: int | None
    ) -> None:
        """Sends, and returns when status and headers are there. `length` None sends pieces as chunks."""
        self._reset(head_only=method == "HEAD")
        self._asked = True
        if self._lost:
            raise BrokenOff("closed")
        self._transport.write(request)
        if pieces is not None:
            self._upload = self._loop.create_task(self._send(pieces, length))
        while not self._headed:
            if self._error is not None:
                raise self._error
            await self._wait()

    async def read(self) -> bytes:
        """What has come since; empty only at the end."""
        while not self._pieces and not self._complete:
            if self._error is not None:
                raise self._error
            await self._wait()
        return self.here()

    def here(self) -> bytes:
        """What has come since, without waiting for more."""
        pieces, self._pieces, self._held = self._pieces, [], 0
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def rest(self) -> None:
        """The exchange is over: what comes now was not asked for."""
        self._asked = False

    def abort(self) -> None:
        self._asked = False
        if self._upload is not None:
            self._upload.cancel()
        self._transport.abort()

    async def _send(self, pieces: AsyncIterator[bytes], length: int | None) -> None:
        left = length or 0
        try:
            async for piece in pieces:
                left -= len(piece)
                if length is not None and left < 0:
                    break
                self._transport.write(piece if length is not None else b"%x\r\n%b\r\n" % (len(piece), piece))
                if not self._writable:
                    self._drain = self._loop.create_future()
                    await self._drain
                if self._lost:
                    return
            if length is None:
                self._transport.write(b"0\r\n\r\n")
            elif left:
                raise BrokenOff("the request's body is not as long as it said")
            self._upload = None
        except Exception as error:  # whatever ends the upload ends the exchange, and is told there
            self._fail(error)

    async def _wait(self) -> None:
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _fail(self, error: Exception) -> None:
        if self._error is None:
            self._error = error
        self._transport.abort()
        self._wake()

    # the transport's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._writable = True

    def data_received(self, data: bytes) -> None:
        if not self._asked:
            self._transport.abort()
            return
        self.touched = True
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(BrokenOff(f"not an answer: {type(error.__context__ or error).__name__}"))
            return
        if not self._headed:
            self._received += len(data)
            if self._received > LARGEST_HEAD:
                self._fail(BrokenOff("no end of headers"))
                return
        self._wake()

    def eof_received(self) -> None:
        self._eof = True

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = self._writable = True
        if self._until_close and self._eof and exc is None:
            self._complete = True
        elif self._error is None:
            self._error = BrokenOff("closed")
        self._wake()
        self.resume_writing()

    def pause_writing(self) -> None:
        self._writable = False

    def resume_writing(self) -> None:
        self._writable = True
        if self._drain is not None and not self._drain.done():
            self._drain.set_result(None)

    # the parser's side

    def on_message_begin(self) -> None:
        if self._complete:
            raise BrokenOff("more than one answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        size = len(name) + len(value)
        self._head_size += size
        if size > LONGEST_FIELD or self._head_size > LARGEST_HEAD:
            raise BrokenOff("header")
        if not self._headed:  # else it is a trailer, which nobody here reads
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status in _INTERIM:
            self._interim = True
            self.headers.clear()
            return
        if not 200 <= status <= 599:
            raise BrokenOff("status")
        bounded = self._framed() or status in NO_BODY
        self.status, self._headed = status, True
        self._keep = bounded and self._parser.should_keep_alive()
        self._until_close = not bounded
        if self._head_only:  # the parser waits for a body that does not come
            self._complete, self._keep, self._until_close = True, False, False

    def _framed(self) -> bool:
        """Whether the headers say where the body ends."""
        found = [(name, value) for name, value in self.headers if name in _FRAMING]
        if len(found) > 1:
            raise BrokenOff("framed twice")
        version = self._parser.get_http_version()
        if version not in ("1.1", "1.0"):
            raise BrokenOff("version")
        for name, value in found:
            if name == b"content-length":
                good = _LENGTH.fullmatch(value) is not None
            else:
                good = value.lower() == b"chunked" and version == "1.1"
            if not good:
                raise BrokenOff("framing")
        return bool(found)

    def on_body(self, body: bytes) -> None:
        if self._head_only:
            raise BrokenOff("a body for HEAD")
        self._pieces.append(body)
        self._held += len(body)
        if self._held > _MOST_HELD and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        if self._interim:
            self._interim = False
        else:
            self._complete = True
