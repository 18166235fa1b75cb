"""A counsellor's own cases, by pseudonym: what was written in each, the answer to it, notes of one's own, and
referrals with consent."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.care_slots import COUNSELLORS
from services.gateway.desk.pages.oneself import open_acts
from services.gateway.desk.training import choices
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

CASES, CASE, MESSAGES, NOTES, BOOKINGS = (
    "care_cases_list", "care_cases_read", "care_messages_list", "care_notes_list", "care_bookings_list",
)  # fmt: skip
REFERRALS, SEND = "care_referrals_list", "care_referrals_send"
STEPS = {
    "message": "care_cases_message", "note": "care_cases_note", "refer": "care_cases_refer", "close": "care_cases_close",
}  # fmt: skip
# by the field of the operation, the input of the page
FIELDS = {
    "message": {"body": "body"}, "note": {"content": "content"}, "close": {"outcome": "outcome"},
    "refer": {"referred_to": "referred_to", "content": "referral_content"},
}  # fmt: skip
INPUTS = ("body", "content", "outcome", "referred_to", "referral_content")
HOME = "/desk/cases"
ALL, ONE = Text("相談ケース", "Cases"), Text("相談ケース", "A case")
DONE = {
    "message": Text("返信しました。", "Your answer is sent."),
    "note": Text("記録しました。", "The note is kept."),
    "refer": Text(
        "紹介を提案しました。本人の同意を待ちます。", "The referral is proposed. It waits for their consent."
    ),
    "close": Text("ケースを終了しました。", "The case is closed."),
}

pages = Pages()
SHOWN = (CASE, MESSAGES, NOTES, BOOKINGS, REFERRALS)
SENT = Text("紹介を送付済みにしました。", "The referral is recorded as sent.")


@pages.page(HOME, ALL, roles=COUNSELLORS, calls=(CASES,), menu=True)
async def cases(visit: Visit) -> Response:
    return visit.show("care_cases.html", found=await visit.every(CASES, sort="-opened_at"))


@pages.page(f"{HOME}/{{id}}", ONE, roles=COUNSELLORS, calls=SHOWN)
async def case(visit: Visit) -> Response:
    return await _case(visit)


def _step(name: str) -> None:
    @pages.command(f"{HOME}/{{id}}/{name}", ONE, roles=COUNSELLORS, calls=(*SHOWN, STEPS[name]))
    async def step(visit: Visit) -> Response:
        given = {put: visit.field(put).replace("\r\n", "\n") for put in FIELDS[name].values()}
        body = {field: given[put] for field, put in FIELDS[name].items()}
        try:
            await visit.do(STEPS[name], body, ref=visit.path("id"))
        except Refused as refused:
            return await _case(visit, given, status=refused.status, problem=refused.problem)
        return visit.go(f"{HOME}/{visit.path('id')}", DONE[name])


for _name in STEPS:
    _step(_name)


@pages.command(f"{HOME}/{{id}}/referrals/{{referral}}", ONE, roles=COUNSELLORS, calls=(*SHOWN, SEND))
async def send(visit: Visit) -> Response:
    try:
        await visit.do(SEND, ref=visit.path("referral"))
    except Refused as refused:
        return await _case(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}/{visit.path('id')}", SENT)


async def _case(
    visit: Visit, given: dict[str, str] | None = None, *, status: int = 200, problem: Any = None
) -> Response:
    found = await visit.read(CASE, ref=visit.path("id"))
    return visit.show(
        "care_case.html", status=status, problem=problem, one=found, acts=open_acts(found), outcomes=[("", "—"), *choices("care_outcome", visit.language)],
        messages=await visit.every(MESSAGES, case_id=found["id"], sort="sent_at"),
        notes=await visit.every(NOTES, case_id=found["id"], sort="-written_at"),
        bookings=await visit.every(BOOKINGS, pseudonym=found["pseudonym"], sort="-starts_at"),
        referrals=await visit.every(REFERRALS, case_id=found["id"], sort="-proposed_at"),
        values=dict.fromkeys(INPUTS, "") | (given or {}),
    )  # fmt: skip
