"""Kept connections to one service, at most so many at once (ADR 0013: why not a library's).

A connection is used again only when both messages of its last exchange ended where they said they would.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

from services.gateway.door.asgi import Headers, head_of
from services.gateway.door.connection import BrokenOff, Connection

CONNECT_TIMEOUT = 3.0
IDLE = 4.0  # seconds; the service closes an idle connection itself after 5 (uvicorn), so it must not be used then
_SAFE = ("GET", "HEAD")


class NotConnected(ConnectionError):
    """Nobody answers at the service's address: nothing has been sent."""


class Pool:
    """`address` is `unix:/path/to/socket` or `http(s)://host:port`; `name` stands for a socket's Host."""

    def __init__(self, name: str, address: str, connections: int) -> None:
        self._dial, host = _dialler(name, address)
        self._host = host.encode("ascii")
        self._free = asyncio.Semaphore(connections)
        self._idle: list[Connection] = []  # the longest unused comes first
        self._sweep: asyncio.TimerHandle | None = None

    async def ask(
        self,
        method: str,
        target: str,
        headers: Headers,
        body: bytes | AsyncIterator[bytes] = b"",
        length: int | None = None,
        again: Callable[[], bool] = lambda: True,
    ) -> "Answer":
        """Returns with the head of the answer, whose body is still to be read; then `close` it.

        `length` is what a body in pieces says it has. `again` allows or forbids to send a request that found a
        dead connection once more, and may set its headers anew for that. Raises NotConnected, BrokenOff, or what
        `body` raises.
        """
        whole = body if isinstance(body, bytes) else None
        if whole is not None:
            length = len(whole)
        head = _head(method, target, self._host, headers, length)
        request, pieces = (head + body, None) if isinstance(body, bytes) else (head, body)
        await self._free.acquire()
        try:
            connection = self._kept()
            if connection is not None:
                try:
                    return await self._exchange(connection, method, request, pieces, length)
                except BrokenOff:
                    # The service may have closed it while the request was on its way (RFC 9112 §9.3.1).
                    harmless = method in _SAFE or any(name == b"idempotency-key" for name, _ in headers)
                    if connection.touched or pieces is not None or not harmless or not again():
                        raise
                    self.close()
                    request = _head(method, target, self._host, headers, length) + (whole or b"")
            connection = await self._connect()
            return await self._exchange(connection, method, request, pieces, length)
        except BaseException:
            self._free.release()
            raise

    def close(self) -> None:
        """Ends what is idle; exchanges end by themselves."""
        for connection in self._idle:
            connection.abort()
        self._idle.clear()
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None

    async def _exchange(
        self,
        connection: Connection,
        method: str,
        request: bytes,
        pieces: AsyncIterator[bytes] | None,
        length: int | None,
    ) -> "Answer":
        try:
            await connection.ask(method, request, pieces, length)
        except BaseException:
            connection.abort()
            raise
        return Answer(connection, self._give_back)

    async def _connect(self) -> Connection:
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                return await self._dial()
        except OSError as error:
            raise NotConnected(type(error).__name__) from error

    def _kept(self) -> Connection | None:
        oldest = time.monotonic() - IDLE
        while self._idle:
            connection = self._idle.pop()
            if connection.reusable and connection.idle_since > oldest:
                return connection
            connection.abort()
        return None

    def _give_back(self, connection: Connection) -> None:
        if connection.reusable and connection.ended:
            connection.rest()
            connection.idle_since = time.monotonic()
            self._idle.append(connection)
            if self._sweep is None:
                self._sweep = asyncio.get_running_loop().call_later(IDLE, self._close_old)
        else:
            connection.abort()
        self._free.release()

    def _close_old(self) -> None:
        now = time.monotonic()
        while self._idle and self._idle[0].idle_since + IDLE <= now:
            self._idle.pop(0).abort()
        self._sweep = None
        if self._idle:
            later = self._idle[0].idle_since + IDLE - now
            self._sweep = asyncio.get_running_loop().call_later(later, self._close_old)


class Answer:
    """An answer whose head is there. Whoever has it closes it, read or not."""

    __slots__ = ("_connection", "_give_back", "headers", "status")

    def __init__(self, connection: Connection, give_back: Callable[[Connection], None]) -> None:
        self._connection, self._give_back = connection, give_back
        self.status, self.headers = connection.status, connection.headers

    @property
    def ended(self) -> bool:
        return self._connection.ended

    async def read(self) -> bytes:
        """What has come since; empty only at the end. Raises BrokenOff, or what the request's body raised."""
        return await self._connection.read()

    def here(self) -> bytes:
        """What has come since, without waiting; it may be nothing."""
        return self._connection.here()

    def close(self) -> None:
        self._give_back(self._connection)


def _head(method: str, target: str, host: bytes, headers: Headers, length: int | None) -> bytes:
    framing = []
    if length is None:
        framing = [(b"transfer-encoding", b"chunked")]
    elif length or method not in _SAFE:
        framing = [(b"content-length", b"%d" % length)]
    first = f"{method} {target} HTTP/1.1".encode("ascii")
    return head_of(first, [(b"host", host), *headers, *framing])


def _dialler(name: str, address: str) -> tuple[Callable[[], Awaitable[Connection]], str]:
    """How to connect there, and the Host to name."""
    if address.startswith("unix:"):
        path = address.removeprefix("unix:")

        async def dial() -> Connection:
            loop = asyncio.get_running_loop()
            return (await loop.create_unix_connection(Connection, path))[1]

        return dial, name
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError(f"{address}: neither unix:/path nor http(s)://host:port")
    context = ssl.create_default_context() if parts.scheme == "https" else None
    host, port = parts.hostname, parts.port or (443 if context else 80)

    async def dial_host() -> Connection:
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(Connection, host, port, ssl=context))[1]

    return dial_host, parts.netloc
