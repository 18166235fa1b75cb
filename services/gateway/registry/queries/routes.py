"""Saved queries, and the commands on their keys. Their rows are read at the door (ADR 0021)."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from starlette.responses import Response

from services.gateway.registry.queries import domain, repository
from services.gateway.registry.queries.resource import (
    QUERY_KEYS,
    REVOCATIONS,
    SAVED_QUERIES,
    WRITE,
    SavedQueryWrite,
)
from services.gateway.registry.settings import RegistrySettings
from services.kit import audit
from services.kit.db.session import inside
from services.kit.errors import ACTION_CLOSED, INVALID, FieldError, Refused
from services.kit.http import listing
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, mount, reader, router_for
from services.kit.http.once import shown_once
from services.kit.http.openapi import problems
from services.kit.wire import Instant, Line, Wire
from services.kit.writer import store_one

CONSTRAINTS = SAVED_QUERIES.constraints | QUERY_KEYS.constraints
RULES = {
    **SAVED_QUERIES.rows(),
    **QUERY_KEYS.rows(),
    "identity_saved_queries_create": WRITE,
    "identity_saved_query_keys_create": WRITE,
    "identity_saved_query_retirements_create": WRITE,
    "identity_query_key_revocations_create": WRITE,
}

OverlapDays = Annotated[
    int, Query(ge=0, le=30, description="For how many days the earlier key is good as well; 0 ends it now.")
]


class NewKey(Wire):
    """`label` tells keys apart: where it is used, such as the name of a workbook."""

    label: Line


class IssuedKey(Wire):
    """`query_key` is in the first answer alone, never in a replay."""

    id: str
    label: str
    query_key: str | None = None
    earlier_key_until: Instant | None = None


router = router_for("identity")
for _resource in (SAVED_QUERIES, QUERY_KEYS):
    mount(_resource, router)


def start(app: FastAPI) -> None:
    app.state.listed = domain.load(RegistrySettings().api_folder)  # type: ignore[call-arg]


@router.post(
    "/saved-queries",
    operation_id="identity_saved_queries_create",
    summary="Save a list or a statistic with its parameters by a name",
    tags=["saved-queries"],
    status_code=201,
    responses={**problems(409, 413, 415, 422), 201: {"model": reader(SAVED_QUERIES), "description": "OK"}},
    response_model=None,
)
async def create(request: Request, session: Writing, body: SavedQueryWrite) -> Response:
    principal, state = session.scope.principal, request.app.state
    address = body.list_address.removeprefix(state.issuer.name)
    try:
        query = domain.read(address, state.listed.values(), principal.role, principal.scopes)
    except domain.Refused as refused:
        found = refused.finding
        raise INVALID(FieldError("/list_address", found.code, found.message, found.remedy)) from None
    row: dict[str, Any] = asdict(query) | {
        "name": body.name,
        "client": principal.client,
        "person_id": principal.person,
        "role": principal.role,
        "organisation_id": principal.organisation,
        "retired_at": None,
    }
    change = await store_one(session, SAVED_QUERIES, row, insert_only=True)
    assert change is not None
    response = await listing.read(SAVED_QUERIES, await inside(session), str(change.id), request, session)
    response.status_code = 201
    response.headers["Location"] = f"{request.url.path}/{change.id}"
    return response


@router.post(
    "/saved-queries/{ref}/keys",
    operation_id="identity_saved_query_keys_create",
    summary="Make a key that opens this saved query; the earlier one stays for the overlap",
    tags=["saved-queries"],
    status_code=201,
    responses={**problems(404, 409, 413, 415, 422), 201: {"model": IssuedKey, "description": "OK"}},
    response_model=None,
)
async def create_key(
    request: Request, session: Writing, ref: Reference, body: NewKey, overlap_days: OverlapDays = 7
) -> Response:
    query = await listing.find(SAVED_QUERIES, await inside(session), ref)
    made = await repository.give_key(session, query["id"], body.label, overlap_days)
    after = {"saved_query": query["id"], "label": body.label, "overlap_days": overlap_days}
    await audit.entry(session, "identity", "create", "query-keys", made.id, after=after)
    kept = {"id": made.id, "label": body.label, "earlier_key_until": made.earlier_until}
    return await shown_once(request, kept, kept | {"query_key": made.key})


@router.post(
    "/saved-queries/{ref}/retirements",
    operation_id="identity_saved_query_retirements_create",
    summary="Retire a saved query with its keys",
    tags=["saved-queries"],
    status_code=201,
    responses={**problems(404, 422), 201: {"model": reader(SAVED_QUERIES), "description": "As it was"}},
    response_model=None,
)
async def retire(request: Request, session: Writing, ref: Reference) -> Response:
    reading = await inside(session)
    query = await listing.find(SAVED_QUERIES, reading, ref)
    response = await listing.read(SAVED_QUERIES, reading, str(query["id"]), request, session)
    await repository.retire(session, query["id"])
    await audit.entry(session, "identity", "create", "saved-query-retirements", query["id"])
    response.status_code = 201
    return response


@router.post(
    "/query-keys/{ref}/revocations",
    operation_id="identity_query_key_revocations_create",
    summary="Revoke a key; within a second it opens nothing",
    tags=["query-keys"],
    status_code=201,
    responses={**problems(404, 409, 422), 201: {"model": reader(QUERY_KEYS), "description": "OK"}},
    response_model=None,
)
async def revoke(request: Request, session: Writing, ref: Reference) -> Response:
    found = await listing.find(QUERY_KEYS, await inside(session), ref)
    closed = REVOCATIONS.closed(dict(found))
    if closed is not None:
        raise Refused(ACTION_CLOSED, closed)
    await repository.revoke_key(session, found["saved_query_id"], found["id"])
    await audit.entry(session, "identity", "create", "query-key-revocations", found["id"])
    response = await listing.read(QUERY_KEYS, await inside(session), str(found["id"]), request, session)
    response.status_code = 201
    return response
