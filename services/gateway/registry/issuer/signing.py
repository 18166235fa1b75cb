"""The key that tokens are signed with, read from files that may change while the process runs.

Whoever holds a key file, as the current or as the next one, renews a lease on its publication. So the public key
of a retired one stays until every token that it signed has ended, in however many processes and folders, and the
next one is known everywhere long before it signs.
"""

import asyncio
import json
import logging
import time
from pathlib import Path

from services.gateway.registry.issuer.repository import ISSUER, Identity
from services.keys import CURRENT, NEXT
from services.kit.auth.keys import Key, public_jwk, read_key
from services.kit.auth.tokens import ACCESS_ALGORITHM, ACCESS_LIFETIME
from services.kit.db.session import Database

LEASE = ACCESS_LIFETIME + 60
RENEW_EVERY, LOOK_EVERY = 10.0, 1.0
# A door whose reading is older than 5 s lets nobody in: after this every door that does knows the key.
SETTLED = 6.0

_log = logging.getLogger("kakehashi.issuer")


class SigningKeys:
    def __init__(self, folder: Path, database: Database) -> None:
        self._files = [folder / f"{name}.jwk" for name in (CURRENT, NEXT)]
        self._database = database
        self._contents: list[bytes] = []
        self._held: list[Key] = []
        self._signing: Key | None = None
        self._renew_at = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def key(self) -> Key:
        if self._signing is None:
            raise RuntimeError("the keys were not started")
        return self._signing

    async def start(self) -> None:
        """Let everybody know the public halves before the first token is signed."""
        self._read()
        await self._publish()
        self._task = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                self._read()
            except (OSError, ValueError) as error:  # those read before are still held, and renewed
                _log.warning("the issuer's key files cannot be read: %s", type(error).__name__)
            try:
                await self._publish()
            except Exception as error:  # whatever it is: the next look may do better
                _log.warning("the issuer's keys cannot be published: %s", type(error).__name__)

    def _read(self) -> None:
        contents = [file.read_bytes() for file in self._files if file == self._files[0] or file.exists()]
        if contents != self._contents:
            self._held = [
                read_key(json.loads(one), ACCESS_ALGORITHM, private=True) for one in dict.fromkeys(contents)
            ]
            self._contents, self._renew_at = contents, 0.0

    async def _publish(self) -> None:
        if time.monotonic() < self._renew_at and self._signing is self._held[0]:
            return
        keys = {str(key.kid): key for key in (self._signing, *self._held) if key is not None}
        async with self._database.writing(ISSUER) as session:
            ages = await Identity(session).publish([public_jwk(keys[kid]) for kid in sorted(keys)], LEASE)
        self._renew_at = time.monotonic() + RENEW_EVERY
        current = self._held[0]
        if self._signing is None or ages[str(current.kid)] >= SETTLED:
            self._signing = current
