"""A participant's letters with a counsellor. What is written here the two of them read, and nobody else."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.oneself import PARTICIPANTS
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

MESSAGES, WRITE = "care_messages_list", "care_messages_create"
HOME = "/desk/appointments/messages"
TITLE = Text("ご連絡", "Messages")
SENT = Text("送信しました。", "It is sent.")

pages = Pages()


@pages.page(HOME, TITLE, roles=PARTICIPANTS, calls=(MESSAGES,))
async def messages(visit: Visit) -> Response:
    return await _messages(visit)


@pages.command(HOME, TITLE, roles=PARTICIPANTS, calls=(MESSAGES, WRITE))
async def write(visit: Visit) -> Response:
    body = visit.field("body").replace("\r\n", "\n")
    try:
        await visit.do(WRITE, {"body": body})
    except Refused as refused:
        return await _messages(visit, body, status=refused.status, problem=refused.problem)
    return visit.go(HOME, SENT)


async def _messages(visit: Visit, body: str = "", *, status: int = 200, problem: Any = None) -> Response:
    found = await visit.every(MESSAGES, sort="sent_at")
    return visit.show("care_messages.html", status=status, problem=problem, found=found, body=body)
