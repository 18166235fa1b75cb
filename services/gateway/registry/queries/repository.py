"""Keys of saved queries: made, ended with the overlap, revoked. All in the name of their owner."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from services.kit.db.session import WriteSession

KEY_BYTES = 32

_LOCKED = "SELECT id FROM identity.saved_query WHERE id = :query FOR UPDATE"
# After the lock, so that of two commands the later one has the later instant, whichever began first.
_NOW = "SELECT clock_timestamp()"
# The newest good key stays for the overlap, and is given no more time than it had; any other ends.
_NEWEST = """
SELECT id, turn FROM identity.query_key WHERE saved_query = :query AND valid_to > :at ORDER BY valid_from DESC LIMIT 1
"""
_OTHERS = """
UPDATE identity.query_key SET valid_to = :at, row_version = row_version + 1
WHERE saved_query = :query AND valid_to > :at AND id IS DISTINCT FROM CAST(:kept AS uuid)
"""
_OVERLAPPED = """
UPDATE identity.query_key SET valid_to = least(valid_to, CAST(:at AS timestamptz) + make_interval(days => :days)),
    row_version = row_version + 1
WHERE id = :kept RETURNING valid_to
"""
_STORED = """
INSERT INTO identity.query_key (saved_query, sha256, label, turn, valid_from)
VALUES (:query, :sha256, :label, :turn, :at) RETURNING id
"""
_REVOKED = """
UPDATE identity.query_key SET valid_to = :at, row_version = row_version + 1 WHERE id = :key AND valid_to > :at
"""
_RETIRED = "UPDATE identity.saved_query SET retired_at = :at, row_version = row_version + 1 WHERE id = :query"


@dataclass(frozen=True, slots=True)
class Made:
    """A new key, to be shown once, and until when the one before it is good."""

    id: UUID
    key: str
    earlier_until: datetime | None


def new_key() -> tuple[str, bytes]:
    """A key of 256 bits, and what is stored of it: so much chance needs no slow hash."""
    key = "kq_" + secrets.token_urlsafe(KEY_BYTES)
    return key, hashlib.sha256(key.encode()).digest()


async def _locked(session: WriteSession, query: UUID) -> datetime:
    await session.execute(text(_LOCKED), {"query": query})
    now: datetime = (await session.execute(text(_NOW))).scalar_one()
    return now


async def give_key(session: WriteSession, query: UUID, label: str, overlap_days: int) -> Made:
    at = await _locked(session, query)
    newest = (await session.execute(text(_NEWEST), {"query": query, "at": at})).one_or_none()
    kept = newest.id if newest is not None and overlap_days else None
    until: datetime | None = None
    await session.execute(text(_OTHERS), {"query": query, "at": at, "kept": kept})
    if kept is not None:
        until = await session.scalar(text(_OVERLAPPED), {"kept": kept, "at": at, "days": overlap_days})
    key, digest = new_key()
    turn = 0 if newest is None else 1 - newest.turn
    values = {"query": query, "sha256": digest, "label": label, "turn": turn, "at": at}
    return Made((await session.execute(text(_STORED), values)).scalar_one(), key, until)


async def revoke_key(session: WriteSession, query: UUID, key: UUID) -> None:
    at = await _locked(session, query)
    await session.execute(text(_REVOKED), {"key": key, "at": at})


async def retire(session: WriteSession, query: UUID) -> None:
    """The query with its keys; its name is free again."""
    at = await _locked(session, query)
    await session.execute(text(_OTHERS), {"query": query, "at": at, "kept": None})
    await session.execute(text(_RETIRED), {"query": query, "at": at})
