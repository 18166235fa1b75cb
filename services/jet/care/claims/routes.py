"""Commands on claims, and what is sealed in one."""

from typing import Annotated, Any

from fastapi import Request
from pydantic import Field, create_model
from starlette.responses import Response

from services.jet.care import access
from services.jet.care.claims import service
from services.jet.care.claims.resource import ClaimDetails, claims
from services.kit.db.session import Record, WriteSession, inside
from services.kit.http import json, listing
from services.kit.http.commands import command
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, called, router_for
from services.kit.http.negotiate import choose
from services.kit.http.openapi import problems
from services.kit.wire import Passage, Wire

RULES = {
    "care_claims_submit": access.CLAIMS_OWN,
    "care_claims_return": access.DECIDES_CLAIMS,
    "care_claims_approve": access.DECIDES_CLAIMS,
    "care_claims_refuse": access.DECIDES_CLAIMS,
    "care_claims_details": access.CLAIM_CONTENT,
}
PRIVATE = {"Cache-Control": "no-store"}


class ClaimAnswer(Wire):
    """What the participant is told of a claim that is returned or refused."""

    claim_answer: Passage


async def submit(session: WriteSession, claim: Record) -> None:
    await service.submit(session, claim["id"])


async def give_back(session: WriteSession, claim: Record, body: ClaimAnswer) -> None:
    await service.give_back(session, claim["id"], body.claim_answer)


async def approve(session: WriteSession, claim: Record) -> None:
    await service.approve(session, claim["id"])


async def refuse(session: WriteSession, claim: Record, body: ClaimAnswer) -> None:
    await service.refuse(session, claim["id"], body.claim_answer)


async def details(request: Request, session: Writing, ref: Reference) -> Response:
    choose(request.headers.get("accept", ""), ("json",))
    claim = await listing.find(claims, await inside(session), ref)
    said = await service.details(session, claim["id"])
    return Response(json.write(said), media_type="application/json", headers=PRIVATE)


router = router_for("care")
command(router, claims, "submit", "submissions", submit, "Submit a claim, with its receipts")
command(
    router, claims, "return", "returns", give_back, "Return a claim to its participant, who may mend it",
    body=ClaimAnswer,
)  # fmt: skip
command(
    router, claims, "approve", "approvals", approve,
    "Approve a claim: it is granted what the terms give of it, up to what is left of the year's cap",
)  # fmt: skip
command(router, claims, "refuse", "refusals", refuse, "Refuse a claim", body=ClaimAnswer)
_fields: Any = {name: (one.annotation, one) for name, one in ClaimDetails.model_fields.items()}
Told = create_model(
    "ClaimDetailsRecord", __base__=Wire, claim_answer=(Annotated[str | None, Field()], None), **_fields
)
router.add_api_route(
    "/claims/{ref}/details", called(details, "details_claims"), methods=["GET"], operation_id="care_claims_details",
    summary="What is sealed in a claim; that it was read is noted", response_model=None, tags=["claims"],
    responses={**problems(404), 200: {"model": Told, "description": "OK"}},
)  # fmt: skip
