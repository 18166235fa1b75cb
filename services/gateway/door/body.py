"""The caller's side of an exchange: its body as it arrives, and whether it is still there."""

import asyncio
import time
from collections.abc import AsyncIterator

from services.gateway.door.asgi import Caller
from services.gateway.door.limits import Pace
from services.gateway.door.problems import Refused
from services.gateway.door.sweep import Deadline, Sweep

_LOOK_AFTER = 1.0  # seconds; most answers are given before anybody need ask whether the caller has left


class CallerGone(Exception):
    """Nobody is left to answer."""


class BodyRefused(OSError):
    """Ends the upload inside the HTTP client, which wraps it; `Body.refusal` keeps the reason."""


class Body:
    """Counts what arrives and how long that takes. `finished` from the start when there is no body.

    A `pace` is given to an upload, whose pieces pass on as they come; any other body must be whole within
    `seconds`, and no service is asked before it is.
    """

    def __init__(
        self,
        caller: Caller,
        sweep: Sweep[Deadline],
        limit: int,
        seconds: float,
        pace: Pace | None = None,
        *,
        expected: bool,
    ) -> None:
        self.receive, self._whole, self._sweep = caller.receive, caller.wire.whole, sweep
        self._limit, self._seconds, self._pace = limit, seconds, pace
        self._size = 0
        self.finished = not expected
        self.refusal: Refused | None = None

    def here(self) -> bytes | None:
        """All of it, when it came with its head."""
        body = self._whole()
        return None if body is None else self._counted(body, more=False)

    async def open(self) -> bytes | AsyncIterator[bytes]:
        """The body itself, or the pieces of an upload that is not all here yet."""
        ends = time.monotonic() + self._seconds
        pieces = [await self._next(ends)]
        if self._pace is not None and not self.finished:
            return self._pieces(pieces[0], self._pace)
        while not self.finished:
            pieces.append(await self._next(ends))
        return b"".join(pieces)

    async def _pieces(self, first: bytes, pace: Pace) -> AsyncIterator[bytes]:
        now = time.monotonic
        if first:
            yield first
        while not self.finished:
            asked = now()
            piece = await self._next(asked + pace.left())
            pace.note(now() - asked, len(piece))
            if piece:
                yield piece

    async def _next(self, ends: float) -> bytes:
        try:
            with Deadline(self._sweep, ends):
                message = await self.receive()
        except TimeoutError as error:
            raise self._refuse("request_timeout") from error
        if message["type"] == "http.disconnect":
            raise CallerGone
        return self._counted(message.get("body", b""), more=message.get("more_body", False))

    def _counted(self, piece: bytes, *, more: bool) -> bytes:
        self._size += len(piece)
        if self._size > self._limit:
            raise self._refuse("content_too_large")
        self.finished = not more
        return piece

    def _refuse(self, code: str) -> BodyRefused:
        self.refusal = Refused(code)
        return BodyRefused(code)


class Waiting(Deadline):
    """The time limit of an exchange; a long one ends too when its caller has gone.

    Only one may read from the caller at a time, so it looks for that when the body is in.
    """

    __slots__ = ("_body", "_look_at", "_watch", "gone")

    def __init__(self, sweep: Sweep[Deadline], at: float, body: Body) -> None:
        super().__init__(sweep, at)
        self._body, self._look_at = body, time.monotonic() + _LOOK_AFTER
        self._watch: asyncio.Task[None] | None = None
        self.gone = False

    def look(self, now: float) -> None:
        super().look(now)
        if self._watch is None and now >= self._look_at and self._body.finished:
            self._watch = asyncio.get_running_loop().create_task(self._leaving())

    async def _leaving(self) -> None:
        while (await self._body.receive())["type"] != "http.disconnect":
            pass
        self.gone = True
        self.end()

    def leave(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
