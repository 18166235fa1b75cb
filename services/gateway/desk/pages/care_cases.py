"""A counsellor's own cases, by pseudonym: what was written in each, the answer to it, and notes of one's own."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.care_slots import COUNSELLORS
from services.gateway.desk.pages.oneself import open_acts
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

CASES, CASE, MESSAGES, NOTES, BOOKINGS = (
    "care_cases_list", "care_cases_read", "care_messages_list", "care_notes_list", "care_bookings_list",
)  # fmt: skip
STEPS = {"message": "care_cases_message", "note": "care_cases_note", "close": "care_cases_close"}
FIELDS = {"message": "body", "note": "content", "close": "outcome"}
HOME = "/desk/cases"
ALL, ONE = Text("相談ケース", "Cases"), Text("相談ケース", "A case")
DONE = {
    "message": Text("返信しました。", "Your answer is sent."),
    "note": Text("記録しました。", "The note is kept."),
    "close": Text("ケースを終了しました。", "The case is closed."),
}

pages = Pages()
SHOWN = (CASE, MESSAGES, NOTES, BOOKINGS, STEPS["close"])


@pages.page(HOME, ALL, roles=COUNSELLORS, calls=(CASES,), menu=True)
async def cases(visit: Visit) -> Response:
    return visit.show("care_cases.html", found=await visit.every(CASES, sort="-opened_at"))


@pages.page(f"{HOME}/{{id}}", ONE, roles=COUNSELLORS, calls=SHOWN)
async def case(visit: Visit) -> Response:
    return await _case(visit)


def _step(name: str) -> None:
    @pages.command(f"{HOME}/{{id}}/{name}", ONE, roles=COUNSELLORS, calls=(*SHOWN, STEPS[name]))
    async def step(visit: Visit) -> Response:
        given = visit.field(FIELDS[name]).replace("\r\n", "\n")
        try:
            await visit.do(STEPS[name], {FIELDS[name]: given}, ref=visit.path("id"))
        except Refused as refused:
            return await _case(visit, {FIELDS[name]: given}, status=refused.status, problem=refused.problem)
        return visit.go(f"{HOME}/{visit.path('id')}", DONE[name])


for _name in STEPS:
    _step(_name)


async def _case(
    visit: Visit, given: dict[str, str] | None = None, *, status: int = 200, problem: Any = None
) -> Response:
    found = await visit.read(CASE, ref=visit.path("id"))
    (outcome,) = visit.entries(STEPS["close"], ("outcome",))
    return visit.show(
        "care_case.html", status=status, problem=problem, one=found, acts=open_acts(found), outcome=outcome,
        messages=await visit.every(MESSAGES, case_id=found["id"], sort="sent_at"),
        notes=await visit.every(NOTES, case_id=found["id"], sort="-written_at"),
        bookings=await visit.every(BOOKINGS, pseudonym=found["pseudonym"], sort="-starts_at"),
        values=dict.fromkeys(FIELDS.values(), "") | (given or {}),
    )  # fmt: skip
