"""A file is stored as it comes, chunk by chunk, and then counts in one short transaction; it is served as it came."""

import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request
from pydantic import ConfigDict
from starlette.responses import Response, StreamingResponse

from services.grants import access
from services.grants.applications.resource import applications
from services.grants.files import service
from services.grants.files.domain import BAD, LARGEST, SUFFIXES
from services.grants.files.resource import application_files
from services.grants.files.scanning import ENTRYPOINT, ScannerSettings
from services.grants.rules import Code
from services.kit import jobs
from services.kit.blobs import Blobs
from services.kit.db.session import Record, WriteSession, inside
from services.kit.errors import LARGE, MEDIA
from services.kit.http import listing
from services.kit.http.commands import command
from services.kit.http.guard import Keyed, Reading, admit, service_of
from services.kit.http.mount import Reference, answer, called, reader, router_for
from services.kit.http.openapi import problems
from services.kit.wire import Called, Line, Wire

RULES = {
    "grants_applications_add_file": access.WRITES_APPLICATIONS,
    "grants_application_files_remove": access.WRITES_APPLICATIONS,
    "grants_application_files_content": access.APPLICATIONS,
}


class FileSent(Wire):
    """`document`: the code by which the rules ask for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: Annotated[Code, Called("document_code")]
    file_name: Line


async def add(request: Request, ref: Reference, query: Annotated[FileSent, Query()]) -> Response:
    Keyed.key_of(request)
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media not in SUFFIXES:
        raise MEDIA(accepted=", ".join(SUFFIXES))
    if int(request.headers.get("content-length", "0")) > LARGEST:
        raise LARGE()
    scope, house = admit(request), service_of(request)
    async with house.database.reading(scope) as session:
        await listing.find(applications, session, ref)  # before anything of it is kept
    files = Blobs(house.database, house.schema, scope)
    blob = await files.stage(request.stream(), media, query.file_name, LARGEST)
    digest = hashlib.sha256(
        f"{request.url.path}?{request.url.query} {media}\0".encode() + blob.sha256
    ).digest()
    try:
        async with house.database.writing(scope) as writing:
            keyed = await Keyed.claim(request, writing, digest)
            assert keyed is not None
            one = await listing.find(applications, await inside(writing), ref)
            made = await service.add(writing, one["id"], query.document, blob)
            if ScannerSettings().scanner:
                await jobs.enqueue(writing, house.schema, ENTRYPOINT, made)
            response = await answer(application_files, writing, made, request, 201)
            await keyed.store(response)
    except BaseException:
        await files.discard(blob.id)  # refused, or the twin of an earlier upload
        raise
    return response


async def remove(session: WriteSession, one: Record) -> UUID:
    application: UUID = one["application_id"]
    await service.remove(session, application, one["id"])
    return application


async def content(request: Request, session: Reading, ref: Reference) -> Response:
    one = await listing.find(application_files, session, ref)
    if one["verdict"] == "bad":
        raise BAD()
    house = service_of(request)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{str(one["id"])[-8:]}.{SUFFIXES[one["media_type"]]}"',
        "Content-Length": str(one["size"]),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    body = Blobs(house.database, house.schema, session.scope).read(one["blob_id"])
    return StreamingResponse(body, media_type=one["media_type"], headers=headers)


_BINARY = {"schema": {"type": "string", "format": "binary"}}
_CONTENT = {media: _BINARY for media in SUFFIXES}
router = router_for("grants")
router.add_api_route(
    "/applications/{ref}/files", called(add, "add_application_files", application_files), methods=["POST"],
    status_code=201, operation_id="grants_applications_add_file",
    summary="Add a file of a document that the rules ask for (50 MiB at most)",
    responses={**problems(404, 409, 413, 415, 422), 201: {"model": reader(application_files), "description": "OK"}},
    response_model=None, tags=["applications"], openapi_extra={"requestBody": {"required": True, "content": _CONTENT}},
)  # fmt: skip
command(
    router,
    application_files,
    "remove",
    "removals",
    remove,
    "Take a file out of a draft",
    answers=applications,
)
router.add_api_route(
    "/application-files/{ref}/content", called(content, "application_files_content"), methods=["GET"],
    operation_id="grants_application_files_content", summary="The file as it came, unless it was found to be unsafe",
    responses={**problems(404, 409), 200: {"description": "The file", "content": _CONTENT}}, response_model=None,
    response_class=Response, tags=["application-files"],
)  # fmt: skip
