"""Commands on registrations: accept an offered seat, consent to the fair, take back the consent, withdraw."""

from typing import Annotated

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from services.jet import access
from services.jet.career_terms import SharedFields
from services.jet.fair_registrations import service
from services.jet.fair_registrations.resource import fair_registrations
from services.kit.db.session import Record, WriteSession
from services.kit.http import listing
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, called, reader, router_for
from services.kit.http.openapi import problems
from services.kit.wire import Wire

RULES = {
    "jet_fair_registrations_confirm": access.REGISTERS,
    "jet_fair_registrations_consent": access.CONSENTS,
    "jet_fair_registrations_withdraw_consent": access.REGISTERS,
    "jet_fair_registrations_withdraw": access.REGISTERS,
}
ANSWER = {"model": reader(fair_registrations), "description": "OK"}


class Consent(Wire):
    """What exhibitors of this fair may see: these fields, and no others."""

    shared_fields: Annotated[SharedFields, Field(min_length=1)]


async def _find(session: WriteSession, ref: str) -> Record:
    return await listing.find(fair_registrations, await listing.inside(session), ref)


async def _answer(request: Request, session: WriteSession, record: Record) -> Response:
    reading = await listing.inside(session)
    response = await listing.read(fair_registrations, reading, str(record["id"]), request, session)
    response.status_code = 201
    return response


async def confirm(request: Request, session: Writing, ref: Reference) -> Response:
    found = await _find(session, ref)
    await service.confirm(session, found["id"])
    return await _answer(request, session, found)


async def consent(request: Request, session: Writing, ref: Reference, body: Consent) -> Response:
    found = await _find(session, ref)
    await service.consent(session, found["id"], body.shared_fields)
    return await _answer(request, session, found)


async def withdraw_consent(request: Request, session: Writing, ref: Reference) -> Response:
    found = await _find(session, ref)
    await service.withdraw_consent(session, found["id"])
    return await _answer(request, session, found)


async def withdraw(request: Request, session: Writing, ref: Reference) -> Response:
    found = await _find(session, ref)
    await service.withdraw(session, found["id"])
    return await _answer(request, session, found)


router = router_for("jet")
for handler, verb, noun, summary in (
    (confirm, "confirm", "confirmations", "Accept the seat that is offered"),
    (consent, "consent", "consents", "Consent to be shown to this fair's exhibitors, or replace the consent"),
    (
        withdraw_consent, "withdraw_consent", "consent-withdrawals",
        "Take back the consent to this fair: no exhibitor sees the person any more",
    ),
    (withdraw, "withdraw", "withdrawals", "Withdraw the registration; the seat goes to who waits"),
):  # fmt: skip
    router.add_api_route(
        f"/fair-registrations/{{ref}}/{noun}", called(handler, f"{verb}_fair_registrations", fair_registrations),
        methods=["POST"], status_code=201, operation_id=f"jet_fair_registrations_{verb}", summary=summary,
        responses={**problems(404, 409, 413, 415, 422), 201: ANSWER}, response_model=None,
        tags=["fair-registrations"],
    )  # fmt: skip
