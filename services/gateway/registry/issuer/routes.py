"""OAuth 2 at the door: tokens (RFC 6749, 7523), revocation (7009), metadata (8414) and keys.

Not under `/…/v1/`: forms in, OAuth's own errors out, no Idempotency-Key.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.openapi.models import HTTPBase
from fastapi.security.base import SecurityBase
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError
from starlette.responses import JSONResponse, Response

from services.gateway.registry.issuer.assertion import ALGORITHM
from services.gateway.registry.issuer.form import FORM, Form, read_form
from services.gateway.registry.issuer.queries import token_for
from services.gateway.registry.issuer.refusals import NO_STORE, OAuthRefused
from services.gateway.registry.issuer.repository import ISSUER, Identity, published
from services.gateway.registry.issuer.service import CLIENT_CREDENTIALS, JWT_BEARER, RESOURCES, Issuer
from services.gateway.registry.issuer.signing import SigningKeys
from services.gateway.registry.settings import RegistrySettings
from services.kit import audit
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Rule, Scope
from services.kit.auth.tokens import INTERNAL_HEADER, TokenRefused, mint_access
from services.kit.errors import ABSENT, MALFORMED, UNSIGNED
from services.kit.http import json
from services.kit.http.guard import service_of

RULES = {
    name: Rule(scope="", public=True)
    for name in ("oauth_token", "oauth_revoke", "well_known_jwks", "well_known_oauth_authorization_server")
}
QUERY_ROUTE = "door_query_tokens_issue"
DOOR = Principal("door", None, "door", None, frozenset())
METHODS = ["client_secret_basic", "client_secret_post", "private_key_jwt"]

router = APIRouter(tags=["oauth"])


class _ClientSecret(SecurityBase):
    """Tells the door, by the contract, to pass the Authorization header on; what it holds is read later."""

    def __init__(self) -> None:
        self.model = HTTPBase(scheme="basic", description="client_id and client_secret (RFC 6749 2.3.1)")
        self.scheme_name = "client"

    async def __call__(self, request: Request) -> str:
        return request.headers.get("authorization", "")


Authorization = Annotated[str, Depends(_ClientSecret())]


async def start(app: FastAPI) -> None:
    settings = RegistrySettings()  # type: ignore[call-arg]
    signing = SigningKeys(settings.keys, app.state.service.database)
    await signing.start()
    async with app.state.service.database.writing(ISSUER) as session:
        app.state.scopes = await Identity(session).scopes()
    app.state.issuer = Issuer(settings.issuer, signing)


def _issuer(request: Request) -> Issuer:
    issuer: Issuer = request.app.state.issuer
    return issuer


async def _form(request: Request) -> Form:
    if request.scope["query_string"]:
        raise OAuthRefused("invalid_request", "Parameters belong into the body")
    return read_form(request.headers.get("content-type", ""), await request.body())


def _described(
    answer: dict[str, Any] | None, required: str, example: dict[str, str], *more: str
) -> dict[str, Any]:
    """The OpenAPI of a form endpoint."""
    schema = {
        "type": "object",
        "required": [required],
        "properties": {name: {"type": "string"} for name in dict.fromkeys((*example, *_CREDENTIALS, *more))},
    }
    error = {
        "type": "object",
        "required": ["error"],
        "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
    }
    refused = {"content": {"application/json": {"schema": error}}}
    done: dict[str, Any] = {"description": "OK"}
    if answer is not None:
        done["content"] = {"application/json": {"schema": {"type": "object"}, "example": answer}}
    return {
        "requestBody": {"required": True, "content": {FORM: {"schema": schema, "example": example}}},
        "responses": {
            "200": done,
            "400": {"description": "The request is refused (RFC 6749 5.2)"} | refused,
            "401": {"description": "The client is not known"} | refused,
        },
    }


def _shown(example: dict[str, Any]) -> dict[str, Any]:
    return {"responses": {"200": {"content": {"application/json": {"example": example}}}}}


_CREDENTIALS = ("client_id", "client_secret", "client_assertion_type", "client_assertion")


@router.post(
    "/oauth/token",
    operation_id="oauth_token",
    summary="Get an access token",
    openapi_extra=_described(
        {"access_token": "eyJ…", "token_type": "Bearer", "expires_in": 300, "scope": "directory:read"},
        "grant_type",
        {"grant_type": CLIENT_CREDENTIALS, "scope": "directory:read"},
        "assertion",
        "role",
        "organisation",
        "resource",
    ),
)
async def token(request: Request, authorization: Authorization) -> Response:
    try:
        form = await _form(request)
    except OAuthRefused as refused:
        return refused.response()
    async with service_of(request).database.writing(ISSUER) as session:
        try:
            answer = await _issuer(request).token(Identity(session), form, authorization)
        except OAuthRefused as refused:
            return refused.response()  # an assertion stays burnt, whatever else was wrong with the request
    return JSONResponse(answer, headers=NO_STORE)


@router.post(
    "/oauth/revoke",
    operation_id="oauth_revoke",
    summary="Revoke an access token",
    response_class=Response,
    openapi_extra=_described(None, "token", {"token": "eyJ…"}, "token_type_hint"),
)
async def revoke(request: Request, authorization: Authorization) -> Response:
    database = service_of(request).database
    try:
        form = await _form(request)
        async with database.reading(ISSUER) as reading:
            keys = await published(reading)
        async with database.writing(ISSUER) as session:
            await _issuer(request).revoke(Identity(session), form, authorization, keys)
    except OAuthRefused as refused:
        return refused.response()
    return Response(headers=NO_STORE)


@router.get(
    "/.well-known/jwks.json",
    operation_id="well_known_jwks",
    summary="The issuer's public keys",
    openapi_extra=_shown(
        {"keys": [{"kty": "EC", "crv": "P-256", "kid": "…", "x": "…", "y": "…", "use": "sig"}]}
    ),
)
async def jwks(request: Request) -> Response:
    async with service_of(request).database.reading(ISSUER) as session:
        keys = await published(session)
    return JSONResponse(
        {"keys": [key | {"use": "sig", "alg": "ES256"} for key in keys]},
        headers={"Cache-Control": "public, max-age=60"},
    )


@router.get(
    "/.well-known/oauth-authorization-server",
    operation_id="well_known_oauth_authorization_server",
    summary="What the issuer offers (RFC 8414)",
    openapi_extra=_shown({"issuer": "https://kakehashi.example", "token_endpoint": "…/oauth/token"}),
)
async def metadata(request: Request) -> Response:
    name = _issuer(request).name
    return JSONResponse(
        {
            "issuer": name,
            "token_endpoint": f"{name}/oauth/token",
            "revocation_endpoint": f"{name}/oauth/revoke",
            "jwks_uri": f"{name}/.well-known/jwks.json",
            "scopes_supported": request.app.state.scopes,
            "response_types_supported": [],
            "grant_types_supported": [CLIENT_CREDENTIALS, JWT_BEARER],
            "protected_resources": [name, *(f"{name}/{path}" for path in RESOURCES)],  # RFC 9728 §4
            "service_documentation": f"{name}/docs",
            "ui_locales_supported": ["ja", "en"],
            **{
                f"{endpoint}_endpoint_{matter}_supported": values
                for endpoint in ("token", "revocation")
                for matter, values in (("auth_methods", METHODS), ("auth_signing_alg_values", [ALGORITHM]))
            },
        },
        headers={"Cache-Control": "public, max-age=60"},
    )


class Shown(BaseModel):
    """`sha256`: the digest of the key, in hexadecimal."""

    model_config = ConfigDict(extra="forbid")

    query: UUID
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


@router.post("/identity/v1/door/query-tokens", include_in_schema=False)
async def query_token(request: Request) -> Response:
    """For the door alone, by a key's digest. The contract does not tell of it: the door routes by that, so nobody
    comes here through it. 404 for whatever does not fit."""
    service, state = service_of(request), request.app.state
    try:
        if service.verifier.verify(request.headers.get(INTERNAL_HEADER, ""), QUERY_ROUTE) != DOOR:
            raise UNSIGNED()
    except TokenRefused:
        raise UNSIGNED() from None
    try:
        shown = Shown.model_validate_json(await request.body())
    except ValidationError:
        raise MALFORMED() from None
    scope = Scope(ISSUER.principal, "all", request.scope["state"]["request_id"])
    async with service.database.writing(scope) as session:
        identity = Identity(session)
        saved = await identity.saved(shown.query, bytes.fromhex(shown.sha256))
        token = None if saved is None else await token_for(state.issuer, identity, saved, state.listed)
        if saved is None or token is None:
            raise ABSENT()
        after = {"saved_query": shown.query, "operation": saved.operation, "client": token.client}
        after |= {"person": token.person} if token.person else {}
        await audit.entry(session, "identity", "create", "query-tokens", saved.key, after=after)
    said = {
        "access_token": mint_access(token, state.issuer.signing.key),
        "operation": saved.operation,
        "path": saved.path,
        "query": saved.query,
    }
    return Response(json.write(said), media_type="application/json", headers={"Cache-Control": "no-store"})
