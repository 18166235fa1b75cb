"""The command on alumni: withdraw a consent."""

from fastapi import Request
from starlette.responses import Response

from services.jet import access
from services.jet.alumni import service
from services.jet.alumni.resource import alumni
from services.kit.http import listing
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, called, reader, router_for
from services.kit.http.openapi import problems

RULES = {"jet_alumni_withdraw": access.ALUMNI_WRITE}


async def withdraw(request: Request, session: Writing, ref: Reference) -> Response:
    found = await listing.find(alumni, await listing.inside(session), ref)
    await service.take_back(session, found["id"])
    reading = await listing.inside(session)
    response = await listing.read(alumni, reading, str(found["id"]), request, session)
    response.status_code = 201
    return response


ANSWER = {"model": reader(alumni), "description": "OK"}
router = router_for("jet")
router.add_api_route(
    "/alumni/{ref}/withdrawals", called(withdraw, "withdraw_alumni", alumni), methods=["POST"], status_code=201,
    operation_id="jet_alumni_withdraw", summary="Withdraw a consent: every use ends with the next read",
    responses={**problems(404, 409, 422), 201: ANSWER}, response_model=None, tags=["alumni"],
)  # fmt: skip
