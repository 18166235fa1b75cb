"""GET /changes: what was created, changed or deleted since a cursor."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import Response

from services.kit import changes
from services.kit.auth.scope import Rule
from services.kit.errors import PARAMETERS, FieldError
from services.kit.http import json
from services.kit.http.guard import Reading, service_of
from services.kit.http.listing import VARY
from services.kit.http.openapi import problems
from services.kit.http.shapes import CHANGES, answer
from services.kit.resource import Resource
from services.kit.text import Text

# Never ministries: they have extracts.
RULE = Rule(
    "changes:read",
    {
        "coordinator": "all",
        "registrar": "all",
        "service": "all",
        "organisation": "own",
        "host_authority": "own",
    },
)
OTHER_EPOCH = FieldError(
    "after",
    "cursor_of_another_database",
    Text("このカーソルは別のデータベースのものです", "This cursor belongs to another database"),
    Text("after を付けずに最初から読み直してください。", "Leave out after and read from the beginning."),
)


class Since(BaseModel):
    model_config = ConfigDict(extra="forbid")

    after: Annotated[str, StringConstraints(max_length=500)] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


def rules(service: str) -> dict[str, Rule]:
    return {f"{service}_changes_list": RULE}


def mount(service: str, schema: str, resources: Sequence[Resource], router: APIRouter) -> None:
    async def list_changes(request: Request, session: Reading, query: Annotated[Since, Query()]) -> Response:
        cursors = service_of(request).cursors
        binding = f"changes {schema} {session.scope.caller_key}"
        epoch, xid, identity = await changes.epoch(session), 0, 0
        if query.after:
            given, *place = cursors.open(query.after, binding)
            if given != epoch:
                raise PARAMETERS(OTHER_EPOCH)
            xid, identity = (int(part or 0) for part in place)
        reached = changes.reaches(session.scope, resources)
        found = await changes.after(session, schema, reached, xid, identity, query.limit + 1)
        shown = found[: query.limit]
        if shown:
            xid, identity = int(shown[-1]["xid"]), shown[-1]["id"]
        body = {
            "items": [changes.shown(row) for row in shown],
            "next": cursors.seal([epoch, xid, identity], binding),
            "more": len(found) > query.limit,
        }
        return Response(json.write(body), media_type="application/json", headers=VARY)

    router.add_api_route(
        "/changes", list_changes, methods=["GET"], response_model=None, tags=["changes"],
        operation_id=f"{service}_changes_list", summary="Changes since a cursor",
        responses=problems() | {200: answer(CHANGES, "`next` goes into `after` of the next call")},
    )  # fmt: skip
