"""Whether a service is worth asking now, and how often it may be asked again. No I/O, no clock of its own.

A failure is: no connection, no answer in time, an answer that is none, and 502, 503 or 504 without Retry-After.
A service that says when to come back is at work; so is one with a 500, which is the fault of one operation and
must not take away the others. What happens after an answer's head is the matter of that answer alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

IN_A_ROW = 5  # failures without an answer between them, none older than WINDOW
WINDOW, ENOUGH, SHARE = 5.0, 20, 0.5
SILENT_WITH, SILENT_AFTER = 16, 1.5  # so many wait, and nothing has come for so long
PAUSE = 1.0

_FAILED = (502, 503, 504)


class Open(Exception):
    """Not now."""


@dataclass(slots=True)
class Attempt:
    """One call, from `ask` until it has been settled once."""

    era: int
    waits: bool
    settled: bool = False


class Breaker:
    """closed → open → half-open, where one probe a second goes through → closed, or open again."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._era = 0  # one more at each change of state: an old call says nothing of the new state
        self._until: float | None = None  # when the next probe may go; None while closed
        self._silent = False
        self._waiting = self._row = 0
        self._heard = self._failed_at = self._began = clock()
        self._close()

    @property
    def closed(self) -> bool:
        return self._until is None

    def ask(self, *, waits: bool = True) -> Attempt:
        """Begins a call. `waits` is False for one that takes time of its own, as an upload does."""
        now = self._clock()
        if self._until is None and self._waiting >= SILENT_WITH and now - self._heard >= SILENT_AFTER:
            self._open(now, silent=True)
        if self._until is not None:
            if now < self._until:
                raise Open
            self._era += 1
            self._until = now + PAUSE
        if waits:
            if not self._waiting:
                self._heard = now
            self._waiting += 1
        return Attempt(self._era, waits)

    def answered(self, attempt: Attempt, status: int, *, retry_after: bool) -> None:
        if status in _FAILED and not retry_after:
            self.failed(attempt)
            return
        if self._settle(attempt):
            self._heard = self._clock()
            self._row = 0
            if self._until is None:
                self._count(good=1)
            elif self._silent or attempt.era == self._era:
                self._close()

    def failed(self, attempt: Attempt) -> None:
        if not self._settle(attempt) or attempt.era != self._era:
            return
        now = self._clock()
        if self._until is not None:
            self._open(now, silent=False)
            return
        self._row = self._row + 1 if now - self._failed_at <= WINDOW else 1
        self._failed_at = now
        good, bad = self._count(bad=1)
        if self._row >= IN_A_ROW or (good + bad >= ENOUGH and bad >= SHARE * (good + bad)):
            self._open(now, silent=False)

    def left(self, attempt: Attempt) -> None:
        """Nobody waited for the end; when it was the probe, the next call is one."""
        if self._settle(attempt) and self._until is not None and attempt.era == self._era:
            self._until = self._clock()

    def _settle(self, attempt: Attempt) -> bool:
        if attempt.settled:
            return False
        attempt.settled = True
        if attempt.waits:
            self._waiting -= 1
        return True

    def _open(self, now: float, *, silent: bool) -> None:
        self._era += 1
        self._until, self._silent = now + PAUSE, silent

    def _close(self) -> None:
        self._era += 1
        self._until, self._silent = None, False
        self._heard = self._failed_at = self._began = self._clock()
        self._row = 0
        self._now, self._before = (0, 0), (0, 0)

    def _count(self, *, good: int = 0, bad: int = 0) -> tuple[int, int]:
        """Those of the last WINDOW seconds or a half more: two halves are kept, not every call."""
        now, half = self._clock(), WINDOW / 2
        if now - self._began >= half:
            self._before = self._now if now - self._began < WINDOW else (0, 0)
            self._now, self._began = (0, 0), now
        self._now = self._now[0] + good, self._now[1] + bad
        return self._now[0] + self._before[0], self._now[1] + self._before[1]


class RetryBudget:
    """One retry for ten calls, at most ten saved up: however bad a storm, it is not made larger by more."""

    CALLS, SAVED = 10, 10

    def __init__(self) -> None:
        self._calls = 0

    def called(self) -> None:
        self._calls = min(self._calls + 1, self.CALLS * self.SAVED)

    def take(self) -> bool:
        if self._calls < self.CALLS:
            return False
        self._calls -= self.CALLS
        return True
