"""Searching one's own cases: each text of theirs is opened here and looked through. No index of it is kept anywhere.

What is looked for comes in a body, since addresses are written into logs; and nothing of the answer is stored.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from services.jet.care import access
from services.jet.care.contacts.resource import contacts
from services.jet.care.follow_ups.resource import follow_ups
from services.jet.care.messages.resource import messages
from services.jet.care.notes.resource import notes
from services.jet.care.referrals.resource import referrals
from services.jet.care.searches.domain import found_in
from services.kit.db import rows
from services.kit.db.session import ReadSession
from services.kit.http import json
from services.kit.http.guard import Keyed, Reading
from services.kit.http.mount import called, router_for
from services.kit.http.openapi import problems
from services.kit.resource import Resource
from services.kit.wire import Called, Line, Wire, choice

RULES = {"care_case_searches_run": access.RECORDS}
Kind = Literal["messages", "contacts", "notes", "referrals", "follow-ups"]
SEARCHED = (messages, contacts, notes, referrals, follow_ups)


class CaseSearch(Wire):
    q: Line


class CaseHit(Wire):
    """Where it was found: `id` is the record's, among those of its kind."""

    id: UUID
    kind: Annotated[Kind, choice("care_kind", get_args(Kind))]
    case_id: UUID
    pseudonym: str


class CaseHits(Wire):
    items: Annotated[list[CaseHit], Called("case_hits"), Field()]


async def search(request: Request, session: Reading, body: CaseSearch) -> Response:
    Keyed.key_of(request)  # as every POST has one
    found = [hit for resource in SEARCHED for hit in await _hits(resource, session, body.q)]
    answer = json.write({"items": found})
    return Response(answer, media_type="application/json", headers={"Cache-Control": "no-store"})


async def _hits(resource: Resource, session: ReadSession, words: str) -> list[dict[str, Any]]:
    """In the caller's own scope, as a list of the same resource."""
    scope = session.scope
    query = rows.listing(resource, rows.Shape(scope.principal.role, scope.reach, ()))
    made: list[dict[str, Any]] = []
    for record in await session.fetch(query.sql, *query.values(rows.scope_values(scope))):
        said = " ".join(opened(record) or "" for opened in resource.sealed.values())
        if found_in(words, said):
            hit = {name: record[name] for name in ("id", "case_id", "pseudonym")}
            made.append(hit | {"kind": resource.plural})
    return made


router = router_for("care")
router.add_api_route(
    "/case-searches", called(search, "run_case_searches"), methods=["POST"], operation_id="care_case_searches_run",
    summary="Search what is said in one's own cases", response_model=None, tags=["case-searches"],
    responses={**problems(413, 415, 422), 200: {"model": CaseHits, "description": "OK"}},
)  # fmt: skip
