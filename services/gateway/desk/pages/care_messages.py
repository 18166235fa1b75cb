"""A participant's letters with a counsellor, and referrals that wait for a consent. What is written here the two of them
read, and nobody else."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.oneself import PARTICIPANTS
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

MESSAGES, WRITE, REFERRALS = "care_messages_list", "care_messages_create", "care_referrals_list"
STEPS = {"consent": "care_referrals_consent", "withdraw": "care_referrals_withdraw"}
HOME = "/desk/appointments/messages"
TITLE = Text("ご連絡", "Messages")
SENT = Text("送信しました。", "It is sent.")
DONE = {
    "consent": Text("同意しました。", "You have consented."),
    "withdraw": Text("同意しないことにしました。", "It goes no further."),
}

pages = Pages()
SHOWN = (MESSAGES, REFERRALS)


@pages.page(HOME, TITLE, roles=PARTICIPANTS, calls=SHOWN)
async def messages(visit: Visit) -> Response:
    return await _messages(visit)


@pages.command(HOME, TITLE, roles=PARTICIPANTS, calls=(*SHOWN, WRITE))
async def write(visit: Visit) -> Response:
    body = visit.field("body").replace("\r\n", "\n")
    try:
        await visit.do(WRITE, {"body": body})
    except Refused as refused:
        return await _messages(visit, body, status=refused.status, problem=refused.problem)
    return visit.go(HOME, SENT)


def _step(name: str) -> None:
    @pages.command(f"{HOME}/referrals/{{id}}/{name}", TITLE, roles=PARTICIPANTS, calls=(*SHOWN, STEPS[name]))
    async def step(visit: Visit) -> Response:
        try:
            await visit.do(STEPS[name], ref=visit.path("id"))
        except Refused as refused:
            return await _messages(visit, status=refused.status, problem=refused.problem)
        return visit.go(HOME, DONE[name])


for _name in STEPS:
    _step(_name)


async def _messages(visit: Visit, body: str = "", *, status: int = 200, problem: Any = None) -> Response:
    found = await visit.every(MESSAGES, sort="sent_at")
    return visit.show(
        "care_messages.html", status=status, problem=problem, found=found, body=body,
        referrals=await visit.every(REFERRALS, sort="-proposed_at"),
    )  # fmt: skip
