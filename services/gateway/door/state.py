"""What the door knows of the issuer: signing keys, revoked tokens and closed clients, half a second old.

Read with the door's own read-only role. When the last good reading is older than five seconds nobody can
say who has been shut out since, so nobody with a token is let in.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import asyncpg

from services.kit.auth.keys import KeyRing, ring
from services.kit.auth.tokens import ACCESS_ALGORITHM

POLL_EVERY = 0.5
TOO_OLD = 5.0

_KEYS = """
SELECT kid, public_jwk::text AS jwk FROM identity.signing_key
WHERE not_after IS NULL OR not_after > now() ORDER BY kid
"""
_DENIED = "SELECT jti FROM identity.denied_token WHERE expires_at > now()"
_INACTIVE = "SELECT client_id FROM identity.client WHERE NOT active"

_log = logging.getLogger("kakehashi.door")


class State:
    """The last good reading. `keys` is replaced only when the keys have changed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._read_at: float | None = None
        self.keys: KeyRing = {}
        self.denied: frozenset[str] = frozenset()
        self.inactive: frozenset[str] = frozenset()

    def update(self, keys: KeyRing, denied: frozenset[str], inactive: frozenset[str]) -> None:
        self.keys, self.denied, self.inactive = keys, denied, inactive
        self._read_at = self._clock()

    def fresh(self) -> bool:
        """Without any key nothing can be told yet: a new installation's registry has still to publish its own."""
        return bool(self.keys) and self._read_at is not None and self._clock() - self._read_at <= TOO_OLD


class StateSource(Protocol):
    """Keeps a State up to date from start to stop."""

    state: State

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class Poller:
    """The StateSource of a running door: Postgres, asked again and again."""

    def __init__(self, database_url: str) -> None:
        self.state = State()
        self._url = database_url
        self._connection: asyncpg.Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._known: list[tuple[str, str]] = []

    async def start(self) -> None:
        self._task = asyncio.create_task(self._poll())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self._hang_up()

    async def _poll(self) -> None:
        failing = False
        while True:
            try:
                await asyncio.wait_for(self._read(), TOO_OLD / 2)
                failing = False
            except Exception as error:  # whatever it is: the poll goes on, and an old reading shuts the door
                if not failing:
                    _log.warning("identity cannot be read: %s", type(error).__name__)
                failing = True
                self._hang_up()
            await asyncio.sleep(POLL_EVERY)

    async def _read(self) -> None:
        if self._connection is None:
            self._connection = await asyncpg.connect(self._url, timeout=2)
        keys = await self._connection.fetch(_KEYS)
        denied = await self._connection.fetch(_DENIED)
        inactive = await self._connection.fetch(_INACTIVE)
        self.state.update(
            self._ring([(row["kid"], row["jwk"]) for row in keys]),
            frozenset(row["jti"] for row in denied),
            frozenset(row["client_id"] for row in inactive),
        )

    def _hang_up(self) -> None:
        """The next reading dials anew: a connection that failed once is not asked again."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    def _ring(self, rows: list[tuple[str, str]]) -> KeyRing:
        if rows == self._known:
            return self.state.keys
        keys = ring(({**json.loads(jwk), "kid": kid} for kid, jwk in rows), ACCESS_ALGORITHM)
        self._known = rows
        return keys
