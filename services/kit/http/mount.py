"""A resource's routes, made from its declaration."""

from collections.abc import AsyncIterator, Callable
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, create_model
from starlette.responses import Response

from services.kit import glossary
from services.kit.db.session import ReadSession, WriteSession, inside
from services.kit.errors import INVALID, STALE, UNGUARDED
from services.kit.http import listing
from services.kit.http.files import BASIS_HEADERS
from services.kit.http.guard import OfRecord, Writing, admit, service_of
from services.kit.http.listing import Wanted
from services.kit.http.negotiate import LIST_FORMATS, MEDIA, choose
from services.kit.http.openapi import KEY, problems
from services.kit.http.route import JSON_TYPES, KitRoute
from services.kit.http.validation import field_errors
from services.kit.resource import Resource
from services.kit.temporal import KnownAt
from services.kit.wire import Day
from services.kit.writer import KEPT, PATCH, store_one

Short = Annotated[str, StringConstraints(max_length=200)]
Reference = Annotated[str, Path(max_length=64, description="The record's id, or the code it is known by.")]


def router_for(service: str) -> APIRouter:
    return APIRouter(prefix=f"/{service}/v1", route_class=KitRoute)


def query_model(resource: Resource) -> type[BaseModel]:
    """One model per list: unknown parameters are refused because everything known is here."""
    parameters: dict[str, Any] = {
        name: (one.annotation | None, Field(None, description=_said(name)))
        for name, one in resource.filters.items()
    }
    if resource.sorts:
        allowed = tuple(sign + name for name in resource.sorts for sign in ("", "-"))
        parameters["sort"] = (Literal[allowed] | None, None)
    else:
        parameters["sort"] = (Literal["id"] | None, None)
    if resource.temporal:
        parameters["as_of"] = (Day | None, Field(None, description=_said("as_of")))
        parameters["known_at"] = (KnownAt | None, Field(None, description=_said("known_at")))
    parameters["limit"] = (Annotated[int, Field(ge=1, le=500)] | None, None)
    parameters["cursor"] = (Annotated[str, StringConstraints(max_length=2000)] | None, None)
    parameters["include"] = (Literal["total"] | None, None)
    model: type[BaseModel] = create_model(
        f"{resource.plural}_query", __config__=ConfigDict(extra="forbid"), **parameters
    )
    return model


def _said(term: str) -> str:
    title, note = glossary.title(term), glossary.note(term)
    return f"{title.en} / {title.ja}" + (f". {note.en}" if note.en else "")


Lists = tuple[ReadSession, Wanted]


def list_session(*, dated: bool) -> Callable[[Request], AsyncIterator[Lists]]:
    """A page reads in the pool of reads; a whole list in the exports' own, from one snapshot."""

    async def session_of(request: Request) -> AsyncIterator[Lists]:
        scope = admit(request)
        form, media, parameters = choose(request.headers.get("accept", ""), LIST_FORMATS)
        database = service_of(request).database
        paged = database.counting if dated else database.reading
        async with (paged if form == "json" else database.exporting)(scope) as session:
            yield session, Wanted(form, media, parameters)

    return session_of


class DatedBasis(BaseModel):
    """What an answer of dated facts stands on."""

    model_config = ConfigDict(extra="forbid")

    as_of: date | None
    known_at: datetime
    settled: bool


class AvailableAction(BaseModel):
    """A command that this caller may give; `closed` says why not just now."""

    model_config = ConfigDict(extra="forbid")

    action: str
    href: str
    closed: str | None = None


def reader(resource: Resource) -> type[BaseModel]:
    return _record(resource.read)


@cache
def _record(read: type[BaseModel]) -> type[BaseModel]:
    """Once for all routes that answer with it: to make a model is dear."""
    return create_model(
        read.__name__ + "Record", __base__=read, available_actions=(list[AvailableAction], ...)
    )


def _page(resource: Resource) -> type[BaseModel]:
    fields: dict[str, Any] = {
        "items": (list[resource.read], ...),  # type: ignore[name-defined]
        "next": (str | None, ...),
        "total": (int | None, None),
    }
    if resource.temporal:
        fields["basis"] = (DatedBasis, ...)
    return create_model(resource.read.__name__ + "Page", __config__=ConfigDict(extra="forbid"), **fields)


def _content(model: type[BaseModel], *, lists: bool = False) -> dict[str, Any]:
    content: dict[str, Any] = {"application/json": {}}
    if lists:
        content |= {media: {"schema": {"type": "string"}} for media in MEDIA if media != "application/json"}
    return {"model": model, "description": "OK", "content": content}


def called(handler: Any, name: str, answers: Resource | None = None) -> Any:
    """`answers`: of which resource the answer that is kept for a retry holds a record."""
    handler.__name__, handler.resource = name, answers
    return handler


def mount(resource: Resource, router: APIRouter) -> None:
    """Add the routes that the resource's access rows name."""
    if "list" in resource.access:
        _mount_list(resource, router)
    if "read" in resource.access:
        _mount_read(resource, router)
    if "create" in resource.access:
        _mount_create(resource, router)
    if "change" in resource.access:
        _mount_change(resource, router)


def _mount_list(resource: Resource, router: APIRouter) -> None:
    Model = query_model(resource)

    async def handler(request: Request, session: Any, query: Annotated[Any, Query()]) -> Response:
        reading, wanted = session
        if wanted.form == "json":
            return await listing.page(resource, reading, query, request)
        return await listing.whole(resource, reading, wanted, query, request)

    session = Annotated[Lists, Depends(list_session(dated=resource.temporal), scope="request")]
    listing.annotate(handler, session=session, query=Annotated[Model, Query()])
    told = _content(_page(resource), lists=True) | ({"headers": BASIS_HEADERS} if resource.temporal else {})
    router.add_api_route(
        f"/{resource.plural}", called(handler, f"list_{resource.plural}"), methods=["GET"],
        operation_id=resource.operation("list"), summary=f"{glossary.title(resource.plural).en}: list",
        responses=problems(413, 422) | {200: told, 304: {"description": "Not modified"}},
        response_model=None, tags=[resource.plural],
    )  # fmt: skip


def _mount_read(resource: Resource, router: APIRouter) -> None:
    async def handler(request: Request, session: OfRecord, ref: Reference) -> Response:
        choose(request.headers.get("accept", ""), ("json",))
        return await listing.read(resource, session, ref, request)

    router.add_api_route(
        f"/{resource.plural}/{{ref}}", called(handler, f"read_{resource.plural}"), methods=["GET"],
        operation_id=resource.operation("read"), summary=f"{glossary.title(resource.name).en}: read",
        responses=problems(404) | {200: _content(reader(resource)), 304: {"description": "Not modified"}},
        response_model=None, tags=[resource.plural],
    )  # fmt: skip


async def answer(resource: Resource, session: Any, identity: Any, request: Request, status: int) -> Response:
    """The record as the caller sees it after the write, read in the same transaction."""
    reading = await inside(session)
    response = await listing.read(resource, reading, str(identity), request, session)
    response.status_code = status
    if status == 201:
        response.headers["Location"] = f"/{resource.service}/v1/{resource.plural}/{identity}"
    return response


def _mount_create(resource: Resource, router: APIRouter) -> None:
    async def handler(request: Request, session: Writing, body: Any) -> Response:
        change = await store_one(session, resource, body.model_dump(), insert_only=True)
        assert change is not None
        return await answer(resource, session, change.id, request, 201)

    listing.annotate(handler, body=resource.write)
    router.add_api_route(
        f"/{resource.plural}", called(handler, f"create_{resource.plural}", resource), methods=["POST"], status_code=201,
        operation_id=resource.operation("create"), summary=f"{glossary.title(resource.name).en}: create",
        responses=problems(409, 413, 415, 422) | {201: _content(reader(resource))},
        response_model=None, tags=[resource.plural],
    )  # fmt: skip


def _patch(write: type[BaseModel]) -> dict[str, Any]:
    """A merge patch names any of the fields; null takes a value away."""
    told = write.model_json_schema()
    parts = told.get("$defs", {})
    properties = {name: _in_part(one, parts) for name, one in told["properties"].items()}
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    match = KEY | {"name": "If-Match"}
    return {
        "parameters": [KEY | {"required": False}, match],
        "requestBody": {"content": {media: {"schema": schema} for media in JSON_TYPES}},
    }


def _in_part(schema: Any, parts: dict[str, Any], whole: bool = False) -> Any:
    """Written out, for it stands in no component. Of a document a patch names what changes; of a list, all of it."""
    if isinstance(schema, list):
        return [_in_part(one, parts, whole) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        schema = parts[schema["$ref"].rpartition("/")[2]]
    left_out = () if whole or schema.get("type") != "object" else ("required",)
    return {
        name: _in_part(one, parts, whole or name == "items")
        for name, one in schema.items()
        if name not in left_out
    }


def _patched(present: Any, patch: Any) -> Any:
    """JSON Merge Patch (RFC 7396) within a field: a document is patched, anything else is replaced."""
    if not isinstance(present, dict) or not isinstance(patch, dict):
        return patch
    merged = present | {name: _patched(present.get(name), one) for name, one in patch.items()}
    return {name: one for name, one in merged.items() if name not in patch or patch[name] is not None}


async def change(
    resource: Resource, session: WriteSession, ref: str, body: dict[str, Any], request: Request
) -> Response:
    """A merge patch onto the version that If-Match names."""
    write = resource.write
    assert write is not None
    reading = await inside(session)
    record = await listing.find(resource, reading, ref)
    await listing.lock(resource, session, record["id"])
    current = await listing.find(resource, reading, str(record["id"]))
    _matched(request, current["row_version"])
    stands = {name: current[name] for name in write.model_fields if name in resource.fields}
    merged = stands | {name: _patched(stands.get(name), one) for name, one in body.items()}
    try:
        row = write.model_validate(merged).model_dump()
    except ValidationError as error:
        raise INVALID(
            *field_errors([one | {"loc": ("body", *one["loc"])} for one in error.errors()])
        ) from None
    kept = {name for name, value in row.items() if name in resource.fields and value == current[name]}
    await store_one(
        session, resource, row | {"id": current["id"], PATCH: True, KEPT: kept}, insert_only=False
    )
    return await answer(resource, session, current["id"], request, 200)


def _mount_change(resource: Resource, router: APIRouter) -> None:
    """PATCH is a JSON Merge Patch onto the fields of the write model."""
    write = resource.write
    assert write is not None

    async def handler(request: Request, session: Writing, ref: Reference, body: dict[str, Any]) -> Response:
        return await change(resource, session, ref, body, request)

    router.add_api_route(
        f"/{resource.plural}/{{ref}}", called(handler, f"change_{resource.plural}", resource), methods=["PATCH"],
        operation_id=resource.operation("change"), summary=f"{glossary.title(resource.name).en}: change",
        responses=problems(404, 409, 412, 413, 415, 422, 428) | {200: _content(reader(resource))},
        response_model=None, tags=[resource.plural], openapi_extra=_patch(write),
    )  # fmt: skip


def _matched(request: Request, version: object) -> None:
    """If-Match holds when it names the present version, whichever representation it was read in."""
    given = request.headers.get("if-match")
    if given is None:
        raise UNGUARDED()
    tags = [tag.strip().strip('"') for tag in given.split(",")]
    if "*" not in tags and str(version) not in [tag.split(".")[0] for tag in tags]:
        raise STALE()
