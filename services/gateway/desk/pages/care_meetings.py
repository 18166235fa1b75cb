"""A participant's appointments with a counsellor: free slots by the clocks of a zone of their choice, booking, cancelling.

Addresses, titles and what a browser keeps say nothing of counselling: somebody else may look at the screen, or at what
was open in it before. The word stands in the menu of everybody alike.
"""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.oneself import CLOCK, PARTICIPANTS, before
from services.gateway.desk.visit import Refused, Visit
from services.gateway.desk.zones import JAPAN, chosen, zones
from services.kit.text import Text

SLOTS, BOOKINGS, BOOK, CANCEL, CALENDAR = (
    "care_slots_list", "care_bookings_list", "care_bookings_create", "care_bookings_cancel", "care_calendar_read",
)  # fmt: skip
HOME = "/desk/appointments"
MENU, TITLE = Text("相談", "Counselling"), Text("ご予約", "Appointments")
BOOKED = Text("予約しました。", "Your appointment is booked.")
CANCELLED = Text("予約を取り消しました。", "Your appointment is cancelled.")
MOST = 100  # free slots of one page, the earliest first

pages = Pages()
SHOWN = (SLOTS, BOOKINGS, CLOCK)


@pages.page(HOME, MENU, roles=PARTICIPANTS, calls=SHOWN, menu=True)
async def appointments(visit: Visit) -> Response:
    return await _appointments(visit)


@pages.command(HOME, MENU, roles=PARTICIPANTS, calls=(*SHOWN, BOOK))
async def book(visit: Visit) -> Response:
    zone = chosen(visit.field("zone"))
    try:
        await visit.do(BOOK, {"slot_id": visit.field("slot"), "time_zone": zone})
    except Refused as refused:
        return await _appointments(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}?zone={zone}", BOOKED)


@pages.command(f"{HOME}/{{id}}/cancel", TITLE, roles=PARTICIPANTS, calls=(*SHOWN, CANCEL))
async def cancel(visit: Visit) -> Response:
    try:
        await visit.do(CANCEL, ref=visit.path("id"))
    except Refused as refused:
        return await _appointments(visit, status=refused.status, problem=refused.problem)
    return visit.go(HOME, CANCELLED)


@pages.page("/desk/appointments.ics", TITLE, roles=PARTICIPANTS, calls=(CALENDAR,))
async def calendar(visit: Visit) -> Response:
    return await visit.file(CALENDAR, language=visit.language)


async def _appointments(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    clock = await visit.read(CLOCK)
    zone = chosen(visit.field("zone") or visit.query.get("zone", JAPAN))
    mine = await visit.every(BOOKINGS, sort="starts_at")
    free = await visit.every(
        SLOTS, taken="false", withdrawn="false", starts_from=clock["today"], sort="starts_at"
    )
    ahead = [one for one in mine if one["state"] == "booked" and before(clock["now"], one["starts_at"])]
    return visit.show(
        "care_meetings.html", status=status, problem=problem, zone=zone, zones=zones(), ahead=ahead,
        past=[one for one in reversed(mine) if one not in ahead],
        slots=[one for one in free if before(clock["now"], one["starts_at"])][:MOST],
    )  # fmt: skip
