"""Commands: make a run of a programme's assignment, and publish one."""

from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import Field, StrictStr
from starlette.responses import Response

from services.jet import access
from services.jet.internship_assignments import service
from services.jet.internship_assignments.resource import internship_assignment_runs
from services.jet.internships.resource import internship_programmes, unassignable
from services.kit.db.session import WriteSession
from services.kit.errors import ACTION_CLOSED, Refused
from services.kit.http import listing
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, called, reader, router_for
from services.kit.http.openapi import problems
from services.kit.wire import Wire

RULES = {
    "jet_internship_programmes_assign": access.FAIRS_WRITE,
    "jet_internship_assignment_runs_publish": access.PUBLISHES,
}
ANSWER = {"model": reader(internship_assignment_runs), "description": "OK"}


class AssignmentRun(Wire):
    """`seed`: of the lottery; without one it is drawn."""

    seed: Annotated[StrictStr, Field(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")] | None = None


async def _answer(session: WriteSession, identity: object, request: Request) -> Response:
    reading = await listing.inside(session)
    response = await listing.read(internship_assignment_runs, reading, str(identity), request, session)
    response.status_code = 201
    return response


async def _open(session: WriteSession, programme: str) -> UUID:
    found = await listing.find(internship_programmes, await listing.inside(session), programme)
    reason = unassignable(dict(found))
    if reason is not None:
        raise Refused(ACTION_CLOSED, reason)
    identity: UUID = found["id"]
    return identity


async def make(request: Request, session: Writing, ref: Reference, body: AssignmentRun) -> Response:
    programme = await _open(session, ref)
    run = await service.make(session, programme, body.seed)
    return await _answer(session, run, request)


async def publish(request: Request, session: Writing, ref: Reference) -> Response:
    found = await listing.find(internship_assignment_runs, await listing.inside(session), ref)
    programme = await _open(session, found["programme_code"])
    await service.publish(session, programme, found["id"])
    return await _answer(session, found["id"], request)


router = router_for("jet")
router.add_api_route(
    "/internship-programmes/{ref}/assignment-runs",
    called(make, "assign_internship_programmes", internship_assignment_runs),
    methods=["POST"], status_code=201, operation_id="jet_internship_programmes_assign",
    summary="Assign applicants to hosts: a run with its proof and an explanation for each applicant",
    responses={**problems(404, 409, 413, 415, 422), 201: ANSWER}, response_model=None, tags=["internship-programmes"],
)  # fmt: skip
router.add_api_route(
    "/internship-assignment-runs/{ref}/publications",
    called(publish, "publish_internship_assignment_runs", internship_assignment_runs),
    methods=["POST"], status_code=201, operation_id="jet_internship_assignment_runs_publish",
    summary="Publish a run: applicants and hosts see their own",
    responses={**problems(404, 409, 422), 201: ANSWER}, response_model=None, tags=["internship-assignment-runs"],
)  # fmt: skip
