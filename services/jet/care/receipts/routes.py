"""A receipt arrives whole, is served whole, and is removed."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from services.jet.care import access
from services.jet.care.claims.resource import claims
from services.jet.care.receipts import domain, service
from services.jet.care.receipts.resource import claim_receipts
from services.kit.db.session import Record, WriteSession, inside
from services.kit.errors import LARGE, MEDIA
from services.kit.http import listing
from services.kit.http.commands import command
from services.kit.http.guard import Keyed, Writing, admit, service_of
from services.kit.http.mount import Reference, answer, called, reader, router_for
from services.kit.http.openapi import problems

RULES = {
    "care_claim_receipts_add": access.CLAIMS_OWN,
    "care_claim_receipts_remove": access.CLAIMS_OWN,
    "care_claim_receipts_file": access.CLAIM_CONTENT,
}


async def _whole(request: Request) -> bytes:
    """No more of it than a receipt may have."""
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media not in domain.MEDIA_TYPES:
        raise MEDIA(accepted=", ".join(domain.MEDIA_TYPES))
    if int(request.headers.get("content-length", "0")) > domain.LARGEST:
        raise LARGE()
    held = bytearray()
    async for part in request.stream():
        held += part
        if len(held) > domain.LARGEST:
            raise LARGE()
    return bytes(held)


async def add(request: Request, ref: Reference) -> Response:
    """The body is no JSON and may be large: it is read before the transaction begins."""
    Keyed.key_of(request)
    content, scope = await _whole(request), admit(request)
    house = service_of(request)
    digest = house.cursors.digest(f"{request.url.path}\0".encode() + content)
    async with house.database.writing(scope) as session:
        keyed = await Keyed.claim(request, session, digest)
        assert keyed is not None
        claim = await listing.find(claims, await inside(session), ref)
        made = await service.add(session, claim["id"], content)
        response = await answer(claim_receipts, session, made, request, 201)
        await keyed.store(response)
    return response


async def remove(session: WriteSession, receipt: Record) -> UUID:
    claim: UUID = receipt["claim_id"]
    await service.remove(session, claim, receipt["id"])
    return claim


async def file(request: Request, session: Writing, ref: Reference) -> Response:
    receipt = await listing.find(claim_receipts, await inside(session), ref)
    content = await service.content(session, receipt["claim_id"], receipt["id"])
    kind = receipt["media_type"]
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{str(receipt["id"])[:8]}.{domain.SUFFIXES[kind]}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type=kind, headers=headers)


_BINARY = {"schema": {"type": "string", "format": "binary"}}
_CONTENT = {media: _BINARY for media in domain.MEDIA_TYPES}
router = router_for("care")
router.add_api_route(
    "/claims/{ref}/receipts", called(add, "add_claim_receipts", claim_receipts), methods=["POST"], status_code=201,
    operation_id="care_claim_receipts_add", summary="Add a receipt to a claim, up to 10 MB", tags=["claim-receipts"],
    response_model=None, openapi_extra={"requestBody": {"required": True, "content": _CONTENT}},
    responses={**problems(404, 409, 413, 415, 422), 201: {"model": reader(claim_receipts), "description": "OK"}},
)  # fmt: skip
command(
    router,
    claim_receipts,
    "remove",
    "removals",
    remove,
    "Remove a receipt from a claim that is open",
    answers=claims,
)
router.add_api_route(
    "/claim-receipts/{ref}/file", called(file, "file_claim_receipts"), methods=["GET"], response_class=Response,
    operation_id="care_claim_receipts_file", summary="What is on a receipt; that it was read is noted",
    response_model=None, tags=["claim-receipts"],
    responses={**problems(404), 200: {"description": "OK", "content": _CONTENT}},
)  # fmt: skip
