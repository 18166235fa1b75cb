"""Routes of clients and their keys, and the commands on secrets, keys and tokens."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import Field, StrictInt, StrictStr
from starlette.responses import Response

from services.gateway.registry.clients import repository
from services.gateway.registry.clients.keys import CLIENT_KEYS, RETIREMENTS, UNKNOWN_CLIENT, WRITE
from services.gateway.registry.clients.repository import Locked, Made
from services.gateway.registry.clients.resource import CLIENTS, KEYS_ONLY, SECRETS, ClientId, Role
from services.kit import audit
from services.kit.auth.scope import Rule
from services.kit.db.session import WriteSession, inside
from services.kit.errors import ABSENT, ACTION_CLOSED, INVALID, FieldError, Refused
from services.kit.http import files, imports, listing, operations
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, mount, reader, router_for
from services.kit.http.negotiate import choose
from services.kit.http.once import private, shown_once
from services.kit.http.openapi import problems
from services.kit.resource import Change
from services.kit.wire import Wire

RESOURCES = (CLIENTS, CLIENT_KEYS)
_COMMAND = Rule(scope=WRITE, roles={"registrar": "all"})
CONSTRAINTS = CLIENTS.constraints | CLIENT_KEYS.constraints
RULES = {
    **{name: rule for one in RESOURCES for name, rule in one.rows().items() if name != one.operation("import")},
    **imports.rules("identity", RESOURCES),
    **operations.rules("identity", imports.roles(RESOURCES)),
    "identity_client_secrets_create": _COMMAND,
    "identity_client_secret_voidings_create": _COMMAND,
    "identity_secret_rotations_create": _COMMAND,
    "identity_client_key_retirements_create": _COMMAND,
    "identity_revocations_create": _COMMAND,
}  # fmt: skip

OverlapDays = Annotated[
    int,
    Query(ge=0, le=30, description="For how many days the earlier secret is good as well; 0 voids it now."),
]
InDays = Annotated[int, Query(ge=0, le=30, description="After how many days it ends; 0 is now.")]
_NO_STORE = {"Cache-Control": "no-store"}
_COLUMNS = ("client_id", "client_secret", "earlier_secret_until")


class ClientSecret(Wire):
    """`client_secret` is in the first answer alone, never in a replay."""

    client_id: str
    client_secret: str | None = None
    earlier_secret_until: datetime | None = None


class ClientSecrets(Wire):
    """Without items, when the answer is a replay."""

    secrets: int
    items: list[ClientSecret] = Field(default_factory=list)


class SecretRotation(Wire):
    """Named clients, those of one role, or all that are open, go by a secret and are not the caller's own."""

    client_ids: Annotated[list[ClientId], Field(min_length=1, max_length=10_000)] | None = None
    role: Role | None = None
    overlap_days: Annotated[StrictInt, Field(ge=0, le=30)] = 7


class Revocation(Wire):
    """A client by its client_id, or a person by id or number."""

    subject: Annotated[StrictStr, Field(min_length=1, max_length=64)]


router = router_for("identity")
imports.mount("identity", "identity", RESOURCES, router)
operations.mount("identity", "identity", router)
for _resource in RESOURCES:
    mount(_resource, router)


@router.post(
    "/clients/{ref}/secrets",
    operation_id="identity_client_secrets_create",
    summary="Give a client a new secret; the earlier one stays for the overlap",
    tags=["clients"],
    status_code=201,
    responses={**problems(404, 409, 422), 201: {"model": ClientSecret, "description": "OK"}},
    response_model=None,
)
async def create_secret(
    request: Request, session: Writing, ref: Reference, overlap_days: OverlapDays = 7
) -> Response:
    found = await listing.find(CLIENTS, await inside(session), ref)
    closed = SECRETS.closed(dict(found))
    if closed is not None:
        raise Refused(ACTION_CLOSED, closed)
    (client,) = await repository.locked(session, [found["client_id"]], None)
    (made,) = await repository.give_secrets(session, [client], overlap_days)
    await audit.entry(session, "identity", "create", "client-secrets", client.id)
    return await shown_once(request, {"client_id": client.client_id}, _secret(made))


@router.post(
    "/clients/{ref}/secret-voidings",
    operation_id="identity_client_secret_voidings_create",
    summary="Void every secret of a client, which then goes by its keys alone",
    tags=["clients"],
    status_code=201,
    responses={**problems(404, 422), 201: {"model": reader(CLIENTS), "description": "OK"}},
    response_model=None,
)
async def void_secrets(request: Request, session: Writing, ref: Reference) -> Response:
    found = await listing.find(CLIENTS, await inside(session), ref)
    await repository.void_secrets(session, found["id"])
    await audit.entry(session, "identity", "create", "client-secret-voidings", found["id"])
    response = await listing.read(CLIENTS, await inside(session), str(found["id"]), request)
    response.status_code = 201
    return response


@router.post(
    "/secret-rotations",
    operation_id="identity_secret_rotations_create",
    summary="Give many clients new secrets at once",
    tags=["clients"],
    status_code=201,
    responses={
        **problems(409, 413, 415, 422),
        201: {
            "model": ClientSecrets,
            "description": "OK",
            "content": {"application/json": {}, "text/csv": {"schema": {"type": "string"}}},
        },
    },
    response_model=None,
)
async def rotate_secrets(request: Request, session: Writing, body: SecretRotation) -> Response:
    form, _, parameters = choose(request.headers.get("accept", ""), ("json", "csv"))
    clients = await repository.locked(session, body.client_ids, body.role)
    if body.client_ids is not None:
        _named_well(body.client_ids, clients)
    made = await repository.give_secrets(session, clients, body.overlap_days)
    await _audited(session, clients, body)
    count = {"secrets": len(made)}
    if form == "json":
        return await shown_once(request, count, count | {"items": [_secret(one) for one in made]})
    await shown_once(request, count, count)
    rows = [[one.client_id, one.secret, one.earlier_until] for one in made]
    response = await files.csv(_batch(rows), list(_COLUMNS), parameters, dict(_NO_STORE))
    response.status_code = 201
    return response


@router.post(
    "/client-keys/{ref}/retirements",
    operation_id="identity_client_key_retirements_create",
    summary="Retire a client's public key",
    tags=["client-keys"],
    status_code=201,
    responses={**problems(404, 409, 422), 201: {"model": reader(CLIENT_KEYS), "description": "OK"}},
    response_model=None,
)
async def retire_key(request: Request, session: Writing, ref: Reference, in_days: InDays = 0) -> Response:
    found = await listing.find(CLIENT_KEYS, await inside(session), ref)
    closed = RETIREMENTS.closed(dict(found))
    if closed is not None:
        raise Refused(ACTION_CLOSED, closed)
    await repository.retire_key(session, found["id"], in_days)
    after = {"kid": found["kid"], "in_days": in_days}
    await audit.entry(session, "identity", "create", "client-key-retirements", found["id"], after=after)
    await audit.publish(
        session, "identity", CLIENT_KEYS.plural, [Change(0, "UPDATE", found["id"], None, after)]
    )
    response = await listing.read(CLIENT_KEYS, await inside(session), str(found["id"]), request)
    response.status_code = 201
    return response


@router.post(
    "/revocations",
    operation_id="identity_revocations_create",
    summary="Revoke every token of a client or of a person",
    tags=["clients"],
    status_code=201,
    responses={**problems(404, 413, 415, 422), 201: {"model": Revocation, "description": "OK"}},
    response_model=None,
)
async def revoke(session: Writing, body: Revocation) -> Response:
    subject = await repository.revoke(session, body.subject)
    if subject is None:
        raise ABSENT()
    await audit.entry(session, "identity", "create", "revocations", after={"subject": subject})
    return private({"subject": subject})


def _named_well(names: list[str], clients: list[Locked]) -> None:
    """Each name is a client that is open and has secrets; else none gets one."""
    found = {client.client_id: client for client in clients}
    wrong = []
    for number, name in enumerate(names):
        client = found.get(name)
        if client is None or not client.active:
            finding = (UNKNOWN_CLIENT.code, UNKNOWN_CLIENT.message, UNKNOWN_CLIENT.remedy)
        elif client.keys_only:
            finding = (KEYS_ONLY.code, KEYS_ONLY.title, KEYS_ONLY.detail)
        else:
            continue
        wrong.append(FieldError(f"/client_ids/{number}", *finding))
    if wrong:
        raise INVALID(*wrong)


async def _audited(session: WriteSession, clients: list[Locked], body: SecretRotation) -> None:
    """One row for the command; it names the clients, not their secrets."""
    after = {"clients": [client.client_id for client in clients], "overlap_days": body.overlap_days}
    await audit.entry(session, "identity", "create", "secret-rotations", after=after)


def _secret(made: Made) -> dict[str, Any]:
    return {
        "client_id": made.client_id,
        "client_secret": made.secret,
        "earlier_secret_until": made.earlier_until,
    }


async def _batch(rows: list[list[Any]]) -> AsyncIterator[list[list[Any]]]:
    yield rows
