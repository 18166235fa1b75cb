"""A document as the paper, and as the data that it is set from; and an officer voids one that was wrong."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from services.grants import access
from services.grants.documents import repository, service
from services.grants.documents.papers import paper
from services.grants.documents.resource import documents
from services.kit import papers
from services.kit.db.session import Record, WriteSession
from services.kit.http import listing
from services.kit.http.commands import command
from services.kit.http.guard import Reading
from services.kit.http.mount import Reference, called, router_for
from services.kit.http.negotiate import only
from services.kit.http.openapi import problems
from services.kit.http.shapes import Shape, record
from services.kit.wire import Called, Line, Wire

RULES = {
    "grants_documents_paper": access.APPLICATIONS,
    "grants_documents_content": access.APPLICATIONS,
    "grants_documents_void": access.HANDLES,
    "grants_documents_reissue": access.HANDLES,
}


class Voiding(Wire):
    reason: Annotated[Line, Called("void_reason")]


async def void(session: WriteSession, one: Record, body: Voiding) -> None:
    await service.void(session, one["id"], body.reason)


async def reissue(session: WriteSession, one: Record, body: Voiding) -> UUID:
    return await service.reissue(session, one["id"], body.reason)


async def show(request: Request, session: Reading, ref: Reference) -> Response:
    only(request.headers.get("accept", ""), papers.MEDIA_TYPE)
    one = await listing.find(documents, session, ref)
    made = await paper(one, await repository.content(session, one["id"]))
    named = quote(f"{one['code']}.pdf", safe="")
    headers = listing.VARY | {
        "Content-Disposition": f"inline; filename=\"document-{one['id']}.pdf\"; filename*=UTF-8''{named}",
        "Content-Language": "ja",
    }
    return Response(made, media_type=papers.MEDIA_TYPE, headers=headers)


async def content(request: Request, session: Reading, ref: Reference) -> Response:
    one = await listing.find(documents, session, ref)
    told = await repository.content(session, one["id"])
    return Response(told.encode(), media_type="application/json", headers=listing.VARY)


ANY: Shape = {"examples": [{}]}
router = router_for("grants")
PAPER: dict[str, Any] = {
    "description": "The paper, to be shown or printed",
    "content": {papers.MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
}
CONTENT: dict[str, Any] = {
    "description": "The bytes of which the document says the SHA-256",
    "content": {"application/json": {"schema": record(about=ANY, content=ANY)}},
}
router.add_api_route(
    "/documents/{ref}/paper", called(show, "paper_documents"), methods=["GET"],
    operation_id="grants_documents_paper", summary="The document as a paper in Japanese (PDF)",
    responses={**problems(404, 409), 200: PAPER}, response_class=Response, response_model=None, tags=["documents"],
)  # fmt: skip
router.add_api_route(
    "/documents/{ref}/content", called(content, "content_documents"), methods=["GET"],
    operation_id="grants_documents_content", summary="What the document says, as canonical JSON (RFC 8785)",
    responses={**problems(404), 200: CONTENT}, response_model=None, tags=["documents"],
)  # fmt: skip
command(
    router, documents, "void", "voids", void, "Make a document void: its number stays, and is given to no other",
    body=Voiding,
)  # fmt: skip
command(
    router, documents, "reissue", "reissues", reissue,
    "Make a document void, and issue the same under the next number with its applicant as known now", body=Voiding,
    answers=documents,
)  # fmt: skip
