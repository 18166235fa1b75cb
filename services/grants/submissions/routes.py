"""An application is submitted, or entered by staff; and the snapshot of a submission, the bytes that its SHA-256 is of."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from services.grants import access
from services.grants.applications.resource import applications
from services.grants.submissions import repository, service
from services.grants.submissions.resource import submissions
from services.kit.db.session import Record, WriteSession
from services.kit.http import listing
from services.kit.http.commands import command
from services.kit.http.guard import Reading
from services.kit.http.mount import Reference, called, router_for
from services.kit.http.openapi import problems
from services.kit.http.shapes import FLAG, ID, INSTANT, TEXT, WHOLE, Shape, items, maybe, record
from services.kit.wire import Called, Instant, Wire, choice

RULES = {
    "grants_applications_submit": access.APPLIES,
    "grants_applications_enter": access.HANDLES,
    "grants_submissions_snapshot": access.APPLICATIONS,
}
PAPER = ("mail", "counter")


class PaperEntry(Wire):
    """`arrived_at`: when it arrived at CLAIR, not the postmark."""

    channel: Annotated[
        Literal["mail", "counter"], choice("application_channel", PAPER), Called("application_channel")
    ]
    arrived_at: Instant


async def submit(session: WriteSession, one: Record) -> UUID:
    return await service.submit(session, one["id"])


async def enter(session: WriteSession, one: Record, body: PaperEntry) -> UUID:
    return await service.enter(session, one["id"], body.channel, body.arrived_at)


async def snapshot(request: Request, session: Reading, ref: Reference) -> Response:
    one = await listing.find(submissions, session, ref)
    content = await repository.snapshot(session, one["id"])
    return Response(content.encode(), media_type="application/json", headers=listing.VARY)


ANY: Shape = {"examples": [{}]}
SNAPSHOT = record(
    application=ID, number=WHOLE, receipt_number=TEXT, channel=TEXT, arrived_at=INSTANT, round_code=TEXT,
    organisation_code=TEXT, organisation_name=TEXT, organisation_kind=TEXT, department=TEXT, project_number=WHOLE,
    category_code=maybe(TEXT), title=TEXT, joint=FLAG, country_codes=items(TEXT), answers=ANY, computed=ANY, budget=ANY,
    members=items(ANY), files=items(ANY), form_code=maybe(TEXT), rules_code=TEXT, eligibility=ANY, grant=ANY,
)  # fmt: skip
router = router_for("grants")
command(
    router, applications, "submit", "submissions", submit, "Submit it: it arrives now, and stays as it is",
    answers=submissions,
)  # fmt: skip
command(
    router, applications, "enter", "entries", enter, "Enter the submission of what came by post or over the counter",
    body=PaperEntry, answers=submissions,
)  # fmt: skip
router.add_api_route(
    "/submissions/{ref}/snapshot", called(snapshot, "submissions_snapshot"), methods=["GET"],
    operation_id="grants_submissions_snapshot", summary="What was submitted, as canonical JSON (RFC 8785)",
    responses={**problems(404), 200: {
        "description": "The bytes of which the submission says the SHA-256",
        "content": {"application/json": {"schema": SNAPSHOT}},
    }},
    response_model=None, tags=["submissions"],
)  # fmt: skip
