"""Reading a resource: a record with its ETag, a page of a list, or the whole list in another format."""

import hashlib
import inspect
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from fastapi import Request
from pydantic import TypeAdapter
from pydantic_core import from_json
from sqlalchemy import select
from starlette.responses import Response, StreamingResponse

from services.kit import glossary, temporal
from services.kit.auth.scope import Scope
from services.kit.db import rows
from services.kit.db.session import ReadSession, Record, WriteSession
from services.kit.errors import ABSENT, LARGE, PARAMETERS, FieldError
from services.kit.http import files, json, problem, reads, standing
from services.kit.http.guard import service_of
from services.kit.http.negotiate import Format
from services.kit.imports.describing import Description
from services.kit.resource import Filter, Resource
from services.kit.text import Text

VARY = {"Vary": "Accept, Accept-Language, Authorization", "Cache-Control": "private, no-cache"}


MOST = 500  # records of a page


class Wanted(NamedTuple):
    form: Format
    media: str
    parameters: dict[str, str]


def _file_name(resource: Resource) -> str:
    return resource.plural.rpartition("/")[2]


def _described(resource: Resource, role: str, request: Request) -> Description:
    columns = resource.exported(role)
    return Description(glossary.title(resource.plural), request.url.path, columns, resource.version)


Asked = tuple[rows.Shape, dict[str, Any], dict[str, Any]]


async def basis(resource: Resource, session: ReadSession, query: Any) -> Asked:
    return await basis_of(resource.filters, resource.temporal, session, query)


async def basis_of(filters: Mapping[str, Filter], dated: bool, session: ReadSession, query: Any) -> Asked:
    """The statement's shape and values for what was asked; of dated facts also the basis they stand on."""
    given = query.model_dump(exclude_none=True)
    named = tuple(name for name in filters if name in given)
    scope = session.scope
    values = rows.scope_values(scope) | {name: filters[name].convert(given[name]) for name in named}
    said: dict[str, Any] = {}
    if dated:
        said, instants = await temporal.basis(session, given.get("as_of"), given.get("known_at"))
        values |= instants
        _in_order(filters, given, instants["as_of"] or instants["today"])
    shape = rows.Shape(
        scope.principal.role, scope.reach, named, known="known_at" in given, dated=dated and "as_of" in given
    )
    return shape, values, said


def _in_order(filters: Mapping[str, Filter], given: dict[str, Any], last: date) -> None:
    for name in given.keys() & filters.keys():
        if filters[name].begins and given[name] > last:
            raise PARAMETERS(
                FieldError(
                    name,
                    "after_as_of",
                    Text("期首が期末（as_of）より後です", "This day lies after the last, as_of"),
                    Text("as_of 以前の日を指定してください。", "Give a day that is not after as_of."),
                )
            )


def annotate(handler: Any, **annotations: Any) -> None:
    """FastAPI reads the signature: give it the model that was made for this resource."""
    signature = inspect.signature(handler)
    parameters = [
        one.replace(annotation=annotations.get(one.name, one.annotation))
        for one in signature.parameters.values()
    ]
    handler.__signature__ = signature.replace(parameters=parameters)


async def lock(resource: Resource, session: WriteSession, identity: Any) -> None:
    table = resource.parts[0].table
    await session.execute(select(table.c.id).where(table.c.id == identity).with_for_update())


def tagged(body: bytes, version: object, request: Request, headers: dict[str, str] | None = None) -> Response:
    """200 with an ETag of version and representation; to a GET that has it already, 304."""
    tag = f'"{version}.{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = VARY | {"ETag": tag} | (headers or {})
    asked = request.headers.get("if-none-match") if request.method == "GET" else None
    if asked is not None and (
        asked.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in asked.split(","))
    ):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def shown(
    resource: Resource, record: Record, names: tuple[str, ...], *, withheld: bool = False
) -> dict[str, Any]:
    """`withheld`: what is sealed stays so."""
    sealed = resource.sealed
    return {
        name: record[name] if name not in sealed else None if withheld else sealed[name](record)
        for name in names
    }


async def find(resource: Resource, session: ReadSession, ref: str) -> Record:
    """The record, or the same refusal whether it is absent or not the caller's."""
    addressed = rows.reference(resource, ref)
    if addressed is None:
        raise ABSENT()
    scope = session.scope
    query = rows.single(resource, rows.Shape(scope.principal.role, scope.reach, ()), addressed[0])
    record = await session.row(query.sql, *query.values(rows.scope_values(scope) | {"_ref": addressed[1]}))
    if record is None:
        raise ABSENT()
    return _unfolded(resource, record)


def _unfolded(resource: Resource, record: Record) -> Record:
    """With its documents as what they hold: the pools of reads leave them as text, the connections of writes do not."""
    folded = (name for name in resource.documents if isinstance(record[name], str))
    held = {name: from_json(record[name]) for name in folded}
    return {**record, **held} if held else record


def represent(
    resource: Resource, record: Record, role: str, spoken: str, *, withheld: bool = False
) -> dict[str, Any]:
    """A record as its reader sees it, with the commands that are open and why others are closed."""
    body = shown(resource, record, resource.shown(role), withheld=withheld)
    body["available_actions"] = [
        {"action": action.name, "href": action.href.format(id=record["id"])}
        | (
            {"closed": reason.within("en" if spoken == "en" else "ja")}
            if (reason := action.closed(dict(record)))
            else {}
        )
        for action in resource.actions
        if role in action.roles
    ]
    return body


async def read(
    resource: Resource, session: ReadSession, ref: str, request: Request, writing: WriteSession | None = None
) -> Response:
    """`writing`: the write that this answers. A 304 is noted too: it tells that what the caller holds still stands."""
    record = await find(resource, session, ref)
    await reads.note(resource, request, [record[resource.subject]], session=writing)
    spoken = problem.language(request.headers.get("accept-language", ""))
    role, withheld = session.scope.principal.role, writing is not None
    body = represent(resource, record, role, spoken, withheld=withheld)
    return tagged(json.write(body), record["row_version"], request)


def _binding(resource: Resource, scope: Scope, sort: str, query: Any) -> str:
    """A cursor is for its caller and for what was asked."""
    said = query.model_dump(exclude_none=True, exclude={"limit", "cursor", "include"})
    asked = sorted((name, str(value)) for name, value in said.items())
    return repr((resource.plural, scope.caller_key, sort, scope.reach, asked))


async def page(resource: Resource, session: ReadSession, query: Any, request: Request) -> Response:
    """One page in keyset order. Of dated facts every page is known at the instant of the first."""
    limit: int = min(query.limit or 50, resource.revocable or MOST)
    sort = _sort(resource, query)
    scope = session.scope
    cursors = service_of(request).cursors
    binding = _binding(resource, scope, sort, query)
    last = cursors.open(query.cursor, binding) if query.cursor else []
    if last and resource.temporal:
        query = query.model_copy(update={"known_at": datetime.fromisoformat(str(last.pop(0)))})
    shape, values, extra = await basis(resource, session, query)
    base = _with(shape, sort=sort, limited=True)
    asked = values | {"_limit": limit + 1}
    if last:
        base = _with(base, after=tuple(value is None for value in last[:-1]) or (False,))
        asked |= {"_id": last[-1], "_key": _typed(resource, sort, last[0]) if len(last) > 1 else None}
    made = rows.listing(resource, base)
    found = await session.fetch(made.sql, *made.values(asked))
    await reads.note(resource, request, [record[resource.subject] for record in found[:limit]])
    names = resource.shown(scope.principal.role)
    body: dict[str, Any] = extra | {
        "items": [shown(resource, _unfolded(resource, record), names) for record in found[:limit]],
        "next": None,
    }
    headers = dict(VARY)
    if len(found) > limit:
        final = found[limit - 1]
        keys = [final[sort.lstrip("-")]] if sort else []
        since = [extra["basis"]["known_at"]] if resource.temporal else []
        body["next"] = cursors.seal([*since, *keys, final["id"]], binding)
        headers["Link"] = (
            f'<{request.url.include_query_params(cursor=body["next"]).path}?{request.url.include_query_params(cursor=body["next"]).query}>; rel="next"'
        )
    if query.include == "total":
        counted = rows.listing(resource, _with(shape, total=True))
        body["total"] = (await session.fetch(counted.sql, *counted.values(values)))[0]["total"]
    return tagged(json.write(body), len(found), request, headers)


def _sort(resource: Resource, query: Any) -> str:
    return query.sort or (resource.sorts[0] if resource.sorts else "")


def _with(shape: rows.Shape, **changes: Any) -> rows.Shape:
    return rows.Shape(**{name: changes.get(name, getattr(shape, name)) for name in rows.Shape.__slots__})


def _typed(resource: Resource, sort: str, value: str | None) -> Any:
    """A cursor's text back in the type of the column it sorts by."""
    if value is None:
        return None
    kind: Any = resource.read.model_fields[sort.lstrip("-")].annotation
    return TypeAdapter[Any](kind).validate_strings(value)


async def whole(
    resource: Resource,
    session: ReadSession,
    wanted: Wanted,
    query: Any,
    request: Request,
) -> Response:
    """The whole list from one snapshot, never one page; what it stands on is said in its headers."""
    if query.limit is not None or query.cursor is not None:
        raise PARAMETERS(
            FieldError(
                "limit",
                "list_is_whole",
                Text("この形式では一覧全体を返します", "This format is always the whole list"),
                Text("limit と cursor を外してください。", "Leave out limit and cursor."),
            )
        )
    table = _described(resource, session.scope.principal.role, request)
    if wanted.form == "csvw":
        return files.description(table, dict(VARY))
    shape, values, said = await basis(resource, session, query)
    sorted_as = _with(shape, sort=_sort(resource, query))
    if resource.revocable:
        return await _revocable(resource, session, wanted, sorted_as, values, request)
    if reads.watched(resource, request):
        found: Sequence[Record] = ()
        if resource.subjects:  # of the snapshot that the file is made from
            ids = rows.listing(resource, _with(shape, ids=True))
            found = await session.fetch(ids.sql, *ids.values(values))
        await reads.note(resource, request, [record["subject"] for record in found], wanted.form)
    made = rows.listing(resource, sorted_as)
    records = _opened(resource, session.stream(made.sql, *made.values(values)))
    return await _file(
        records, table, wanted, request, f"{_file_name(resource)}.{wanted.form}", said.get("basis")
    )


async def _revocable(
    resource: Resource, session: ReadSession, wanted: Wanted, shape: rows.Shape, values: dict[str, Any],
    request: Request,
) -> Response:  # fmt: skip
    """A short file, marked with whom it is made for, of which no piece is sent that no longer stands."""
    made = rows.listing(resource, _with(shape, limited=True))
    found = await session.fetch(made.sql, *made.values(values | {"_limit": resource.revocable + 1}))
    if len(found) > resource.revocable:
        raise LARGE(standing.too_many(resource.revocable))
    await reads.note(resource, request, [record[resource.subject] for record in found], wanted.form)
    ids = rows.listing(resource, _with(shape, ids=True, sort=""))
    sent = {(record["id"], record["row_version"]) for record in found}
    database, scope = service_of(request).database, session.scope

    async def stands() -> bool:
        async with database.reading(scope) as present:
            now = await present.fetch(ids.sql, *ids.values(values))
        return sent <= {(record["id"], record["row_version"]) for record in now}

    mark = standing.file_mark(found[0][resource.marked]) if found and resource.marked else ""
    table = _described(resource, scope.principal.role, request)
    name = f"{_file_name(resource)}{mark}.{wanted.form}"
    return standing.guarded(
        await _file(_opened(resource, _each(found)), table, wanted, request, name, None), stands
    )


async def _opened(resource: Resource, records: AsyncIterator[Record]) -> AsyncIterator[Record]:
    async for record in records:
        record = _unfolded(resource, record)
        if resource.sealed:
            record = {**record, **shown(resource, record, tuple(resource.sealed))}
        yield record


async def _each(found: Sequence[Record]) -> AsyncIterator[Record]:
    for record in found:
        yield record


async def _file(
    records: AsyncIterator[Record],
    table: Description,
    wanted: Wanted,
    request: Request,
    name: str,
    basis: Any,
) -> Response:
    names = tuple(column.name for column in table.columns)
    spoken = problem.language(request.headers.get("accept-language", ""))
    headers = VARY | files.basis_headers(basis) | files.described_by(table)
    headers |= {"Content-Disposition": f'attachment; filename="{name}"'}
    if wanted.form == "ndjson":
        return StreamingResponse(_ndjson(records, names), media_type=wanted.media, headers=headers)
    if wanted.form == "csv":
        titles = table.titles(spoken)
        return await files.csv(_batches(records, names), titles, wanted.parameters, headers)
    return await files.xlsx(_batches(records, names), table, spoken, headers)


async def _ndjson(records: AsyncIterator[Record], names: tuple[str, ...]) -> AsyncIterator[bytes]:
    async for record in records:
        yield json.write({name: record[name] for name in names}) + b"\n"


BATCH = 500


async def _batches(records: AsyncIterator[Record], names: tuple[str, ...]) -> files.Batches:
    batch: list[list[Any]] = []
    async for record in records:
        batch.append([record[name] for name in names])
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch
