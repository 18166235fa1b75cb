"""Tokens for saved queries: for what the owner of a key may do today (ADR 0021)."""

import time
from collections.abc import Mapping

from services.gateway.registry.issuer.repository import Identity, Saved
from services.gateway.registry.issuer.service import Issuer, lifetime_of
from services.gateway.registry.issuer.standing import Standing, may_act, standings
from services.gateway.registry.queries.domain import Listed
from services.kit.auth.tokens import ACCESS_LIFETIME, AccessToken
from services.kit.ids import PersonId, uuid7

READ = "queries:read"


async def token_for(
    issuer: Issuer, identity: Identity, saved: Saved, listed: Mapping[str, Listed]
) -> AccessToken | None:
    """None where the owner is nobody today: a closed client, a post that has ended, another role.

    Its issuer is the issuer's name for the operation, so it is no token of any other path.
    """
    client = await identity.client(saved.client)
    standing = Standing(saved.role, saved.organisation)
    if client is None or not client.active:
        return None
    rights, lifetime, version = client.scopes, float(ACCESS_LIFETIME), 0
    if saved.person is None:
        if standing != Standing(client.role, client.organisation):
            return None
        rights &= client.ceiling
    else:
        person = await identity.person(str(saved.person))
        if person is None or not client.acts_for_people or standing not in standings(person):
            return None
        if not may_act(client.role, client.organisation, standing):
            return None
        rights &= person.ceilings[saved.role]
        lifetime, version = lifetime_of(person), person.version
    found = listed.get(saved.operation)
    needed = frozenset({found.scope}) if found is not None and READ in rights else frozenset[str]()
    if saved.key_left is not None:
        lifetime = max(1, min(lifetime, saved.key_left))
    now = int(time.time())
    return AccessToken(
        issuer=f"{issuer.name}/{saved.operation}",
        subject=str(saved.key),
        client=client.client_id,
        role=saved.role,
        organisation=saved.organisation,
        person=None if saved.person is None else PersonId(saved.person),
        scopes=rights & needed,
        jti=str(uuid7()),
        issued_at=now,
        expires_at=now + int(lifetime),
        client_version=client.version,
        person_version=version,
    )
