"""The first registrar, the client that copies the roster for counselling, and the desk's own:
`python -m services.gateway.registry.bootstrap` with DATABASE_URL and KAKEHASHI_KEYS.

Writes `registrar.json` and `care-roster.json` beside the keys, for their owner alone, and prints no secret. Run again it
changes nothing, unless file and database no longer agree: who holds both the database and the keys of an
installation is its registrar, so the client then gets a new secret.
"""

import asyncio
import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import asyncpg

from services.gateway.registry.app import MATRIX
from services.gateway.registry.clients.repository import new_secret
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.settings import DatabaseSettings, Settings

CLIENT, ROSTER = "registrar", "care-roster"

_CALLER = Scope(Principal(CLIENT, None, "registrar", None, frozenset()), "all")
_STORED = """
SELECT scopes, EXISTS (SELECT FROM identity.client_secret AS s
                       WHERE s.client = c.id AND s.sha256 = $2 AND s.valid_to > now()) AS known
FROM identity.client AS c WHERE client_id = $1
"""
_STORE = """
INSERT INTO identity.client (client_id, name, role, scopes) VALUES ($1, $2, $3, $4)
ON CONFLICT (client_id) DO UPDATE SET scopes = excluded.scopes, row_version = client.row_version + 1 RETURNING id
"""
# The desk acts for people in their sessions, in whatever they may do themselves but load a history.
_DESK = """
WITH desk AS (
    INSERT INTO identity.client AS c (client_id, name, role, scopes, acts_for_people)
    SELECT 'desk', '窓口 The desk', 'service', array_remove(identity.ceiling('service', true), 'history:load'), true
    ON CONFLICT (client_id) DO UPDATE SET scopes = excluded.scopes, row_version = c.row_version + 1
        WHERE c.scopes <> excluded.scopes RETURNING id)
INSERT INTO identity.client_key (client, kid, public_jwk)
SELECT id, CAST($1 AS jsonb) ->> 'kid', CAST($1 AS jsonb)
FROM (SELECT id FROM desk UNION SELECT id FROM identity.client WHERE client_id = 'desk') AS one
ON CONFLICT (client, kid) DO NOTHING
"""
_VOID = "DELETE FROM identity.client_secret WHERE client = $1"
_ADD = "INSERT INTO identity.client_secret (client, sha256) VALUES ($1, $2)"
_AUDIT = """
INSERT INTO identity.audit_entry (client, role, request_id, action, resource, resource_id)
SELECT 'registrar', 'registrar', 'bootstrap', 'create', 'client-secrets', id FROM identity.client WHERE client_id = $1
"""


def bootstrap(url: str, keys: Path) -> Path:
    """Make the clients and their files agree; two at once end with one secret each. The registrar's file."""
    asyncio.run(_bootstrap(url, keys, (keys / "desk.public.jwk").read_text(encoding="utf-8")))
    return _file(keys, CLIENT)


def _file(keys: Path, client: str) -> Path:
    return keys / f"{client}.json"


async def _bootstrap(url: str, keys: Path, desk: str) -> None:
    scopes = sorted({rule.scope for rule in MATRIX.values() if "registrar" in rule.roles})
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('identity.bootstrap'))")
            await connection.execute("SELECT set_config('kk.caller', $1, true)", _CALLER.setting())
            await connection.execute(_DESK, desk)
            for client, name, role, held in (
                (CLIENT, "登録担当 Registrar", "registrar", scopes),
                (ROSTER, "相談事業の名簿の写し Copy of the roster", "service", ["jet.roster:read"]),
            ):
                await _agree(connection, _file(keys, client), client, name, role, held)
    finally:
        await connection.close()


async def _agree(connection: Any, file: Path, client: str, name: str, role: str, scopes: list[str]) -> None:
    secret = _known(file)
    stored = await connection.fetchrow(_STORED, client, _digest(secret or ""))
    known = stored is not None and bool(stored["known"])
    if stored is not None and known and stored["scopes"] == scopes:
        return
    identity = await connection.fetchval(_STORE, client, name, role, scopes)
    if secret is None or not known:
        secret, digest = new_secret()
        await connection.execute(_VOID, identity)
        await connection.execute(_ADD, identity, digest)
    await connection.execute(_AUDIT, client)
    _write(file, {"client_id": client, "client_secret": secret, "scopes": scopes})


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _known(file: Path) -> str | None:
    try:
        secret = json.loads(file.read_text(encoding="utf-8"))["client_secret"]
    except (OSError, ValueError, KeyError):
        return None
    return secret if isinstance(secret, str) else None


def _write(file: Path, content: dict[str, Any]) -> None:
    """Whole or not at all; 0600 from the start."""
    descriptor, name = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        json.dump(content, written, indent=2)
    os.replace(name, file)


def main(_arguments: list[str]) -> None:
    print(f"registrar: {bootstrap(DatabaseSettings().database_url, Settings().keys)}")  # type: ignore[call-arg]


if __name__ == "__main__":
    main(sys.argv[1:])
