"""Which client asks: by its secret, or by an assertion signed with its registered key.

An unknown client costs the same work as a wrong secret: both are compared with something.
"""

import hashlib
import hmac
import secrets
import time

from services.gateway.registry.issuer.assertion import (
    AUTHENTICATES,
    Assertion,
    read_assertion,
)
from services.gateway.registry.issuer.form import Form, Secret, read_basic
from services.gateway.registry.issuer.refusals import OAuthRefused, unknown_client
from services.gateway.registry.issuer.repository import Client, Identity
from services.kit.auth.keys import new_key
from services.kit.auth.tokens import TokenRefused

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

_NO_SECRET = secrets.token_bytes(32)
_NO_KEY = new_key("ES256")


async def authenticated(identity: Identity, form: Form, authorization: str, audience: str) -> Client:
    """The client, known by exactly one method (RFC 6749 §2.3)."""
    by_assertion = "client_assertion" in form or "client_assertion_type" in form
    if bool(authorization) + ("client_secret" in form) + by_assertion > 1:
        raise OAuthRefused("invalid_request", "Use one way of client authentication")
    if by_assertion:
        client = await _by_assertion(identity, form, audience)
    else:
        client = await _by_secret(identity, _secret(form, authorization))
    if form.get("client_id", client.client_id) != client.client_id:
        raise unknown_client()
    return client


def _secret(form: Form, authorization: str) -> Secret:
    if authorization:
        return read_basic(authorization)
    return Secret(form.get("client_id", ""), form.get("client_secret", ""))


async def _by_secret(identity: Identity, given: Secret) -> Client:
    client = await identity.client(given.client_id)
    stored = client.secrets if client is not None else []
    digest = hashlib.sha256(given.secret.encode()).digest()
    same = [hmac.compare_digest(one, digest) for one in stored or [_NO_SECRET]]
    if client is None or not any(same) or not client.active:
        raise unknown_client()
    return client


async def _by_assertion(identity: Identity, form: Form, audience: str) -> Client:
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise OAuthRefused("invalid_request", f"client_assertion_type must be {ASSERTION_TYPE}")
    try:
        assertion = read_assertion(form.get("client_assertion", ""))
        if assertion.subject != assertion.issuer:
            raise TokenRefused("sub")
        return await signer(identity, assertion, audience, AUTHENTICATES)
    except TokenRefused:
        raise unknown_client() from None


async def signer(identity: Identity, assertion: Assertion, audience: str, purpose: str) -> Client:
    """The client that signed; its assertion cannot be used again, whichever process is asked."""
    client = await identity.client(assertion.issuer)
    key = client.key(assertion.header.get("kid")) if client is not None else None
    assertion.verify(key or _NO_KEY, audience, purpose, time.time())
    if client is None or key is None or not client.active:
        raise TokenRefused("client")
    if not await identity.burn(client.client_id, assertion.jti, assertion.expires_at):
        raise TokenRefused("jti")
    return client
