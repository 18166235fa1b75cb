"""Career fairs as CLAIR runs them: days with their seats, who registered and came, exhibitors, figures; and the door."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

CLAIR = ("coordinator",)
FAIRS, FAIR, DAYS = "jet_career_fairs_list", "jet_career_fairs_read", "jet_career_fair_days_list"
EXHIBITORS, REGISTRATIONS, PRESENT, MEETINGS = (
    "jet_fair_exhibitors_list", "jet_fair_registrations_list", "jet_fair_attendances_list", "jet_fair_interviews_list",
)  # fmt: skip
CHECK_IN, CLOCK = "jet_career_fair_days_check_in", "identity_clock_read"
HOME, DOOR = "/desk/fair-desk", "/desk/fair-check-in"
ALL, ONE, AT_DOOR = (
    Text("フェア運営", "Fair desk"),
    Text("フェアの状況", "A fair"),
    Text("フェアの受付", "Fair check-in"),
)
STATES = ("confirmed", "offered", "waiting")

pages = Pages()


@pages.page(HOME, ALL, roles=CLAIR, calls=(FAIRS, DAYS), menu=True)
async def fairs(visit: Visit) -> Response:
    days: dict[str, list[Any]] = {}
    for day in await visit.every(DAYS, sort="held_on"):
        days.setdefault(day["fair_code"], []).append(day)
    return visit.show("fair_desk.html", fairs=await visit.every(FAIRS, sort="-fiscal_year"), days=days)


@pages.page(
    f"{HOME}/{{code}}", ONE, roles=CLAIR, calls=(FAIR, DAYS, EXHIBITORS, REGISTRATIONS, PRESENT, MEETINGS)
)
async def fair(visit: Visit) -> Response:
    found = await visit.read(FAIR, ref=visit.path("code"))
    of = {"fair": found["fair_code"]}
    days = [
        day | await _counts(visit, day["day_code"]) for day in await visit.every(DAYS, **of, sort="held_on")
    ]
    return visit.show(
        "fair_desk_one.html", fair=found, days=days, states=STATES,
        exhibitors=await visit.every(EXHIBITORS, **of, sort="organisation_code"),
        consents=await _total(visit, REGISTRATIONS, **of, consent_state="given"),
        meetings={state: await _total(visit, MEETINGS, **of, state=state) for state in ("booked", "met", "no_show")},
    )  # fmt: skip


@pages.page(f"{DOOR}/{{ticket}}", AT_DOOR, roles=CLAIR, calls=(DAYS, CLOCK))
async def door(visit: Visit) -> Response:
    return await _door(visit)


@pages.command(f"{DOOR}/{{ticket}}", AT_DOOR, roles=CLAIR, calls=(DAYS, CLOCK, CHECK_IN))
async def check_in(visit: Visit) -> Response:
    """A ticket is of one day: where several are held today, one of them takes it."""
    ticket = visit.path("ticket")
    try:
        made = await visit.do(CHECK_IN, {"ticket": ticket}, ref=visit.field("day"))
    except Refused as refused:
        return await _door(visit, status=refused.status, problem=refused.problem)
    return visit.show("fair_door.html", days=[], came=made, day="")


async def _door(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    today = (await visit.read(CLOCK))["today"]
    days = await visit.every(DAYS, held_on=today)
    return visit.show(
        "fair_door.html", status=status, problem=problem, days=days, came=None, day=visit.field("day")
    )


async def _counts(visit: Visit, day: str) -> dict[str, int]:
    found = {state: await _total(visit, REGISTRATIONS, day=day, state=state) for state in STATES}
    return found | {"came": await _total(visit, PRESENT, day=day)}


async def _total(visit: Visit, call: str, **given: Any) -> int:
    return int((await visit.read(call, limit=1, include="total", **given))["total"])
