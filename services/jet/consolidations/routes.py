"""The command on consolidations: CLAIR approves one."""

from fastapi import Request
from starlette.responses import Response

from services.jet import access
from services.jet.consolidations import service
from services.jet.consolidations.resource import placement_consolidations
from services.kit.http import listing
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, called, reader, router_for
from services.kit.http.openapi import problems

RULES = {"jet_placement_consolidations_approve": access.APPROVES}


async def approve(request: Request, session: Writing, ref: Reference) -> Response:
    found = await listing.find(placement_consolidations, await listing.inside(session), ref)
    await service.approve(session, found["id"])
    reading = await listing.inside(session)
    response = await listing.read(placement_consolidations, reading, str(found["id"]), request, session)
    response.status_code = 201
    return response


ANSWER = {"model": reader(placement_consolidations), "description": "OK"}
router = router_for("jet")
router.add_api_route(
    "/placement-consolidations/{ref}/approvals",
    called(approve, "approve_placement_consolidations", placement_consolidations),
    methods=["POST"], status_code=201, operation_id="jet_placement_consolidations_approve",
    summary="Approve what a host authority has consolidated",
    responses={**problems(404, 409, 422), 201: ANSWER}, response_model=None, tags=["placement-consolidations"],
)  # fmt: skip
