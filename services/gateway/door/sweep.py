"""One look at all that is limited in time, again and again, instead of a timer for each: a request pays for none.

All times are `time.monotonic()`.
"""

import asyncio
import time
from collections.abc import Iterator
from itertools import islice
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

TICK = 0.05


class Watched(Protocol):
    def look(self, now: float) -> None:
        """Ends itself when its time is over by now."""


T = TypeVar("T", bound=Watched)


class Sweep(Generic[T]):
    """Looks at each of its things once in `every` seconds, at a share of them on each tick; idle when empty."""

    def __init__(self, every: float = TICK) -> None:
        self._ticks = max(1, round(every / TICK))
        self._all: dict[T, None] = {}  # who was looked at longest ago comes first
        self._running = False
        self.loop: asyncio.AbstractEventLoop | None = None

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._all))

    def __contains__(self, one: T) -> bool:
        return one in self._all

    def add(self, one: T) -> None:
        self._all[one] = None
        if not self._running:
            self._running = True
            self.loop = asyncio.get_running_loop()
            self.loop.call_later(TICK, self._tick)

    def remove(self, one: T) -> None:
        del self._all[one]

    def _tick(self) -> None:
        self._running = bool(self._all)
        if not self._running:
            return
        asyncio.get_running_loop().call_later(TICK, self._tick)
        now = time.monotonic()
        for one in list(islice(self._all, -(-len(self._all) // self._ticks))):
            if self._ticks > 1:
                del self._all[one]
                self._all[one] = None
            one.look(now)


class Deadline:
    """`asyncio.timeout` for the price of a place in a sweep: late by a tick at most."""

    __slots__ = ("_before", "_ended", "_sweep", "_task", "at")

    def __init__(self, sweep: Sweep[Any], at: float) -> None:
        self._sweep, self.at = sweep, at
        self._ended = False

    def __enter__(self) -> Self:
        task = asyncio.current_task(self._sweep.loop)
        assert task is not None
        self._task, self._before = task, task.cancelling()
        self._sweep.add(self)
        return self

    def look(self, now: float) -> None:
        if now >= self.at:
            self.end()

    def end(self) -> None:
        """Its time is over, whatever the clock says."""
        if not self._ended:
            self._ended = True
            self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._sweep.remove(self)
        if self._ended and self._task.uncancel() <= self._before and kind is asyncio.CancelledError:
            raise TimeoutError from error
