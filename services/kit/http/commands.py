"""Commands on a record: `POST /<plural>/{ref}/<noun>` finds it in the caller's scope, acts, and answers what came of it."""

from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.kit.db.session import Record, WriteSession, inside
from services.kit.http import listing
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, answer, called, reader
from services.kit.http.openapi import problems
from services.kit.resource import Resource
from services.kit.wire import Wire

# the session, the record, and the body where the command has one; which record the answer shows, where it is another
Act = Callable[..., Coroutine[Any, Any, UUID | None]]


def command(
    router: APIRouter, resource: Resource, verb: str, noun: str, act: Act, summary: str, *,
    body: type[Wire] | None = None, answers: Resource | None = None,
) -> None:  # fmt: skip
    """`answers`: of which resource the record is that `act` names and the answer shows; else it is `resource`'s own."""
    shown = answers or resource

    async def done(request: Request, session: WriteSession, ref: str, *given: Wire) -> Response:
        record: Record = await listing.find(resource, await inside(session), ref)
        made = await act(session, record, *given)
        return await answer(shown, session, made or record["id"], request, 201)

    async def bare(request: Request, session: Writing, ref: Reference) -> Response:
        return await done(request, session, ref)

    async def told(request: Request, session: Writing, ref: Reference, body: Any) -> Response:
        return await done(request, session, ref, body)

    if body is not None:
        listing.annotate(told, body=body)
    handler, refused = (bare, (404, 409, 422)) if body is None else (told, (404, 409, 413, 415, 422))
    router.add_api_route(
        f"/{resource.plural}/{{ref}}/{noun}", called(handler, f"{verb}_{resource.plural}", shown), methods=["POST"],
        status_code=201, operation_id=resource.operation(verb), summary=summary,
        responses={**problems(*refused), 201: {"model": reader(shown), "description": "OK"}}, response_model=None,
        tags=[resource.plural],
    )  # fmt: skip
