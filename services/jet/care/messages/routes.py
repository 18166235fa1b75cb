"""Writing messages: a participant to whoever counsels them, and a counsellor in a case."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from services.jet.care import access
from services.jet.care.cases.resource import cases
from services.jet.care.messages import service
from services.jet.care.messages.resource import MessageWrite, messages
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.guard import Writing
from services.kit.http.mount import answer, called, reader, router_for
from services.kit.http.openapi import problems

RULES = {"care_messages_create": access.SPEAKS, "care_cases_message": access.ANSWERS}


async def write(request: Request, session: Writing, body: MessageWrite) -> Response:
    return await answer(messages, session, await service.write(session, body.body), request, 201)


async def reply(session: WriteSession, case: Record, body: MessageWrite) -> UUID:
    return await service.answer(session, case["id"], body.body)


router = router_for("care")
router.add_api_route(
    "/messages", called(write, "create_messages", messages), methods=["POST"], status_code=201,
    operation_id="care_messages_create", summary="Write to a counsellor; the first message opens a case",
    responses={**problems(409, 413, 415, 422), 201: {"model": reader(messages), "description": "OK"}},
    response_model=None, tags=["messages"],
)  # fmt: skip
command(
    router, cases, "message", "messages", reply, "Write to the participant of a case", body=MessageWrite,
    answers=messages,
)  # fmt: skip
