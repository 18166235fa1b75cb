"""Routes of clients, and the one that makes a secret."""

import hashlib
import secrets
from typing import Any

from fastapi import Request
from pydantic import BaseModel
from sqlalchemy import text
from starlette.responses import Response

from services.gateway.registry.clients.resource import CLIENTS, SECRETS, WRITE
from services.kit import audit
from services.kit.auth.scope import Rule
from services.kit.errors import ACTION_CLOSED, Refused
from services.kit.http import json, listing
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, mount, router_for
from services.kit.http.openapi import problems

CONSTRAINTS = CLIENTS.constraints
RULES = CLIENTS.rows() | {"identity_client_secrets_create": Rule(scope=WRITE, roles={"registrar": "all"})}
SECRET_BYTES = 32

_SET = "UPDATE identity.client SET secret_sha256 = :digest, row_version = row_version + 1 WHERE id = :id"


class ClientSecret(BaseModel):
    """`client_secret` is in the first answer alone, never in a replay."""

    client_id: str
    client_secret: str | None = None


def new_secret() -> tuple[str, bytes]:
    """A secret of 256 bits, and what is stored of it: so much chance needs no slow hash."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    return secret, hashlib.sha256(secret.encode()).digest()


router = router_for("identity")
mount(CLIENTS, router)


@router.post(
    "/clients/{ref}/secrets",
    operation_id="identity_client_secrets_create",
    summary="Give a client a new secret; the earlier one is void",
    tags=["clients"],
    status_code=201,
    responses={**problems(404, 409, 422), 201: {"model": ClientSecret, "description": "OK"}},
    response_model=None,
)
async def create_secret(request: Request, session: Writing, ref: Reference) -> Response:
    client = await listing.find(CLIENTS, await listing.inside(session), ref)
    closed = SECRETS.closed(dict(client))
    if closed is not None:
        raise Refused(ACTION_CLOSED, closed)
    secret, digest = new_secret()
    await session.execute(text(_SET), {"digest": digest, "id": client["id"]})
    await audit.entry(session, "identity", "create", "client-secrets", client["id"])
    shown: dict[str, Any] = {"client_id": client["client_id"]}
    # What is kept for a retry lacks the secret: a retry makes no second one, and the table tells nobody the
    # first. Who lost the answer asks again with a new key.
    await request.state.keyed.store(_answer(shown))
    request.state.keyed = None
    return _answer(shown | {"client_secret": secret})


def _answer(body: dict[str, Any]) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(json.write(body), status_code=201, media_type="application/json", headers=headers)
