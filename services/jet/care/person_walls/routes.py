"""Putting up a wall between two persons, and lifting it."""

from fastapi import Request
from starlette.responses import Response

from services.jet.care import access
from services.jet.care.person_walls import repository, service
from services.jet.care.person_walls.resource import LIFTED, PersonWallWrite, person_walls
from services.jet.care.serving.participants import participant_of
from services.kit import audit
from services.kit.db.session import Record, WriteSession
from services.kit.errors import ACTION_CLOSED, Refused
from services.kit.http.commands import command
from services.kit.http.guard import Writing
from services.kit.http.mount import answer, called, reader, router_for
from services.kit.http.openapi import problems

RULES = {"care_person_walls_create": access.WALLS_WRITE, "care_person_walls_lift": access.WALLS_WRITE}


async def put_up(request: Request, session: Writing, body: PersonWallWrite) -> Response:
    participant = await participant_of(session, body)
    made = await service.put_up(session, body.counsellor_id, participant, body.reason)
    return await answer(person_walls, session, made, request, 201)


async def lift(session: WriteSession, wall: Record) -> None:
    if not await repository.lift(session, wall["id"]):
        raise Refused(ACTION_CLOSED, LIFTED)
    await audit.entry(session, "care", "lift", person_walls.plural, wall["id"])


router = router_for("care")
router.add_api_route(
    "/person-walls", called(put_up, "create_person_walls", person_walls), methods=["POST"], status_code=201,
    operation_id="care_person_walls_create", summary="Put up a wall between two persons: it holds at once",
    responses={**problems(409, 413, 415, 422), 201: {"model": reader(person_walls), "description": "OK"}},
    response_model=None, tags=["person-walls"],
)  # fmt: skip
command(router, person_walls, "lift", "liftings", lift, "Lift a wall between two persons")
