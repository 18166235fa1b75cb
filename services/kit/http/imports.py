"""The import routes of a service: one set for all of its kinds, each kind with its own access row besides."""

import asyncio
import inspect
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model
from pydantic_core import from_json
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response, StreamingResponse

from services.kit import operations
from services.kit.auth.scope import Reach, Rule, Scope
from services.kit.blobs import Blobs
from services.kit.columns import Column
from services.kit.db.session import Record
from services.kit.errors import ABSENT, FORBIDDEN
from services.kit.http import json, listing
from services.kit.http.forms import Forms
from services.kit.http.guard import Reading, admit, service_of
from services.kit.http.negotiate import XLSX, choose
from services.kit.http.openapi import problems
from services.kit.http.shapes import IMPORT, KIND, KINDS, PROBLEMS, RECEIPT, answer, page
from services.kit.http.uploads import MS_EXCEL, Upload, may_import, receive
from services.kit.imports import store
from services.kit.imports.checking import kind_of
from services.kit.imports.reading import CSV, NDJSON
from services.kit.imports.template import write_template
from services.kit.resource import Resource

SCOPE = "imports:write"
# what is not here is a workbook
SHAPES = {"list": page(IMPORT), "kinds": KINDS, "kind": KIND, "read": IMPORT, "problems": PROBLEMS}
VERBS = ("create", "list", "read", "problems", "marked_workbook", "kinds", "kind", "template")


class Page(BaseModel):
    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: Annotated[str, StringConstraints(max_length=2000)] | None = None


class Sought(Page):
    """`kind` is narrowed to the service's kinds."""

    kind: str | None = None
    state: operations.State | None = None


def importable(resources: Sequence[Resource]) -> list[Resource]:
    return [resource for resource in resources if "import" in resource.access and resource.write is not None]


def roles(resources: Sequence[Resource]) -> dict[str, Reach]:
    """Whoever may import some kind; which kind, and how far it reaches, the kind's own row says."""
    return {role: "own" for resource in importable(resources) for role in resource.access["import"].roles}


def rules(service: str, resources: Sequence[Resource]) -> dict[str, Rule]:
    rule = Rule(SCOPE, roles(resources))
    return {f"{service}_imports_{verb}": rule for verb in VERBS}


class Routes:
    """Handlers over the kinds of one service."""

    def __init__(self, service: str, schema: str, resources: Sequence[Resource]) -> None:
        self.service, self.schema = service, schema
        self.kinds = {resource.plural: resource for resource in importable(resources)}
        self.forms = Forms(self.kinds.values())

    def resource(self, kind: str, scope: Scope) -> Resource:
        found = self.kinds.get(kind)
        if found is None:
            raise ABSENT()
        if not may_import(found, scope):
            raise FORBIDDEN()
        return found

    async def list_imports(self, request: Request, session: Reading, query: Any) -> Response:
        _json_alone(request)
        cursors = service_of(request).cursors
        binding = f"imports {query.kind} {query.state} {session.scope.caller_key}"
        before = UUID(cursors.open(query.cursor, binding)[0]) if query.cursor else None
        found = await store.own(session, self.schema, query.kind, query.state, before, query.limit + 1)
        shown = [self._shown(row) for row in found[: query.limit]]
        following = cursors.seal([shown[-1]["id"]], binding) if len(found) > query.limit else None
        return listing.tagged(json.write({"items": shown, "next": following}), len(shown), request)

    async def read_import(self, request: Request, session: Reading, import_id: UUID) -> Response:
        _json_alone(request)
        row = await self._found(session, import_id)
        return listing.tagged(json.write(self._shown(row)), row["state"], request)

    async def _found(self, session: Reading, identity: UUID) -> Record:
        row = await store.find(session, self.schema, identity)
        if row is None:
            raise ABSENT()
        return row

    def _shown(self, row: Record) -> dict[str, Any]:
        base = f"/{self.service}/v1"
        here = f"{base}/imports/{row['id']}"
        names = (
            "id",
            "receipt_number",
            "arrived_at",
            "kind",
            "mode",
            "dry_run",
            "history",
            "state",
            "media_type",
            "size",
        )
        return {name: row[name] for name in names} | {
            "sha256": row["sha256"].hex(),
            "operation": f"{base}/operations/{row['id']}",
            "summary": from_json(row["summary"]) if row["summary"] else None,
            "problems": f"{here}/problems",
            "marked_workbook": f"{here}/marked-workbook" if row["marked_id"] else None,
        }

    async def list_problems(
        self, request: Request, session: Reading, import_id: UUID, query: Annotated[Page, Query()]
    ) -> Response:
        _json_alone(request)
        row = await self._found(session, import_id)
        cursors = service_of(request).cursors
        binding = f"problems {import_id} {session.scope.caller_key}"
        after = int(cursors.open(query.cursor, binding)[0] or 0) if query.cursor else 0
        found = await store.problems(session, self.schema, import_id, after, query.limit + 1)
        shown = found[: query.limit]
        following = cursors.seal([shown[-1]["ordinal"]], binding) if len(found) > query.limit else None
        body = {"items": [from_json(one["problem"]) for one in shown], "next": following}
        return listing.tagged(json.write(body), row["state"], request)

    async def read_marked_workbook(self, request: Request, session: Reading, import_id: UUID) -> Response:
        row = await self._found(session, import_id)
        if row["marked_id"] is None:
            raise ABSENT()
        files = Blobs(service_of(request).database, self.schema, session.scope)
        name = f"{row['kind']}-{row['receipt_number']}.xlsx"
        return StreamingResponse(files.read(row["marked_id"]), media_type=XLSX, headers=_attachment(name))

    async def list_kinds(self, request: Request, scope: Annotated[Scope, Depends(admit)]) -> Response:
        _json_alone(request)
        items = [
            {
                "kind": kind,
                "title": resource.kind.title._asdict(),
                "version": resource.kind.version,
                "dictionary": f"/{self.service}/v1/imports/kinds/{kind}",
                "template": f"/{self.service}/v1/imports/kinds/{kind}/template",
            }
            for kind, resource in self.kinds.items()
            if may_import(resource, scope)
        ]
        return listing.tagged(json.write({"items": items, "next": None}), len(items), request)

    async def read_kind(
        self, request: Request, scope: Annotated[Scope, Depends(admit)], kind: str
    ) -> Response:
        _json_alone(request)
        found = kind_of(self.resource(kind, scope), history=False)
        body = {
            "kind": found.name,
            "title": found.title._asdict(),
            "version": found.version,
            "columns": [_column(column) for column in found.columns],
        }
        return listing.tagged(json.write(body), found.version, request)

    async def read_template(
        self, request: Request, scope: Annotated[Scope, Depends(admit)], kind: str, query: Any
    ) -> Response:
        resource = self.resource(kind, scope)
        filled = await self.forms.filled(request, scope, resource, query)
        folder = tempfile.TemporaryDirectory(prefix="kk-template-")
        path = Path(folder.name) / f"{kind}.xlsx"
        await asyncio.to_thread(
            write_template, path, resource.kind, filled.rows,
            organisation=filled.organisation, fixed=resource.fixed, beside=filled.beside,
        )  # fmt: skip
        headers = _attachment(f"{kind}-{resource.kind.version}.xlsx")
        return FileResponse(path, media_type=XLSX, headers=headers, background=BackgroundTask(folder.cleanup))


def _json_alone(request: Request) -> None:
    choose(request.headers.get("accept", ""), ("json",))


def _attachment(name: str) -> dict[str, str]:
    return listing.VARY | {"Content-Disposition": f'attachment; filename="{name}"'}


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "title": column.title._asdict(),
        "required": column.required,
        "rules": column.rules(),
        "cell": column.cell.name,
        "hint": column.cell.hint._asdict(),
        "description": column.description._asdict(),
        "headings": column.headings(),
        "aliases": column.aliases,
        "choices": [
            {"value": choice.value, "label": choice.label._asdict()} for choice in column.cell.choices
        ],
    }


def mount(service: str, schema: str, resources: Sequence[Resource], router: APIRouter) -> None:
    routes = Routes(service, schema, resources)
    named: Any = Literal[tuple(routes.kinds)]
    query = create_model("ImportUpload", __base__=Upload, kind=(named, ...))

    async def create_import(
        request: Request, scope: Annotated[Scope, Depends(admit)], query: Any
    ) -> Response:
        return await receive(request, scope, routes.kinds[query.kind], query)

    listing.annotate(create_import, query=Annotated[query, Query()])
    binary = {"schema": {"type": "string", "format": "binary"}}
    content = {media: binary for media in (XLSX, CSV, MS_EXCEL, *sorted(NDJSON))}
    router.add_api_route(
        "/imports", create_import, methods=["POST"], status_code=202, response_model=None,
        operation_id=f"{service}_imports_create", summary="Send a file of records", tags=["imports"],
        responses=problems(409, 413, 415, 422) | {202: answer(RECEIPT, "Arrived; followed as an operation")},
        openapi_extra={"requestBody": {"required": True, "content": content}},
    )  # fmt: skip
    sought = create_model("ImportsSought", __base__=Sought, kind=(named | None, None))
    for verb, path, handler, summary, statuses in (
        ("list", "/imports", _asked(routes.list_imports, sought), "Your imports, the newest first", ()),
        ("kinds", "/imports/kinds", routes.list_kinds, "Kinds of files that you may send", ()),
        ("kind", "/imports/kinds/{kind}", routes.read_kind, "Column dictionary of a kind", (404,)),
        (
            "template",
            "/imports/kinds/{kind}/template",
            _asked(routes.read_template, routes.forms.query),
            "Form to fill in",
            (404,),
        ),
        ("read", "/imports/{import_id}", routes.read_import, "Import: what came of a file", (404,)),
        ("problems", "/imports/{import_id}/problems", routes.list_problems, "Problems by row", (404,)),
        (
            "marked_workbook",
            "/imports/{import_id}/marked-workbook",
            routes.read_marked_workbook,
            "Your workbook, marked",
            (404,),
        ),
    ):
        _get(service, router, verb, path, handler, summary, statuses)


def _asked(method: Any, query: type[BaseModel]) -> Any:
    """The method with its query narrowed; a bound method takes no signature of its own."""

    async def handler(*args: Any, **values: Any) -> Response:
        answered: Response = await method(*args, **values)
        return answered

    handler.__signature__ = inspect.signature(method)  # type: ignore[attr-defined]
    listing.annotate(handler, query=Annotated[query, Query()])
    return handler


def _get(
    service: str, router: APIRouter, verb: str, path: str, handler: Any, summary: str, statuses: Any
) -> None:
    shape = SHAPES.get(verb)
    told = {"description": "OK", "content": {XLSX: {}}} if shape is None else answer(shape)
    router.add_api_route(
        path, handler, methods=["GET"], response_model=None, operation_id=f"{service}_imports_{verb}",
        summary=summary, tags=["imports"],
        responses=problems(*statuses) | {200: told}, response_class=Response,
    )  # fmt: skip
