"""What the door knows of the issuer: signing keys, revoked tokens and changes of rights, half a second old.

Read with the door's own read-only role. When the last good reading is older than five seconds nobody can
say who has been shut out since, so nobody with a token is let in.
"""

import asyncio
import json
import logging
import math
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Protocol

import asyncpg

from services.kit.auth.keys import KeyRing, ring
from services.kit.auth.tokens import ACCESS_ALGORITHM, ACCESS_LIFETIME, AccessToken

POLL_EVERY = 0.5
TOO_OLD = 5.0
# a token from before a change has ended by then, and the change may be forgotten
REMEMBERED = ACCESS_LIFETIME + 60.0

_KEYS = """
SELECT kid, public_jwk::text AS jwk FROM identity.signing_key
WHERE not_after IS NULL OR not_after > now() ORDER BY kid
"""
# Denied are tokens by their jti, and ended keys of saved queries for as long as a token of theirs can live.
_DENIED = f"""
SELECT jti FROM identity.denied_token WHERE expires_at > now()
UNION ALL SELECT id::text FROM identity.query_key
WHERE valid_to <= now() AND valid_to > now() - make_interval(secs => {REMEMBERED})
"""
# Those that have been committed since the last reading, however long ago they were written. The first
# reading takes those of a day: no change takes longer to be committed.
_SNAPSHOT = "SELECT pg_current_snapshot()::text"
_FIRST = "SELECT subject, version FROM identity.rights_change WHERE at > now() - interval '1 day'"
_CHANGED = """
SELECT subject, version FROM identity.rights_change
WHERE xid >= pg_snapshot_xmin($1::text::pg_snapshot)
  AND NOT pg_visible_in_snapshot(xid, $1::text::pg_snapshot)
"""

_log = logging.getLogger("kakehashi.door")


class State:
    """The last good reading. `keys` is replaced only when the keys have changed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._read_at: float | None = None
        self.keys: KeyRing = {}
        self.denied: frozenset[str] = frozenset()
        self._changed: dict[str, tuple[int, float]] = {}

    def update(self, keys: KeyRing, denied: frozenset[str], changed: Mapping[str, int]) -> None:
        """`changed`: clients and people whose rights have changed since the last reading, with their versions."""
        now = self._clock()
        kept = {subject: one for subject, one in self._changed.items() if now - one[1] <= REMEMBERED}
        self._changed = kept | {subject: (version, now) for subject, version in changed.items()}
        self.keys, self.denied, self._read_at = keys, denied, now

    def withdrawn(self, token: AccessToken) -> bool:
        """Revoked, or issued under rights that are no more."""
        if token.jti in self.denied:
            return True
        if not self._changed:
            return False
        client, _ = self._changed.get(token.client, (0, 0.0))
        person, _ = self._changed.get(str(token.person), (0, 0.0)) if token.person else (0, 0.0)
        return token.client_version < client or token.person_version < person

    def age(self) -> float:
        """Seconds since the last good reading; endless before the first."""
        return math.inf if self._read_at is None else self._clock() - self._read_at

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
        self._snapshot: str | None = None

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
                # not wait_for: one that is cancelled just as it ends goes on (CPython 3.11), and stop would wait for ever
                async with asyncio.timeout(TOO_OLD / 2):
                    await self._read()
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
        # before the changes: what is committed in between is read twice rather than never
        snapshot = await self._connection.fetchval(_SNAPSHOT)
        keys = await self._connection.fetch(_KEYS)
        denied = await self._connection.fetch(_DENIED)
        since = (_FIRST,) if self._snapshot is None else (_CHANGED, self._snapshot)
        changed = await self._connection.fetch(*since)
        self.state.update(
            self._ring([(row["kid"], row["jwk"]) for row in keys]),
            frozenset(row["jti"] for row in denied),
            {row["subject"]: row["version"] for row in changed},
        )
        self._snapshot = snapshot

    def _hang_up(self) -> None:
        """The next reading dials anew, and reads all: another server may give the same numbers to other changes."""
        self._snapshot = None
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    def _ring(self, rows: list[tuple[str, str]]) -> KeyRing:
        if rows == self._known:
            return self.state.keys
        keys = ring(({**json.loads(jwk), "kid": kid} for kid, jwk in rows), ACCESS_ALGORITHM)
        self._known = rows
        return keys
