"""A file arrives: staged in chunks without a transaction, then one short transaction makes it count.

That transaction holds the key's lock, the import row, its operation, its job and the stored answer; its
instant is the arrival (到達).
"""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

from fastapi import Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from services.kit import jobs, operations
from services.kit.auth.scope import Scope
from services.kit.blobs import Blob, Blobs
from services.kit.errors import FORBIDDEN, LARGE, MEDIA, PARAMETERS, PERSON_REQUIRED, FieldError
from services.kit.http import json
from services.kit.http.guard import Keyed, service_of
from services.kit.imports import store
from services.kit.imports.engine import ENTRYPOINT
from services.kit.imports.package import inspect
from services.kit.imports.reading import CSV, NDJSON, TSV, XLSX, FileRefused
from services.kit.resource import Resource
from services.kit.text import Text

HISTORY_SCOPE = "history:load"
MS_EXCEL = "application/vnd.ms-excel"
_SUFFIXES = {XLSX: "xlsx", CSV: "csv", TSV: "tsv"}
_CHARSETS = 40
# a zip, and the container of the old binary workbook
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class Upload(BaseModel):
    """What the query of an upload says; `kind` is narrowed to the service's kinds."""

    model_config = ConfigDict(extra="forbid")

    kind: str
    mode: Literal["atomic", "partial"] = "atomic"
    dry_run: Literal["true", "false"] = "false"
    history: Literal["true", "false"] = "false"


class Sent(NamedTuple):
    media_type: str
    charset: str | None


def may_import(resource: Resource, scope: Scope) -> bool:
    """The kind's own row of the access matrix."""
    rule = resource.access["import"]
    return scope.principal.role in rule.roles and rule.scope in scope.principal.scopes


async def receive(request: Request, scope: Scope, resource: Resource, query: Upload) -> Response:
    """Admitted by the route's row; here by the kind's."""
    history = query.history == "true"
    if not may_import(resource, scope) or (history and HISTORY_SCOPE not in scope.principal.scopes):
        raise FORBIDDEN()
    if resource.access["import"].human and scope.principal.person is None:
        raise PERSON_REQUIRED()
    Keyed.key_of(request)
    service = service_of(request)
    if int(request.headers.get("content-length", "0")) > service.import_bytes:
        raise LARGE()
    stream, sent = await _opened(request)
    files = Blobs(service.database, service.schema, scope)
    name = f"{resource.plural}.{_SUFFIXES.get(sent.media_type, 'ndjson')}"
    source = await files.stage(stream, sent.media_type, name, service.import_bytes)
    try:
        if sent.media_type == XLSX:
            await _measure(files, source)
        return await _arrive(request, scope, resource, query, source, sent)
    except BaseException:
        await files.discard(source.id)  # refused, or the twin of an earlier upload
        raise


async def _measure(files: Blobs, source: Blob) -> None:
    """A workbook with too many rows is refused on arrival; what else is wrong with it the import will say."""
    with tempfile.TemporaryDirectory(prefix="kk-upload-") as folder:
        path = Path(folder) / "workbook"
        await files.fetch(source.id, path)
        try:
            with path.open("rb") as stream:
                await asyncio.to_thread(inspect, stream)
        except FileRefused as refused:
            found = refused.finding
            if found.code in _TOO_LARGE:
                raise LARGE(FieldError("", found.code, found.message, found.remedy)) from None


async def _opened(request: Request) -> tuple[AsyncIterator[bytes], Sent]:
    """The stream from its first byte on, and what it is."""
    given = request.headers.get("content-type", "")
    media, *parameters = (part.strip() for part in given.lower().split(";"))
    charset = next((part[8:].strip('" ') for part in parameters if part.startswith("charset=")), None)
    if media not in (XLSX, CSV, TSV, MS_EXCEL, *NDJSON):
        raise MEDIA(accepted=", ".join((XLSX, CSV, TSV, *sorted(NDJSON))))
    if charset and len(charset) > _CHARSETS:
        raise PARAMETERS(_BAD_CHARSET)
    stream = aiter(request.stream())
    first = await anext(stream, b"")
    if media == MS_EXCEL:  # what browsers on Windows call a CSV file
        media = XLSX if first.startswith(_BINARY) else CSV

    async def whole() -> AsyncIterator[bytes]:
        yield first
        async for part in stream:
            yield part

    return whole(), Sent(media, charset)


_TOO_LARGE = ("too_many_rows", "too_many_columns", "workbook_too_big")
_BAD_CHARSET = FieldError(
    "Content-Type", "charset_unsupported", Text("文字コードの指定が長すぎます", "This charset is not known")
)


async def _arrive(
    request: Request, scope: Scope, resource: Resource, query: Upload, source: Blob, sent: Sent
) -> Response:
    service = service_of(request)
    said = f"{request.url.path}?{request.url.query} {request.headers.get('content-type', '')}\0"
    digest = hashlib.sha256(said.encode() + source.sha256).digest()
    async with service.database.writing(scope) as session:
        keyed = await Keyed.claim(request, session, digest)
        assert keyed is not None
        identity = await operations.begin(session, service.schema, f"import:{resource.plural}")
        receipt, arrived = await store.arrive(
            session, service.schema, identity, source, kind=resource.plural, mode=query.mode,
            dry_run=query.dry_run == "true", history=query.history == "true", charset=sent.charset,
        )  # fmt: skip
        await jobs.enqueue(session, service.schema, ENTRYPOINT, identity)
        base = f"/{resource.service}/v1"
        body: dict[str, Any] = {
            "id": identity,
            "operation": f"{base}/operations/{identity}",
            "import": f"{base}/imports/{identity}",
            "receipt_number": receipt,
            "arrived_at": arrived,
            "sha256": source.sha256.hex(),
        }
        response = Response(
            json.write(body),
            status_code=202,
            media_type="application/json",
            headers={"Location": body["operation"], "Cache-Control": "private, no-cache"},
        )
        await keyed.store(response)
    return response
