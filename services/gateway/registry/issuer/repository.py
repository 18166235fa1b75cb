"""What the issuer reads and writes: clients, burnt assertions, denied tokens, its keys, and people's posts.

It works as the database role `issuer`, whose rows no token can ever carry.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.gateway.registry.issuer.standing import Person, Post
from services.kit.auth.keys import Key, read_key
from services.kit.auth.principal import ROLES, Principal
from services.kit.auth.scope import Scope
from services.kit.db.session import ReadSession, WriteSession
from services.kit.ids import OrganisationId

ISSUER = Scope(Principal("registry", None, "issuer", None, frozenset()), "all")

# The version in the same statement as the rights: in one snapshot, they belong together.
_CLIENT = """
SELECT c.client_id, c.role, c.organisation_id, c.scopes, c.acts_for_people, c.active,
       identity.role_scopes(c.role) AS ceiling,
       coalesce((SELECT version FROM identity.rights_change WHERE subject = c.client_id), 0) AS version,
       ARRAY(SELECT sha256 FROM identity.client_secret
             WHERE client = c.id AND valid_from <= now() AND valid_to > now()) AS secrets,
       CAST((SELECT jsonb_object_agg(kid, public_jwk) FROM identity.client_key
             WHERE client = c.id AND valid_from <= now() AND valid_to > now()) AS text) AS keys
FROM identity.client AS c WHERE client_id = :client_id
"""
_BURN = """
INSERT INTO identity.used_assertion (client_id, jti, expires_at) VALUES (:client_id, :jti, to_timestamp(:expires_at))
ON CONFLICT DO NOTHING RETURNING jti
"""
_DENY = """
INSERT INTO identity.denied_token (jti, expires_at) VALUES (:jti, to_timestamp(:expires_at)) ON CONFLICT DO NOTHING
"""
# A key whose lease had run out is as new as one that was never there: no door knows it.
_PUBLISH = """
INSERT INTO identity.signing_key AS k (kid, public_jwk, not_after)
SELECT j ->> 'kid', j, now() + make_interval(secs => :lease)
FROM jsonb_array_elements(CAST(:jwks AS jsonb)) AS j
ON CONFLICT (kid) DO UPDATE SET not_after = excluded.not_after,
    created_at = CASE WHEN k.not_after <= now() THEN now() ELSE k.created_at END
RETURNING kid, CAST(extract(epoch FROM now() - created_at) AS double precision) AS age
"""
_KEYS = (
    "SELECT CAST(public_jwk AS text) AS jwk FROM identity.signing_key WHERE not_after > now() ORDER BY kid"
)
_PERSON = """
SELECT p.id, p.kind,
       coalesce((SELECT version FROM identity.rights_change WHERE subject = CAST(p.id AS text)), 0) AS version,
       CAST(extract(epoch FROM CAST(platform.today() + 1 AS timestamp) AT TIME ZONE 'Asia/Tokyo' - platform.now())
            AS double precision) AS day_left,
       CAST((SELECT jsonb_object_agg(r, identity.role_scopes(r)) FROM unnest(CAST(:roles AS text[])) AS r) AS text)
            AS ceilings,
       o.id AS organisation, o.kind AS organisation_kind, o.code, t.section,
       EXISTS (SELECT FROM directory.organisation_role AS r
               WHERE r.organisation_id = o.id AND r.role = 'host_authority' AND r.effective @> platform.today()) AS hosts
FROM directory.person AS p
LEFT JOIN directory.post AS t ON t.person_id = p.id AND t.effective @> platform.today()
LEFT JOIN directory.organisation AS o ON o.id = t.organisation_id
WHERE p.id = CAST(:id AS uuid) OR p.number = :number
"""
_SAVED = """
SELECT k.id AS key, q.client, q.person_id, q.role, q.organisation_id, q.operation, q.path, q.query,
       CAST(extract(epoch FROM nullif(k.valid_to, 'infinity') - now()) AS double precision) AS key_left
FROM identity.query_key AS k JOIN identity.saved_query AS q ON q.id = k.saved_query
WHERE k.sha256 = :sha256 AND q.id = :query AND k.valid_from <= now() AND k.valid_to > now()
"""
_RUNNING = """
SELECT s.id, s.person_id, d.name, s.role, s.organisation_id, s.expires_at,
    CAST(extract(epoch FROM s.expires_at - now()) AS double precision) AS seconds_left
FROM identity.session AS s LEFT JOIN directory.person_detail AS d ON d.person_id = s.person_id
WHERE s.sha256 = :sha256 AND s.expires_at > now()
"""
# What has run out is worth nothing to a thief; a minute for clocks that differ. One at a time, so that two
# who forget the same rows do not wait for each other.
_FORGET = """
DELETE FROM identity.{table} WHERE (SELECT pg_try_advisory_xact_lock(hashtext('identity.{table}')))
AND ({key}) IN (SELECT {key} FROM identity.{table} WHERE expires_at < now() - interval '1 minute' LIMIT {limit})
"""
_KEY = {"used_assertion": "client_id, jti", "denied_token": "jti", "sign_in_request": "id", "session": "id"}
FORGET_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Client:
    """With the secrets and the public keys (by kid, as JWK) that it may use now."""

    client_id: str
    role: str
    organisation: OrganisationId | None
    scopes: frozenset[str]
    ceiling: frozenset[str]
    version: int
    secrets: list[bytes]
    keys: dict[str, dict[str, object]]
    acts_for_people: bool
    active: bool

    def key(self, kid: object) -> Key | None:
        """The key of this kid; without a kid, the only one."""
        if kid is None and len(self.keys) == 1:
            kid = next(iter(self.keys))
        jwk = self.keys.get(kid) if isinstance(kid, str) else None
        return None if jwk is None else read_key(jwk, "ES256")


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved query as one of its keys opens it. `key_left`: seconds that the key is still good, None for no end."""

    key: UUID
    client: str
    person: UUID | None
    role: str
    organisation: OrganisationId | None
    operation: str
    path: str
    query: str
    key_left: float | None


@dataclass(frozen=True, slots=True)
class Session:
    """A session that runs. `seconds_left`: to its fixed end."""

    id: UUID
    person: UUID
    name: str | None
    role: str
    organisation: UUID | None
    expires_at: datetime
    seconds_left: float


def digest_of(number: str) -> bytes:
    """What is stored of the number of a link or of a session."""
    return hashlib.sha256(number.encode()).digest()


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
            frozenset(row.ceiling),
            row.version,
            list(row.secrets),
            json.loads(row.keys) if row.keys else {},
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
        rows = (await self._session.execute(text(_PERSON), named | {"roles": list(ROLES)})).all()
        if not rows:
            return None
        posts = [
            Post(row.organisation, row.organisation_kind, row.code, row.section, row.hosts)
            for row in rows
            if row.organisation is not None
        ]
        first = rows[0]
        ceilings = {role: frozenset(scopes) for role, scopes in json.loads(first.ceilings).items()}
        return Person(first.id, first.kind, posts, first.version, first.day_left, ceilings)

    async def session(self, number: object, *, lock: bool = False) -> Session | None:
        """The session of this number while it runs."""
        if not isinstance(number, str):
            return None
        statement = _RUNNING + (" FOR UPDATE OF s" if lock else "")
        row = (await self._session.execute(text(statement), {"sha256": digest_of(number)})).one_or_none()
        return None if row is None else Session(*row)

    async def saved(self, query: UUID, sha256: bytes) -> Saved | None:
        """The same statement, whatever is wrong: the query, the key, or that they belong together."""
        row = (await self._session.execute(text(_SAVED), {"query": query, "sha256": sha256})).one_or_none()
        return None if row is None else Saved(*row)

    async def publish(self, jwks: list[dict[str, str]], lease: int) -> dict[str, float]:
        """Seconds since each was published first, by kid."""
        rows = await self._session.execute(text(_PUBLISH), {"jwks": json.dumps(jwks), "lease": lease})
        return {row.kid: row.age for row in rows}

    async def scopes(self) -> list[str]:
        """Every scope that some client can hold."""
        found = await self._session.scalar(
            text(
                "SELECT ARRAY(SELECT DISTINCT unnest(identity.role_scopes(r)) FROM unnest(CAST(:roles AS text[])) AS r)"
            ),
            {"roles": list(ROLES)},
        )
        return sorted(found or [])

    async def forget(self, table: str) -> None:
        """A few of the rows that have run out, at every new one: so they do not grow in number."""
        statement = _FORGET.format(table=table, key=_KEY[table], limit=FORGET_AT_ONCE)
        await self._session.execute(text(statement))


async def published(session: ReadSession) -> list[dict[str, Any]]:
    rows: Sequence[Any] = await session.fetch(_KEYS)
    return [json.loads(row["jwk"]) for row in rows]
