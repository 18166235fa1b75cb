"""Following long work: its state, its progress as server-sent events, and the wish to end it."""

import asyncio
from collections.abc import AsyncIterable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic_core import from_json
from starlette.responses import Response

from services.kit import operations
from services.kit.auth.scope import Reach, Rule, Scope
from services.kit.db.session import Record, inside
from services.kit.errors import ABSENT, ACTION_CLOSED
from services.kit.http import json, listing, problem
from services.kit.http.guard import Reading, Writing, admit, service_of
from services.kit.http.openapi import problems
from services.kit.http.shapes import OPERATION, answer
from services.kit.text import Language, Text

POLL_SECONDS = 0.4
ENDED = Text("この処理はもう終わっています", "This operation has ended")


def rules(service: str, roles: dict[str, Reach]) -> dict[str, Rule]:
    rule = Rule("imports:write", roles)
    return {f"{service}_operations_{verb}": rule for verb in ("read", "events", "cancel")}


def shown(row: Record, service: str, spoken: Language) -> dict[str, Any]:
    """An operation as its caller sees it; its problem is said in the caller's language."""
    said = {name: row[name] for name in ("id", "kind", "state", "done", "total", "cancel_requested")}
    found = from_json(row["problem"]) if row["problem"] else None
    return said | {
        "result": from_json(row["result"]) if row["result"] else None,
        "problem": found
        and {"code": found["code"], "title": found["title"][spoken], "detail": found["detail"][spoken]},
        "created_at": row["created_at"],
        "finished_at": row["finished_at"],
        "events": f"/{service}/v1/operations/{row['id']}/events",
    }


def mount(service: str, schema: str, router: APIRouter) -> None:
    _mount_read(service, schema, router)
    _mount_events(service, schema, router)
    _mount_cancel(service, schema, router)


def _spoken(request: Request) -> Language:
    return problem.language(request.headers.get("accept-language", ""))


def _mount_read(service: str, schema: str, router: APIRouter) -> None:
    async def read_operation(request: Request, session: Reading, operation_id: UUID) -> Response:
        row = await operations.find(session, schema, operation_id)
        if row is None:
            raise ABSENT()
        return listing.tagged(json.write(shown(row, service, _spoken(request))), row["done"], request)

    router.add_api_route(
        "/operations/{operation_id}", read_operation, methods=["GET"], response_model=None,
        operation_id=f"{service}_operations_read", summary="Operation: state and progress", tags=["operations"],
        responses=problems(404) | {200: answer(OPERATION), 304: {"description": "Not modified"}},
    )  # fmt: skip


def _mount_events(service: str, schema: str, router: APIRouter) -> None:
    async def read(request: Request, scope: Scope, operation_id: UUID) -> Record:
        async with service_of(request).database.reading(scope) as session:
            row = await operations.find(session, schema, operation_id)
        if row is None:
            raise ABSENT()
        return row

    async def known(request: Request, operation_id: UUID) -> Scope:
        """Refuses before the stream begins."""
        scope = admit(request)
        await read(request, scope, operation_id)
        return scope

    async def follow_operation(
        request: Request, operation_id: UUID, scope: Annotated[Scope, Depends(known)]
    ) -> AsyncIterable[ServerSentEvent]:
        told: dict[str, Any] | None = None
        while True:
            row = await read(request, scope, operation_id)
            said = shown(row, service, _spoken(request))
            if said != told:
                told = said
                yield ServerSentEvent(event=row["state"], raw_data=json.write(said).decode())
            if row["state"] in operations.ENDED:
                return
            await asyncio.sleep(POLL_SECONDS)

    router.add_api_route(
        "/operations/{operation_id}/events", follow_operation, methods=["GET"],
        response_class=EventSourceResponse,
        operation_id=f"{service}_operations_events", summary="Operation: progress as server-sent events",
        tags=["operations"], responses=problems(404),
    )  # fmt: skip


def _mount_cancel(service: str, schema: str, router: APIRouter) -> None:
    async def cancel_operation(request: Request, session: Writing, operation_id: UUID) -> Response:
        reading = await inside(session)
        if await operations.find(reading, schema, operation_id) is None:
            raise ABSENT()
        if not await operations.cancel(session, schema, operation_id):
            raise ACTION_CLOSED(reason=ENDED.within(_spoken(request)))
        row = await operations.find(reading, schema, operation_id)
        assert row is not None
        answer = json.write(shown(row, service, _spoken(request)))
        return Response(answer, status_code=202, media_type="application/json", headers=listing.VARY)

    router.add_api_route(
        "/operations/{operation_id}/cancellations", cancel_operation, methods=["POST"], status_code=202,
        response_model=None, operation_id=f"{service}_operations_cancel", summary="Operation: ask it to end",
        tags=["operations"], responses=problems(404, 409, 422) | {202: answer(OPERATION, "Asked")},
    )  # fmt: skip
