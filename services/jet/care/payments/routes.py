"""The file that a bank is given."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request
from starlette.responses import Response

from services.jet.care import access
from services.jet.care.payments import domain, service
from services.jet.care.payments.resource import claim_payments
from services.kit.db.session import inside
from services.kit.http import files, listing
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, called, router_for
from services.kit.http.negotiate import choose
from services.kit.http.openapi import problems

RULES = {"care_claim_payments_file": access.PAYMENT_FILE}


async def file(request: Request, session: Writing, ref: Reference) -> Response:
    _, _, parameters = choose(request.headers.get("accept", ""), ("csv",))
    payment = await listing.find(claim_payments, await inside(session), ref)
    made = await service.lines(session, payment["id"], payment["pay_on"])

    async def whole() -> AsyncIterator[list[list[Any]]]:
        yield made

    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="jet-{payment["pay_on"]:%Y%m%d}.csv"',
    }
    return await files.csv(whole(), list(domain.COLUMNS), parameters, headers)


router = router_for("care")
router.add_api_route(
    "/claim-payments/{ref}/file", called(file, "file_claim_payments"), methods=["GET"], response_model=None,
    operation_id="care_claim_payments_file", summary="The payment's file for the bank; that it was read is noted",
    responses={**problems(404), 200: {"description": "OK", "content": {"text/csv": {"schema": {"type": "string"}}}}},
    response_class=Response, tags=["claim-payments"],
)  # fmt: skip
