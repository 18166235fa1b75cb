"""The command on runs: CLAIR cancels one, and says why."""

from fastapi import Request
from starlette.responses import Response

from services.jet import access
from services.jet.runs import service
from services.jet.runs.resource import training_runs
from services.kit.http import listing
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, called, reader, router_for
from services.kit.http.openapi import problems
from services.kit.wire import Line, Wire

RULES = {"jet_training_runs_cancel": access.TRAINS}
ANSWER = {"model": reader(training_runs), "description": "OK"}


class Cancellation(Wire):
    cancelled_reason: Line


async def cancel(request: Request, session: Writing, ref: Reference, body: Cancellation) -> Response:
    found = await listing.find(training_runs, await listing.inside(session), ref)
    await service.cancel(session, found["id"], body.cancelled_reason)
    reading = await listing.inside(session)
    response = await listing.read(training_runs, reading, str(found["id"]), request, session)
    response.status_code = 201
    return response


router = router_for("jet")
router.add_api_route(
    "/training-runs/{ref}/cancellations", called(cancel, "cancel_training_runs", training_runs),
    methods=["POST"], status_code=201, operation_id="jet_training_runs_cancel",
    summary="Cancel a run that has not been held; its records stay",
    responses={**problems(404, 409, 413, 415, 422), 201: ANSWER}, response_model=None, tags=["training-runs"],
)  # fmt: skip
