"""All lines into the door: how many there may be, which of them are too slow, and whether more are taken."""

import asyncio
import resource
from collections import Counter
from typing import Protocol

from services.gateway.door.limits import place
from services.gateway.door.settings import Settings
from services.gateway.door.sweep import Sweep, Watched

LINES = "kakehashi.lines"  # where the server's state holds them
_SWEEP = 0.5
_OTHER_FILES = 200  # of the process, beside its lines and its services' connections


class Line(Watched, Protocol):
    def drain(self) -> None:
        """Ends itself after the answer that is being given."""


class Lines:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.draining = False
        shortest = min(settings.header_timeout, settings.slow_window, settings.keep_alive)
        self._all: Sweep[Line] = Sweep(min(_SWEEP, shortest / 4))
        self._places: Counter[str] = Counter()
        self._most = settings.connections

    def start(self) -> None:
        self._most = _open_files(self.settings)

    async def drain(self) -> None:
        """Time for whoever sends requests here to see that they should go elsewhere."""
        self.draining = True
        for line in self._all:
            line.drain()
        await asyncio.sleep(self.settings.drain_pause)

    def __len__(self) -> int:
        return len(self._all)

    def add(self, line: Line, address: str) -> bool:
        """False when there is no room; a line that was let in is removed once."""
        where = place(address)
        if len(self._all) >= self._most or self._places[where] >= self.settings.connections_per_address:
            return False
        self._all.add(line)
        self._places[where] += 1
        return True

    def remove(self, line: Line, address: str) -> None:
        if line in self._all:
            self._all.remove(line)
            where = place(address)
            self._places[where] -= 1
            if not self._places[where]:
                del self._places[where]


def _open_files(settings: Settings) -> int:
    """How many lines there is room for, each being an open file: the process takes what it is allowed."""
    others = _OTHER_FILES + 4 * settings.connections_per_service
    now, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.connections + others
    if allowed != resource.RLIM_INFINITY:
        wanted = min(wanted, allowed)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, allowed))
    return max(1, min(settings.connections, wanted - others))
