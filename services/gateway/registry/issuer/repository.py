"""What the issuer reads and writes: clients, burnt assertions, denied tokens, its keys, and people's posts.

It works as the database role `issuer`, whose rows no token can ever carry.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.gateway.registry.issuer.standing import Person, Post
from services.kit.auth.keys import Key, read_key
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.db.session import ReadSession, WriteSession
from services.kit.ids import OrganisationId

ISSUER = Scope(Principal("registry", None, "issuer", None, frozenset()), "all")

_CLIENT = """
SELECT client_id, role, organisation_id, scopes, secret_sha256, CAST(public_jwk AS text) AS public_jwk,
       acts_for_people, active
FROM identity.client WHERE client_id = :client_id
"""
_BURN = """
INSERT INTO identity.used_assertion (client_id, jti, expires_at) VALUES (:client_id, :jti, to_timestamp(:expires_at))
ON CONFLICT DO NOTHING RETURNING jti
"""
_DENY = """
INSERT INTO identity.denied_token (jti, expires_at) VALUES (:jti, to_timestamp(:expires_at)) ON CONFLICT DO NOTHING
"""
_PUBLISH = """
INSERT INTO identity.signing_key (kid, public_jwk, not_after) VALUES (:kid, CAST(:jwk AS jsonb), 'infinity')
ON CONFLICT DO NOTHING
"""
_KEYS = (
    "SELECT CAST(public_jwk AS text) AS jwk FROM identity.signing_key WHERE not_after > now() ORDER BY kid"
)
_PERSON = """
SELECT p.id, p.kind, o.id AS organisation, o.kind AS organisation_kind, o.code, t.section,
       EXISTS (SELECT FROM directory.organisation_role AS r
               WHERE r.organisation_id = o.id AND r.role = 'host_authority' AND r.effective @> platform.today()) AS hosts
FROM directory.person AS p
LEFT JOIN directory.post AS t ON t.person_id = p.id AND t.effective @> platform.today()
LEFT JOIN directory.organisation AS o ON o.id = t.organisation_id
WHERE p.id = CAST(:id AS uuid) OR p.number = :number
"""
# What has run out is worth nothing to a thief; a minute for clocks that differ. One at a time, so that two
# who forget the same rows do not wait for each other.
_FORGET = """
DELETE FROM identity.{table} WHERE (SELECT pg_try_advisory_xact_lock(hashtext('identity.{table}')))
AND ({key}) IN (SELECT {key} FROM identity.{table} WHERE expires_at < now() - interval '1 minute' LIMIT {limit})
"""
_KEY = {"used_assertion": "client_id, jti", "denied_token": "jti"}
FORGET_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Client:
    client_id: str
    role: str
    organisation: OrganisationId | None
    scopes: frozenset[str]
    secret_sha256: bytes | None
    key: Key | None
    acts_for_people: bool
    active: bool


class Identity:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def client(self, client_id: str) -> Client | None:
        row = (await self._session.execute(text(_CLIENT), {"client_id": client_id})).one_or_none()
        if row is None:
            return None
        return Client(
            row.client_id,
            row.role,
            row.organisation_id,
            frozenset(row.scopes),
            row.secret_sha256,
            read_key(json.loads(row.public_jwk), "ES256") if row.public_jwk else None,
            row.acts_for_people,
            row.active,
        )

    async def burn(self, client_id: str, jti: str, expires_at: int) -> bool:
        """Whether this is its first use; a second connection waits here until the first has ended."""
        values = {"client_id": client_id, "jti": jti, "expires_at": expires_at}
        await self.forget("used_assertion")
        return await self._session.scalar(text(_BURN), values) is not None

    async def deny(self, jti: str, expires_at: int) -> None:
        await self.forget("denied_token")
        await self._session.execute(text(_DENY), {"jti": jti, "expires_at": expires_at})

    async def person(self, ref: str) -> Person | None:
        """By id or by number."""
        try:
            named: dict[str, object] = {"id": UUID(ref), "number": None}
        except ValueError:
            named = {"id": None, "number": ref}
        rows = (await self._session.execute(text(_PERSON), named)).all()
        if not rows:
            return None
        posts = [
            Post(row.organisation, row.organisation_kind, row.code, row.section, row.hosts)
            for row in rows
            if row.organisation is not None
        ]
        return Person(rows[0].id, rows[0].kind, posts)

    async def publish(self, jwk: dict[str, str]) -> None:
        await self._session.execute(text(_PUBLISH), {"kid": jwk["kid"], "jwk": json.dumps(jwk)})

    async def forget(self, table: str) -> None:
        """A few of the rows that have run out, at every new one: so they do not grow in number."""
        statement = _FORGET.format(table=table, key=_KEY[table], limit=FORGET_AT_ONCE)
        await self._session.execute(text(statement))


async def published(session: ReadSession) -> list[dict[str, Any]]:
    rows: Sequence[Any] = await session.fetch(_KEYS)
    return [json.loads(row["jwk"]) for row in rows]
