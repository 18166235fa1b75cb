"""Sealing the audit: entries become leaves of a Merkle tree (RFC 6962), and a signed checkpoint says how far it
grew.

A worker seals what no running transaction can precede any more, in the order (xid, id). Leaves and checkpoint are
one transaction, and only one worker seals at a time. A checkpoint is a signed note (C2SP: tlog-checkpoint,
signed-note), so that it can be filed outside; whoever holds one finds every later change of what lies before it.
"""

import asyncio
import base64
import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, cast

import rfc8785
from pymerkle import BaseMerkleTree
from sqlalchemy import ColumnElement, func, text
from sqlalchemy.sql.elements import SQLCoreOperations

from services.kit import log
from services.kit.auth.keys import Key, public_jwk
from services.kit.db.session import Database, WriteSession
from services.kit.operations import worker_scope

BATCH = 2000
HASH_BYTES = 32
_TEXT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
_ESCAPED = _TEXT.replace(":", "\\:")  # a colon begins a bind in text()
_ED25519 = b"\x01"  # the algorithm's byte in a signed note

_ENTRIES = f"""
SELECT e.id::text, to_char(e.at AT TIME ZONE 'UTC', '{_ESCAPED}') AS at, e.xid::text AS audit_transaction, e.client,
    e.person_id::text, e.role, e.organisation_id::text, e.request_id, e.action, e.resource, e.resource_id::text,
    e.from_state, e.to_state, e.before::text, e.after::text, e.subjects::text[]
FROM {{schema}}.audit_entry AS e
WHERE ((e.xid >= CAST(CAST(:since AS text) AS xid8) AND e.xid < pg_snapshot_xmin(pg_current_snapshot()))
    -- from another cluster, where numbers had gone further: all of that has long ended
    OR e.xid >= pg_snapshot_xmax(pg_current_snapshot()))
AND NOT EXISTS (SELECT FROM {{schema}}.audit_leaf AS l WHERE l.entry_id = e.id)
ORDER BY e.xid, e.id LIMIT :batch
"""
_NOW = f"SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', '{_ESCAPED}')"
_SEAL = """
WITH leaves AS (
    INSERT INTO {schema}.audit_leaf (position, entry_id, hash)
    SELECT :size + n - 1, id, hash
    FROM unnest(CAST(:ids AS uuid[]), CAST(:hashes AS bytea[])) WITH ORDINALITY AS l (id, hash, n)
)
INSERT INTO {schema}.audit_checkpoint (tree_size, root_hash, sealed_at, signed_note, verifier_key)
VALUES (:grown, :root, CAST(:sealed_at AS text)::timestamptz, :note, :key)
"""


class Broken(Exception):
    """The stored tree is not the one that was signed: nothing more is sealed over it."""


def instant_text(column: SQLCoreOperations[Any]) -> ColumnElement[Any]:
    """An instant as its leaf has it: UTC, to the microsecond, always of the same length."""
    return func.to_char(func.timezone("UTC", column), _TEXT)


class Leaves(BaseMerkleTree):  # type: ignore[misc]
    """pymerkle's tree over hashes alone, in 32 bytes a leaf."""

    def __init__(self) -> None:
        super().__init__("sha256")
        self.hashes = bytearray()

    def take(self, hashes: Iterable[bytes]) -> None:
        """Leaves whose entries were hashed before."""
        for one in hashes:
            self.hashes += one

    def _encode_entry(self, data: bytes) -> bytes:
        return data

    def _store_leaf(self, data: bytes, digest: bytes) -> int:
        self.hashes += digest
        return self._get_size()

    def _get_leaf(self, index: int) -> bytes:
        return bytes(self.hashes[(index - 1) * HASH_BYTES : index * HASH_BYTES])

    def _get_leaves(self, offset: int, width: int) -> list[bytes]:
        return [self._get_leaf(index + 1) for index in range(offset, offset + width)]

    def _get_size(self) -> int:
        return len(self.hashes) // HASH_BYTES


class Signer:
    """Signs checkpoints in the name of one log, `kakehashi/<service>`."""

    def __init__(self, service: str, key: Key) -> None:
        self.origin = f"kakehashi/{service}"
        self._key = cast(Any, key.get_op_key("sign"))
        public = _ED25519 + base64.urlsafe_b64decode(public_jwk(key)["x"] + "=")
        self._id = hashlib.sha256(self.origin.encode() + b"\n" + public).digest()[:4]
        self.verifier_key = f"{self.origin}+{self._id.hex()}+{base64.b64encode(public).decode()}"

    def note(self, size: int, root: bytes, sealed_at: str, previous: int) -> str:
        """Beyond what every checkpoint says: when it was sealed, and the size of the one before it."""
        said = f"{self.origin}\n{size}\n{base64.b64encode(root).decode()}\n{sealed_at}\n{previous}\n"
        signature = base64.b64encode(self._id + self._key.sign(said.encode())).decode()
        return f"{said}\n— {self.origin} {signature}\n"


class Sealer:
    """Of one schema. It keeps the hashes of its leaves, and reads what another worker has sealed meanwhile."""

    def __init__(self, database: Database, schema: str, signer: Signer) -> None:
        self._database, self._schema, self._signer = database, schema, signer
        self._tree = Leaves()
        self._since = "0"

    async def run(self, seconds: float) -> None:
        """Until it is cancelled; what goes wrong is logged, and tried again at the next turn."""
        while True:
            try:
                while await self.seal():
                    pass
            except Exception:
                log.log.exception("sealing_failed", schema=self._schema)
            await asyncio.sleep(seconds)

    async def seal(self) -> bool:
        """One checkpoint over what is new; whether there may be more."""
        try:
            async with self._database.writing(worker_scope(self._schema)) as session:
                return await self._seal(session)
        except BaseException:
            # it may hold leaves that were not stored, and stand past entries that were not sealed
            self._tree, self._since = Leaves(), "0"
            raise

    async def _seal(self, session: WriteSession) -> bool:
        lock = {"name": f"{self._schema}.audit_checkpoint"}
        if not await session.scalar(
            text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))"), lock
        ):
            return False
        await self._catch_up(session)
        # the oldest that may still come: read before the entries, so that none is passed over next time
        since = await session.scalar(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text"))
        asked = text(_ENTRIES.format(schema=self._schema))
        found = (await session.execute(asked, {"since": self._since, "batch": BATCH})).mappings().all()
        if found:
            await self._store(session, found)
        if len(found) < BATCH:
            self._since = since
        return len(found) == BATCH

    async def _catch_up(self, session: WriteSession) -> None:
        size = self._tree.get_size()
        leaves = await session.execute(
            text(f"SELECT position, hash FROM {self._schema}.audit_leaf WHERE position >= :size ORDER BY 1"),
            {"size": size},
        )
        for place, leaf in enumerate(leaves, start=size):
            if leaf.position != place or len(leaf.hash) != HASH_BYTES:
                raise Broken(f"no leaf {place}")
            self._tree.take([leaf.hash])
        newest = await session.execute(
            text(f"SELECT tree_size, root_hash FROM {self._schema}.audit_checkpoint ORDER BY 1 DESC LIMIT 1")
        )
        sealed = newest.one_or_none()
        held = self._tree.get_size()
        if (sealed.tree_size if sealed else 0) != held or (
            sealed and sealed.root_hash != self._tree.get_root()
        ):
            raise Broken(f"{held} leaves are not those of the newest checkpoint")

    async def _store(self, session: WriteSession, found: Sequence[Any]) -> None:
        size = self._tree.get_size()
        for one in found:
            self._tree.append_entry(rfc8785.dumps(dict(one)))
        grown = self._tree.get_size()
        root: bytes = self._tree.get_root()
        sealed_at = str(await session.scalar(text(_NOW)))
        await session.execute(
            text(_SEAL.format(schema=self._schema)),
            {
                "size": size,
                "ids": [one["id"] for one in found],
                "hashes": self._tree._get_leaves(size, grown - size),
                "grown": grown,
                "root": root,
                "sealed_at": sealed_at,
                "note": self._signer.note(grown, root, sealed_at, size),
                "key": self._signer.verifier_key,
            },
        )
