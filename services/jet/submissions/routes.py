"""Commands on submissions: submit one as its rows stand, or return it with remarks."""

from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import Field, StrictInt
from starlette.responses import Response

from services.jet import access
from services.jet.submissions import service
from services.jet.submissions.resource import placement_submissions
from services.kit.db.session import WriteSession
from services.kit.http import listing
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, called, reader, router_for
from services.kit.http.openapi import problems
from services.kit.wire import Line, Wire

RULES = {
    "jet_placement_submissions_submit": access.REQUESTED,
    "jet_placement_submissions_return": access.DECIDES,
}
ANSWER = {"model": reader(placement_submissions), "description": "OK"}


class Remark(Wire):
    """On one cell (`line` and `field`), on one row (`line`), or on the whole."""

    line: Annotated[StrictInt, Field(ge=1, le=999)] | None = None
    field: Annotated[str, Field(max_length=40)] | None = None
    remark: Line


class Return(Wire):
    remarks: Annotated[list[Remark], Field(min_length=1, max_length=500)]


async def _found(session: WriteSession, ref: str) -> UUID:
    found = await listing.find(placement_submissions, await listing.inside(session), ref)
    identity: UUID = found["id"]
    return identity


async def _answer(session: WriteSession, identity: UUID, request: Request) -> Response:
    reading = await listing.inside(session)
    response = await listing.read(placement_submissions, reading, str(identity), request, session)
    response.status_code = 201
    return response


async def submit(request: Request, session: Writing, ref: Reference) -> Response:
    identity = await _found(session, ref)
    await service.submit(session, identity)
    return await _answer(session, identity, request)


async def give_back(request: Request, session: Writing, ref: Reference, body: Return) -> Response:
    identity = await _found(session, ref)
    await service.give_back(session, identity, [remark.model_dump() for remark in body.remarks])
    return await _answer(session, identity, request)


router = router_for("jet")
router.add_api_route(
    "/placement-submissions/{ref}/submissions", called(submit, "submit_placement_submissions", placement_submissions),
    methods=["POST"], status_code=201, operation_id="jet_placement_submissions_submit",
    summary="Submit what stands as a draft; its receipt is in the list of receipts",
    responses={**problems(404, 409, 422), 201: ANSWER}, response_model=None, tags=["placement-submissions"],
)  # fmt: skip
router.add_api_route(
    "/placement-submissions/{ref}/returns", called(give_back, "return_placement_submissions", placement_submissions),
    methods=["POST"], status_code=201, operation_id="jet_placement_submissions_return",
    summary="Return a submission with remarks; it alone is open again",
    responses={**problems(404, 409, 413, 415, 422), 201: ANSWER}, response_model=None,
    tags=["placement-submissions"],
)  # fmt: skip
