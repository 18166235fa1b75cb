"""Breaking the glass: asked for in a case, decided by another person, and read by who asked until it ends."""

from typing import Annotated, Any, get_args
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from services.jet.care import access
from services.jet.care.cases.resource import cases
from services.jet.care.contacts.resource import Contact, contacts
from services.jet.care.follow_ups.resource import FollowUp, follow_ups
from services.jet.care.glass import service
from services.jet.care.glass.domain import Reason
from services.jet.care.glass.resource import glass_openings
from services.jet.care.messages.resource import Message, messages
from services.jet.care.notes.resource import Note, notes
from services.jet.care.referrals.resource import Referral, referrals
from services.kit.db import rows
from services.kit.db.session import ReadSession, Record, WriteSession
from services.kit.errors import ABSENT
from services.kit.http import json, listing
from services.kit.http.commands import command
from services.kit.http.guard import OfRecord, admit, service_of
from services.kit.http.mount import Reference, called, router_for
from services.kit.http.openapi import problems
from services.kit.resource import Resource
from services.kit.wire import Wire, choice

RULES = {
    "care_cases_break_glass": access.BREAKS,
    "care_glass_openings_approve": access.DECIDES_GLASS,
    "care_glass_openings_refuse": access.DECIDES_GLASS,
    "care_glass_openings_end": access.DECIDES_GLASS,
    "care_glass_openings_look": access.LOOKS,
}
SHOWN: dict[str, Resource] = {
    "messages": messages, "contacts": contacts, "notes": notes, "referrals": referrals, "follow_ups": follow_ups,
}  # fmt: skip


class GlassRequest(Wire):
    reason: Annotated[Reason, choice("glass_reason", get_args(Reason))]


class GlassContent(Wire):
    """What is said in the case, in the order in which it came."""

    case_id: UUID
    messages: list[Message]
    contacts: list[Contact]
    notes: list[Note]
    referrals: list[Referral]
    follow_ups: list[FollowUp]


async def ask(session: WriteSession, case: Record, body: GlassRequest) -> UUID:
    return await service.ask(session, case["id"], body.reason)


async def approve(session: WriteSession, opening: Record) -> None:
    await service.decide(session, opening["id"], "approve")


async def refuse(session: WriteSession, opening: Record) -> None:
    await service.decide(session, opening["id"], "refuse")


async def end(session: WriteSession, opening: Record) -> None:
    await service.end(session, opening["id"])


async def look(request: Request, session: OfRecord, ref: Reference) -> Response:
    """For who asked, while it is open; anybody else finds nothing here."""
    opening = await listing.find(glass_openings, session, ref)
    if opening["requested_by"] != session.scope.principal.person or opening["state"] != "open":
        raise ABSENT()
    async with service_of(request).database.writing(admit(request)) as noting:
        await service.note_reading(noting, opening, request.scope["route"].operation_id)
    shown = {name: await _said(resource, session, opening["case_id"]) for name, resource in SHOWN.items()}
    body = json.write({"case_id": opening["case_id"]} | shown)
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


async def _said(resource: Resource, session: ReadSession, case: UUID) -> list[dict[str, Any]]:
    """Past the reach of `self`, up to the database's own wall, which asks whether the glass is broken."""
    query = rows.listing(resource, rows.Shape(session.scope.principal.role, "all", ("case_id",)))
    found = await session.fetch(query.sql, *query.values({"case_id": case}))
    return [listing.shown(resource, record, resource.fields) for record in found]


router = router_for("care")
command(
    router, cases, "break_glass", "glass-openings", ask, "Ask for what is said in a case; another person decides",
    body=GlassRequest, answers=glass_openings,
)  # fmt: skip
command(
    router, glass_openings, "approve", "approvals", approve,
    "Open a case for who asked, for some hours; the data protection officer is told",
)  # fmt: skip
command(router, glass_openings, "refuse", "refusals", refuse, "Refuse to open a case")
command(router, glass_openings, "end", "endings", end, "End an opening before its time")
router.add_api_route(
    "/glass-openings/{ref}/content", called(look, "look_glass_openings"), methods=["GET"],
    operation_id="care_glass_openings_look", summary="What is said in a case whose glass is broken; each reading is noted",
    responses={**problems(404), 200: {"model": GlassContent, "description": "OK"}}, response_model=None,
    tags=["glass-openings"],
)  # fmt: skip
