"""Commands on enrolments: take the seat that is offered, or withdraw."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request
from starlette.responses import Response

from services.jet import access
from services.jet.enrolments import service
from services.jet.enrolments.resource import training_enrolments
from services.kit.db.session import WriteSession
from services.kit.http import listing
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, called, reader, router_for
from services.kit.http.openapi import problems
from services.kit.resource import Row

RULES = {
    "jet_training_enrolments_confirm": access.ENROLS,
    "jet_training_enrolments_withdraw": access.ENROLS,
}
Act = Callable[[WriteSession, Row], Awaitable[None]]
router = router_for("jet")


def _command(verb: str, noun: str, act: Act, summary: str) -> None:
    async def handler(request: Request, session: Writing, ref: Reference) -> Response:
        record = await listing.find(training_enrolments, await listing.inside(session), ref)
        await act(session, dict(record))
        reading = await listing.inside(session)
        answer = await listing.read(training_enrolments, reading, str(record["id"]), request, session)
        answer.status_code = 201
        return answer

    shown: dict[int | str, Any] = {201: {"model": reader(training_enrolments), "description": "OK"}}
    router.add_api_route(
        f"/training-enrolments/{{ref}}/{noun}", called(handler, f"{verb}_training_enrolments", training_enrolments),
        methods=["POST"], status_code=201, operation_id=f"jet_training_enrolments_{verb}", summary=summary,
        responses={**problems(404, 409, 422), **shown}, response_model=None, tags=["training-enrolments"],
    )  # fmt: skip


_command("confirm", "confirmations", service.confirm, "Take the seat that is offered, before the offer ends")
_command("withdraw", "withdrawals", service.withdraw, "Withdraw; the seat is offered to who waits next")
