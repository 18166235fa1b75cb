"""Files in Postgres: 1 MiB chunks and a SHA-256, in the schema of the service that keeps them.

Streams hold no transaction: each chunk is written and read in a short one of its own. A blob without its
SHA-256 is an upload that never ended.
"""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import text

from services.kit.auth.scope import Scope
from services.kit.db.session import Database, WriteSession
from services.kit.errors import LARGE
from services.kit.ids import uuid7

CHUNK = 1024 * 1024
_FORGOTTEN = 5


class BlobSettings(BaseSettings):
    """`KAKEHASHI_IMPORT_DAYS`: for how long after its arrival the file of an import is kept."""

    model_config = SettingsConfigDict(env_prefix="KAKEHASHI_", extra="ignore")

    import_days: int = 400


@dataclass(frozen=True, slots=True)
class Blob:
    id: UUID
    media_type: str
    file_name: str
    size: int
    sha256: bytes


async def pieces(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces of exactly one chunk, but for the last."""
    held = bytearray()
    async for part in stream:
        held += part
        while len(held) >= CHUNK:
            yield bytes(held[:CHUNK])
            del held[:CHUNK]
    if held:
        yield bytes(held)


@dataclass(frozen=True, slots=True)
class Blobs:
    """The files of one schema, as one caller sees them."""

    database: Database
    schema: str
    scope: Scope

    async def stage(self, stream: AsyncIterator[bytes], media_type: str, file_name: str, limit: int) -> Blob:
        """Keep a stream as it comes; LARGE beyond `limit`. What a failed stream left is removed."""
        identity = uuid7()
        async with self.database.writing(self.scope) as session:
            await _open(session, self.schema, identity, media_type, file_name)
        try:
            return await self._fill(identity, stream, media_type, file_name, limit)
        except BaseException:
            await self.discard(identity)
            raise

    async def _fill(
        self, identity: UUID, stream: AsyncIterator[bytes], media_type: str, file_name: str, limit: int
    ) -> Blob:
        digest, size, ordinal = hashlib.sha256(), 0, 0
        async for piece in pieces(stream):
            size += len(piece)
            if size > limit:
                raise LARGE()
            digest.update(piece)
            async with self.database.writing(self.scope) as session:
                await _chunk(session, self.schema, identity, ordinal, piece)
            ordinal += 1
        made = Blob(identity, media_type, file_name, size, digest.digest())
        async with self.database.writing(self.scope) as session:
            await _seal(session, self.schema, made)
        return made

    async def discard(self, identity: UUID) -> None:
        async with self.database.writing(self.scope) as session:
            for table, column in (("blob_chunk", "blob_id"), ("blob", "id")):
                await session.execute(
                    text(f"DELETE FROM {self.schema}.{table} WHERE {column} = :id"), {"id": identity}
                )

    async def read(self, identity: UUID) -> AsyncIterator[bytes]:
        ordinal = 0
        while True:
            async with self.database.reading(self.scope) as session:
                row = await session.row(
                    f"SELECT content FROM {self.schema}.blob_chunk WHERE blob_id = $1 AND ordinal = $2",
                    identity,
                    ordinal,
                )
            if row is None:
                return
            yield row["content"]
            ordinal += 1

    async def fetch(self, identity: UUID, path: Path) -> None:
        """Write a blob to a file, for readers that need to seek."""
        with path.open("wb") as file:
            async for piece in self.read(identity):
                file.write(piece)

    async def sweep(self) -> None:
        """Remove uploads that ended a day ago without their last byte, old answers, and the files of old imports."""
        async with self.database.writing(self.scope) as session:
            stale = f"SELECT id FROM {self.schema}.blob WHERE sha256 = '' AND created_at < now() - interval '1 day'"
            await session.execute(text(f"DELETE FROM {self.schema}.blob_chunk WHERE blob_id IN ({stale})"))
            await session.execute(text(f"DELETE FROM {self.schema}.blob WHERE id IN ({stale})"))
            # the worker has none of its own: the policy names those that are old
            await session.execute(text(f"DELETE FROM {self.schema}.idempotency"))
        days = BlobSettings().import_days
        while await self._forget(days):
            pass

    async def _forget(self, days: int) -> int:
        """The bytes of a few files whose import ended and arrived so long ago; how many those are.

        The row of a source stays: its size and its SHA-256 are what the receipt says.
        """
        async with self.database.writing(self.scope) as session:
            found = await session.scalar(
                text(_FORGET.format(s=self.schema)), {"days": days, "most": _FORGOTTEN}
            )
        return int(found or 0)


_FORGET = """
WITH old AS (
    SELECT i.id, i.source_id, i.marked_id FROM {s}.import AS i JOIN {s}.operation AS o ON o.id = i.id
    WHERE i.arrived_at < platform.now() - make_interval(days => :days)
        AND o.state IN ('succeeded', 'failed', 'cancelled')
        AND (i.marked_id IS NOT NULL OR EXISTS (SELECT FROM {s}.blob_chunk AS c WHERE c.blob_id = i.source_id))
    ORDER BY i.id LIMIT :most
), bytes AS (
    DELETE FROM {s}.blob_chunk AS c USING old WHERE c.blob_id IN (old.source_id, old.marked_id)
), marks AS (
    UPDATE {s}.import AS i SET marked_id = NULL FROM old WHERE i.id = old.id
), marked AS (
    DELETE FROM {s}.blob AS b USING old WHERE b.id = old.marked_id
)
SELECT count(*) FROM old
"""


async def put(session: WriteSession, schema: str, path: Path, media_type: str, file_name: str) -> UUID:
    """Keep a file inside the caller's transaction, so that it stands or falls with what it tells of."""
    identity = uuid7()
    await _open(session, schema, identity, media_type, file_name)
    digest, size, ordinal = hashlib.sha256(), 0, 0
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
            size += len(piece)
            await _chunk(session, schema, identity, ordinal, piece)
            ordinal += 1
    await _seal(session, schema, Blob(identity, media_type, file_name, size, digest.digest()))
    return identity


async def _open(session: WriteSession, schema: str, identity: UUID, media_type: str, file_name: str) -> None:
    await session.execute(
        text(
            f"INSERT INTO {schema}.blob (id, caller, media_type, file_name, size, sha256) "
            "VALUES (:id, :caller, :media_type, :file_name, 0, '')"
        ),
        {
            "id": identity,
            "caller": session.scope.caller_key,
            "media_type": media_type,
            "file_name": file_name,
        },
    )


async def _chunk(session: WriteSession, schema: str, identity: UUID, ordinal: int, content: bytes) -> None:
    await session.execute(
        text(f"INSERT INTO {schema}.blob_chunk (blob_id, ordinal, content) VALUES (:id, :ordinal, :content)"),
        {"id": identity, "ordinal": ordinal, "content": content},
    )


async def _seal(session: WriteSession, schema: str, blob: Blob) -> None:
    await session.execute(
        text(f"UPDATE {schema}.blob SET size = :size, sha256 = :sha256 WHERE id = :id"),
        {"id": blob.id, "size": blob.size, "sha256": blob.sha256},
    )
