"""The commands on applications, each by a person of the applicant or of the owning section, and the eligibility of one."""

from typing import Annotated

from fastapi import Request
from starlette.responses import Response

from services.grants import access
from services.grants.applications import repository, service
from services.grants.applications.judging import judge
from services.grants.applications.resource import applications
from services.kit.db.session import Record, WriteSession
from services.kit.http import json, listing
from services.kit.http.commands import command
from services.kit.http.guard import Reading
from services.kit.http.mount import Reference, called, router_for
from services.kit.http.openapi import problems
from services.kit.http.shapes import FLAG, TEXT, WHOLE, WORDS, answer, items, maybe, record
from services.kit.wire import Called, Instant, Line, Wire

RULES = (
    {f"grants_applications_{verb}": access.APPLIES for verb in ("send", "approve", "send_back")}
    | {f"grants_applications_{verb}": access.HANDLES for verb in ("extend", "accept")}
    | {
        "grants_applications_acknowledge": access.WITHDRAWS,
        "grants_applications_eligibility": access.APPLICATIONS,
    }
)


class ApplicationReturn(Wire):
    reason: Annotated[Line, Called("application_return_reason")]


class ApplicationExtension(Wire):
    closes_at: Annotated[Instant, Called("application_closes_at")]
    reason: Annotated[Line, Called("extension_reason")]


async def send(session: WriteSession, one: Record) -> None:
    await service.send(session, one["id"])


async def acknowledge(session: WriteSession, one: Record) -> None:
    await service.acknowledge(session, one["id"])


async def approve(session: WriteSession, one: Record) -> None:
    await service.approve(session, one["id"])


async def send_back(session: WriteSession, one: Record, body: ApplicationReturn) -> None:
    await service.send_back(session, one["id"], body.reason)


async def accept(session: WriteSession, one: Record) -> None:
    await service.accept(session, one["id"])


async def extend(session: WriteSession, one: Record, body: ApplicationExtension) -> None:
    await service.extend(session, one["id"], body.closes_at, body.reason)


async def eligibility(request: Request, session: Reading, ref: Reference) -> Response:
    """As it stands now: a submission keeps its own."""
    one = await listing.find(applications, session, ref)
    found = judge(await repository.dossier(session, one["id"]))
    return Response(json.write(found.verdict.stored()), media_type="application/json", headers=listing.VARY)


router = router_for("grants")
command(
    router,
    applications,
    "send",
    "approval-requests",
    send,
    "Send a draft to be approved within the organisation",
)
command(
    router, applications, "acknowledge", "form-change-acknowledgements", acknowledge,
    "Say that what a new version of the form has changed was looked at",
)  # fmt: skip
command(router, applications, "approve", "approvals", approve, "Approve it: another person than who sent it")
command(
    router,
    applications,
    "send_back",
    "returns",
    send_back,
    "Make it a draft again, and say why",
    body=ApplicationReturn,
)
command(router, applications, "accept", "acceptances", accept, "Accept what arrived")
command(
    router, applications, "extend", "extensions", extend, "Move the deadline of this application alone, and say why",
    body=ApplicationExtension,
)  # fmt: skip
REASON = record(code=TEXT, message=WORDS, remedy=WORDS)
FACTS = record(
    kind=maybe(TEXT),
    organisation_stands=FLAG,
    joint=FLAG,
    members=items(maybe(TEXT)),
    prior=WHOLE,
    cap_left=maybe(WHOLE),
)
router.add_api_route(
    "/applications/{ref}/eligibility", called(eligibility, "applications_eligibility"), methods=["GET"],
    operation_id="grants_applications_eligibility", summary="Whether its applicant may have a grant: facts and reasons",
    responses={**problems(404), 200: answer(record(eligible=FLAG, facts=FACTS, reasons=items(REASON)))},
    response_model=None, tags=["applications"],
)  # fmt: skip
