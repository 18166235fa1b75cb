"""The caller's side of an exchange: its body as it arrives, and whether it is still there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from services.gateway.door.asgi import Receive
from services.gateway.door.problems import Refused

_LOOK_AFTER = 1.0  # seconds; most answers are given before anybody need ask whether the caller has left


class CallerGone(Exception):
    """Nobody is left to answer."""


class BodyRefused(OSError):
    """Ends the upload inside the HTTP client, which wraps it; `Body.refusal` keeps the reason."""


class Body:
    """Counts what arrives and how long it takes. `finished` from the start when there is no body."""

    def __init__(self, receive: Receive, limit: int, idle_timeout: float, *, expected: bool) -> None:
        self._receive, self._limit, self._idle_timeout = receive, limit, idle_timeout
        self._size = 0
        self.finished = not expected
        self.refusal: Refused | None = None

    async def open(self) -> bytes | AsyncIterator[bytes]:
        """The body itself when it is all here already, else its pieces."""
        first = await self._next()
        return first if self.finished else self._pieces(first)

    async def _pieces(self, first: bytes) -> AsyncIterator[bytes]:
        if first:
            yield first
        while not self.finished:
            piece = await self._next()
            if piece:
                yield piece

    async def _next(self) -> bytes:
        try:
            async with asyncio.timeout(self._idle_timeout):
                message = await self._receive()
        except TimeoutError as error:
            raise self._refuse("request_timeout") from error
        if message["type"] == "http.disconnect":
            raise CallerGone
        piece: bytes = message.get("body", b"")
        self._size += len(piece)
        if self._size > self._limit:
            raise self._refuse("content_too_large")
        self.finished = not message.get("more_body", False)
        return piece

    def _refuse(self, code: str) -> BodyRefused:
        self.refusal = Refused(code)
        return BodyRefused(code)


class Watch:
    """Ends a long exchange when its caller has gone, through the exchange's own time limit.

    Only one may read from the caller at a time, so it waits until the body is in.
    """

    def __init__(self, receive: Receive, body: Body, timer: asyncio.Timeout) -> None:
        self._receive, self._body, self._timer = receive, body, timer
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        self._later = self._loop.call_later(_LOOK_AFTER, self._look)

    async def __aexit__(self, *_: object) -> None:
        self._later.cancel()
        if self._task is not None:
            self._task.cancel()

    def _look(self) -> None:
        if self._body.finished:
            self._task = self._loop.create_task(self._wait())
        else:
            self._later = self._loop.call_later(_LOOK_AFTER, self._look)

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        with suppress(RuntimeError):  # the time limit is just ending by itself
            self._timer.reschedule(self._loop.time())
