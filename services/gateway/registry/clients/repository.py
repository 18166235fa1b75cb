"""Clients' secrets, their keys and the versions of their rights: set-based, for one client and for a thousand."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.resource import Change

SECRET_BYTES = 32

# Locks the clients, so that of two rotations one is the later. Those that are asked for by name are all shown,
# whether they can have a secret or not; of the others those that go by one.
_LOCKED = """
SELECT id, client_id, keys_only, active FROM identity.client
WHERE (CAST(:role AS text) IS NULL OR role = :role)
AND CASE WHEN CAST(:names AS text[]) IS NULL
    THEN active AND client_id <> :caller AND EXISTS (
        SELECT FROM identity.client_secret AS s WHERE s.client = client.id AND s.valid_to > now())
    ELSE client_id = ANY (:names) END
ORDER BY client_id FOR UPDATE
"""
# All before the newest stay for the overlap, and none is given more time than it had: whoever lost an answer, and
# asks again, still has the one in use.
_VOIDED = """
DELETE FROM identity.client_secret WHERE client = ANY (CAST(:ids AS uuid[])) AND (valid_to <= now() OR :days = 0)
"""
_OVERLAPPED = """
UPDATE identity.client_secret SET valid_to = least(valid_to, now() + make_interval(days => :days))
WHERE client = ANY (CAST(:ids AS uuid[])) RETURNING client, valid_to
"""
_STORED = """
INSERT INTO identity.client_secret (client, sha256)
SELECT s.id, decode(s.sha256, 'hex') FROM jsonb_to_recordset(CAST(:made AS jsonb)) AS s(id uuid, sha256 text)
"""
_TOUCHED = "UPDATE identity.client SET row_version = row_version + 1 WHERE id = ANY (CAST(:ids AS uuid[]))"
# A new key stands alone; one that the client holds already leaves its others as they are (see `known_keys`).
_ALONE = """
WITH given AS (
    SELECT * FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS g(client uuid, jwk jsonb)
    WHERE NOT EXISTS (SELECT FROM identity.client_key AS k WHERE k.client = g.client AND k.kid = g.jwk ->> 'kid')),
ended AS (
    UPDATE identity.client_key AS k SET valid_to = now(), row_version = row_version + 1 FROM given AS g
    WHERE k.client = g.client AND k.valid_to > now() RETURNING k.id, k.client),
added AS (
    INSERT INTO identity.client_key (client, kid, public_jwk) SELECT client, jwk ->> 'kid', jwk FROM given
    ON CONFLICT (client, kid) DO NOTHING RETURNING id, client)
SELECT 'UPDATE' AS action, id, client FROM ended UNION ALL SELECT 'INSERT', id, client FROM added
"""
_KNOWN = """
SELECT c.client_id, k.kid, CAST(k.public_jwk AS text) AS jwk, k.valid_to <= now() AS ended
FROM identity.client_key AS k JOIN identity.client AS c ON c.id = k.client
WHERE (c.client_id, k.kid) IN (SELECT g.client_id, g.kid
    FROM jsonb_to_recordset(CAST(:named AS jsonb)) AS g(client_id text, kid text))
"""
_RETIRED = """
UPDATE identity.client_key SET valid_to = least(valid_to, now() + make_interval(days => :days)),
    row_version = row_version + 1
WHERE id = :id
"""
_SUBJECT = """
SELECT client_id FROM identity.client WHERE client_id = :name
UNION ALL SELECT CAST(id AS text) FROM directory.person WHERE number = :name OR CAST(id AS text) = :name
"""
_REVOKED = "SELECT identity.rights_changed(:subject)"
_SIGNED_OUT = "DELETE FROM identity.session WHERE CAST(person_id AS text) = :subject"


@dataclass(frozen=True, slots=True)
class Locked:
    id: UUID
    client_id: str
    keys_only: bool
    active: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A new secret, to be shown once, and until when the one before it is good."""

    client_id: str
    secret: str
    earlier_until: datetime | None


def new_secret() -> tuple[str, bytes]:
    """A secret of 256 bits, and what is stored of it: so much chance needs no slow hash.

    It begins with letters, since a spreadsheet takes what begins with a hyphen for a formula.
    """
    secret = "kk_" + secrets.token_urlsafe(SECRET_BYTES)
    return secret, hashlib.sha256(secret.encode()).digest()


async def locked(session: WriteSession, names: list[str] | None, role: str | None) -> list[Locked]:
    """The named clients; without names, all that are open and have secrets, but the caller's own."""
    values = {"names": names, "role": role, "caller": session.scope.principal.client}
    rows = await session.execute(text(_LOCKED), values)
    return [Locked(*row) for row in rows]


async def give_secrets(session: WriteSession, clients: list[Locked], overlap_days: int) -> list[Made]:
    ids = {"ids": [str(client.id) for client in clients]}
    made = {client: new_secret() for client in clients}
    stored = [{"id": str(client.id), "sha256": digest.hex()} for client, (_, digest) in made.items()]
    await session.execute(text(_VOIDED), ids | {"days": overlap_days})
    kept = await session.execute(text(_OVERLAPPED), ids | {"days": overlap_days})
    until: dict[UUID, datetime] = {}
    for row in kept:
        until[row.client] = max(row.valid_to, until.get(row.client, row.valid_to))
    await session.execute(text(_STORED), {"made": json.dumps(stored)})
    await session.execute(text(_TOUCHED), ids)
    return [Made(client.client_id, secret, until.get(client.id)) for client, (secret, _) in made.items()]


async def void_secrets(session: WriteSession, client: UUID) -> None:
    ids = {"ids": [str(client)]}
    await session.execute(text(_VOIDED), ids | {"days": 0})
    await session.execute(text(_TOUCHED), ids)


async def set_keys(session: WriteSession, keys: dict[UUID, dict[str, str]]) -> set[UUID]:
    """Each key as its client's only one; the clients for which that changed something. The feed tells of the keys."""
    given = [{"client": str(client), "jwk": jwk} for client, jwk in keys.items()]
    rows = (await session.execute(text(_ALONE), {"given": json.dumps(given)})).all()
    changes = [Change(0, row.action, row.id, None, None) for row in rows]
    await audit.publish(session, "identity", "client-keys", changes)
    return {row.client for row in rows}


async def known_keys(
    session: WriteSession, named: list[tuple[str, str]]
) -> dict[tuple[str, str], tuple[dict[str, Any], bool]]:
    """By client_id and kid: the key that is there, and whether it has ended."""
    given = [{"client_id": client, "kid": kid} for client, kid in named]
    rows = await session.execute(text(_KNOWN), {"named": json.dumps(given)})
    return {(row.client_id, row.kid): (json.loads(row.jwk), row.ended) for row in rows}


async def retire_key(session: WriteSession, identity: UUID, days: int) -> None:
    await session.execute(text(_RETIRED), {"id": identity, "days": days})


async def revoke(session: WriteSession, name: str) -> str | None:
    """Every token of this client, or of this person by id or number, whose sessions end as well; None when there is nobody like that."""
    subject: str | None = await session.scalar(text(_SUBJECT), {"name": name})
    if subject is not None:
        await session.execute(text(_REVOKED), {"subject": subject})
        await session.execute(text(_SIGNED_OUT), {"subject": subject})
    return subject
