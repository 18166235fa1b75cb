"""Breaking the glass (緊急閲覧): an officer finds a case by its pseudonym and asks for it, another person decides, and who
asked reads until it ends. Each reading is noted before anything is shown."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.care_office import CHANNELS, OFFICERS, TO_ASSIGN
from services.gateway.desk.pages.care_slots import BOOKINGS
from services.gateway.desk.pages.care_slots import DONE as RECORDED
from services.gateway.desk.pages.care_slots import STEPS as RECORD
from services.gateway.desk.pages.oneself import CLOCK, before, open_acts
from services.gateway.desk.training import choices
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

OVERSEERS = ("care_officer", "protector")
CASES, CASE, ASK = "care_cases_list", "care_cases_read", "care_cases_break_glass"
OPENINGS, OPENING, LOOK = "care_glass_openings_list", "care_glass_openings_read", "care_glass_openings_look"
STEPS = {
    "approve": "care_glass_openings_approve", "refuse": "care_glass_openings_refuse", "end": "care_glass_openings_end",
}  # fmt: skip
# what an officer records of a booking that has begun
RECORDS = ("hold", "miss")
FIND, GLASS = "/desk/care-find", "/desk/glass"
SHOWN = 50
SHOWN_CASE = (CASE, OPENINGS, BOOKINGS, CLOCK)
A_CASE, ALL, ONE, CONTENT = (
    Text("ケースをさがす", "Find a case"), Text("緊急閲覧", "Emergency openings"), Text("緊急閲覧", "An emergency opening"),
    Text("緊急閲覧の内容", "What is said in the case"),
)  # fmt: skip
ASKED = Text("緊急閲覧を申請しました。別の担当者か個人情報保護担当に、承認を依頼してください。",
             "The opening is asked for. Ask another officer, or the data protection officer, to approve it.")  # fmt: skip
DONE = {
    "approve": Text("承認しました。申請した人だけが、期限まで読めます。", "It is approved. Who asked, and nobody else, reads until it expires."),
    "refuse": Text("却下しました。", "It is refused."),
    "end": Text("閲覧を終了しました。", "The opening is ended."),
}  # fmt: skip

pages = Pages()


@pages.page(FIND, A_CASE, roles=OFFICERS, calls=(CASES,), menu=True)
async def find(visit: Visit) -> Response:
    asked = visit.query.get("pseudonym", "").upper()
    found = (await visit.read(CASES, pseudonym=asked))["items"] if asked else []
    if found:
        return visit.go(f"{TO_ASSIGN}/{found[0]['id']}")
    return visit.show("care_find.html", asked=asked)


@pages.page(f"{TO_ASSIGN}/{{id}}", A_CASE, roles=OFFICERS, calls=SHOWN_CASE)
async def case(visit: Visit) -> Response:
    return await _case(visit)


@pages.command(f"{TO_ASSIGN}/{{id}}/glass", A_CASE, roles=OFFICERS, calls=(*SHOWN_CASE, ASK))
async def ask(visit: Visit) -> Response:
    try:
        made = await visit.do(ASK, {"reason": visit.field("reason")}, ref=visit.path("id"))
    except Refused as refused:
        return await _case(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{GLASS}/{made['id']}", ASKED)


def _record(name: str) -> None:
    @pages.command(
        f"{TO_ASSIGN}/{{id}}/bookings/{{booking}}/{name}", A_CASE, roles=OFFICERS, calls=(*SHOWN_CASE, RECORD[name])
    )  # fmt: skip
    async def record(visit: Visit) -> Response:
        try:
            await visit.do(RECORD[name], ref=visit.path("booking"))
        except Refused as refused:
            return await _case(visit, status=refused.status, problem=refused.problem)
        return visit.go(f"{TO_ASSIGN}/{visit.path('id')}", RECORDED[name])


for _name in RECORDS:
    _record(_name)


@pages.page(GLASS, ALL, roles=OVERSEERS, calls=(OPENINGS,), menu=True)
async def openings(visit: Visit) -> Response:
    cursor = visit.query.get("cursor")
    found = await visit.read(OPENINGS, sort="-requested_at", limit=SHOWN, cursor=cursor)
    return visit.show("care_openings.html", found=found)


@pages.page(f"{GLASS}/{{id}}", ONE, roles=OVERSEERS, calls=(OPENING,))
async def opening(visit: Visit) -> Response:
    return await _opening(visit)


@pages.page(f"{GLASS}/{{id}}/content", CONTENT, roles=OFFICERS, calls=(OPENING, LOOK, CHANNELS))
async def content(visit: Visit) -> Response:
    found = await visit.read(LOOK, ref=visit.path("id"))
    return visit.show(
        "care_content.html", found=found, one=await visit.read(OPENING, ref=visit.path("id")),
        channels={one["code"]: one[f"label_{visit.language}"] for one in await visit.every(CHANNELS)},
    )  # fmt: skip


def _step(name: str) -> None:
    @pages.command(f"{GLASS}/{{id}}/{name}", ONE, roles=OVERSEERS, calls=(OPENING, STEPS[name]))
    async def step(visit: Visit) -> Response:
        try:
            await visit.do(STEPS[name], ref=visit.path("id"))
        except Refused as refused:
            return await _opening(visit, status=refused.status, problem=refused.problem)
        return visit.go(f"{GLASS}/{visit.path('id')}", DONE[name])


for _name in STEPS:
    _step(_name)


async def _case(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    found = await visit.read(CASE, ref=visit.path("id"))
    now = (await visit.read(CLOCK))["now"]
    booked = await visit.every(BOOKINGS, pseudonym=found["pseudonym"], state="booked", sort="starts_at")
    return visit.show(
        "care_case_of_office.html", begun=[one for one in booked if not before(now, one["starts_at"])],
        status=status, problem=problem, one=found, reason=visit.field("reason"),
        reasons=[("", "—"), *choices("glass_reason", visit.language)],
        openings=await visit.every(OPENINGS, case_id=found["id"], sort="-requested_at"),
    )  # fmt: skip


async def _opening(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    found = await visit.read(OPENING, ref=visit.path("id"))
    return visit.show(
        "care_opening.html", status=status, problem=problem, one=found, acts=open_acts(found),
        mine=found["requested_by"] == visit.held.person,
    )  # fmt: skip
