"""The command on applications: withdraw one."""

from fastapi import Request
from starlette.responses import Response

from services.jet import access
from services.jet.internship_applications import service
from services.jet.internship_applications.resource import internship_applications
from services.kit.http import listing
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, called, reader, router_for
from services.kit.http.openapi import problems

RULES = {"jet_internship_applications_withdraw": access.REGISTERS}


async def withdraw(request: Request, session: Writing, ref: Reference) -> Response:
    found = await listing.find(internship_applications, await listing.inside(session), ref)
    await service.take_back(session, found["id"])
    reading = await listing.inside(session)
    response = await listing.read(internship_applications, reading, str(found["id"]), request, session)
    response.status_code = 201
    return response


ANSWER = {"model": reader(internship_applications), "description": "OK"}
router = router_for("jet")
router.add_api_route(
    "/internship-applications/{ref}/withdrawals",
    called(withdraw, "withdraw_internship_applications", internship_applications),
    methods=["POST"], status_code=201, operation_id="jet_internship_applications_withdraw",
    summary="Withdraw an application; a place that it led to is free again",
    responses={**problems(404, 409, 422), 201: ANSWER}, response_model=None, tags=["internship-applications"],
)  # fmt: skip
