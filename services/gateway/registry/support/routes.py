"""Reading refused requests; and, for the door alone, noting them.

The note has no place in the contract: the door routes by the contract, so nobody comes here through it, and the
token that it takes is one that the door mints for itself.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from starlette.responses import Response

from services.gateway.registry.support import repository
from services.gateway.registry.support.resource import REFUSED_REQUESTS
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Scope
from services.kit.auth.tokens import INTERNAL_HEADER, TokenRefused
from services.kit.errors import MALFORMED, UNSIGNED
from services.kit.http.guard import service_of
from services.kit.http.mount import mount, router_for
from services.kit.settings import Settings

RULES = REFUSED_REQUESTS.rows()
ROUTE = "door_refused_requests_note"
DOOR = Scope(Principal("door", None, "door", None, frozenset()), "all")

Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class SupportSettings(Settings):
    """`KAKEHASHI_REFUSED_REQUEST_DAYS`: how long a support code leads somewhere."""

    refused_request_days: int = 90


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    support_code: Word
    request_id: Word
    trace_id: Word
    at: float
    client: Word | None
    role: Word | None
    person_id: UUID | None
    organisation_id: UUID | None
    service: Word
    route: Word | None
    method: Word
    status: Annotated[int, Field(ge=400, le=599)]
    code: Word
    title: Annotated[str, StringConstraints(max_length=200)]
    errors: Annotated[list[Word], Field(max_length=50)]


_NOTES = TypeAdapter(Annotated[list[Note], Field(max_length=1000)])

router = router_for("identity")
mount(REFUSED_REQUESTS, router)


async def note(request: Request) -> Response:
    service = service_of(request)
    try:
        principal = service.verifier.verify(request.headers.get(INTERNAL_HEADER, ""), ROUTE)
    except TokenRefused:
        raise UNSIGNED() from None
    if principal != DOOR.principal:
        raise UNSIGNED()
    try:
        notes = _NOTES.validate_json(await request.body())
    except ValidationError:
        raise MALFORMED() from None
    async with service.database.writing(DOOR) as session:
        days = SupportSettings().refused_request_days
        await repository.note(session, _NOTES.dump_json(notes).decode(), days)
    return Response(status_code=204)


router.add_api_route(
    "/door/refused-requests", note, methods=["POST"], include_in_schema=False, route_class_override=APIRoute
)
