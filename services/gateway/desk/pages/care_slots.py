"""A counsellor's time: slots that are added in a series and withdrawn, and the bookings of a day."""

from datetime import date, datetime, timedelta
from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.oneself import CLOCK, before
from services.gateway.desk.visit import Refused, Visit
from services.gateway.desk.zones import JAPAN, zones
from services.kit.japan.clock import day_in_japan
from services.kit.text import Text

COUNSELLORS = ("counsellor",)
SLOTS, ADD, WITHDRAW = "care_slots_list", "care_slots_create", "care_slots_withdraw"
BOOKINGS = "care_bookings_list"
STEPS = {"cancel": "care_bookings_cancel", "hold": "care_bookings_hold", "miss": "care_bookings_miss"}
HOME, DAY = "/desk/slots", "/desk/bookings"
TIMES, TODAY = Text("相談の枠", "Your slots"), Text("予約", "Bookings")
MOST = 40  # slots of one form
WRITTEN = ("local_start", "until", "minutes", "time_zone", "repeated_hour", "channel", "counsellor_name")
ADDED = Text("枠を{number}件登録しました。", "{number} slots are added.")
GONE = Text("枠を取り下げました。", "The slot is withdrawn.")
DONE = {
    "cancel": Text("予約を取り消しました。", "The booking is cancelled."),
    "hold": Text("実施を記録しました。", "It is recorded as held."),
    "miss": Text("来談なしを記録しました。", "It is recorded that nobody came."),
}

pages = Pages()


@pages.page(DAY, TODAY, roles=COUNSELLORS, calls=(BOOKINGS, CLOCK), menu=True)
async def bookings(visit: Visit) -> Response:
    return await _bookings(visit)


def _step(name: str) -> None:
    @pages.command(f"{DAY}/{{id}}/{name}", TODAY, roles=COUNSELLORS, calls=(BOOKINGS, CLOCK, STEPS[name]))
    async def step(visit: Visit) -> Response:
        try:
            made = await visit.do(STEPS[name], ref=visit.path("id"))
        except Refused as refused:
            return await _bookings(visit, status=refused.status, problem=refused.problem)
        return visit.go(f"{DAY}?day={_in_japan(made['starts_at'])}", DONE[name])


for _name in STEPS:
    _step(_name)


@pages.page(HOME, TIMES, roles=COUNSELLORS, calls=(SLOTS, ADD, CLOCK), menu=True)
async def slots(visit: Visit) -> Response:
    return await _slots(visit)


@pages.command(HOME, TIMES, roles=COUNSELLORS, calls=(SLOTS, ADD, CLOCK))
async def add(visit: Visit) -> Response:
    """What was made before one of a series is refused stays."""
    given = {name: visit.field(name) for name in WRITTEN}
    body = {name: given[name] or None for name in ("repeated_hour", "counsellor_name")} | {
        "time_zone": given["time_zone"], "channel": given["channel"],
    }  # fmt: skip
    made = 0
    try:
        for starts, minutes in _series(given["local_start"], given["until"], given["minutes"]):
            await visit.do(ADD, body | {"local_start": starts, "minutes": minutes})
            made += 1
    except Refused as refused:
        return await _slots(visit, given, status=refused.status, problem=refused.problem)
    return visit.go(HOME, ADDED.fill(number=made))


@pages.command(f"{HOME}/{{id}}/withdraw", TIMES, roles=COUNSELLORS, calls=(SLOTS, ADD, CLOCK, WITHDRAW))
async def withdraw(visit: Visit) -> Response:
    try:
        await visit.do(WITHDRAW, ref=visit.path("id"))
    except Refused as refused:
        return await _slots(visit, status=refused.status, problem=refused.problem)
    return visit.go(HOME, GONE)


def _series(starts: str, until: str, minutes: str) -> list[tuple[str, Any]]:
    """By the clocks of the zone: one slot after the other up to a time of the same day; a single one where none is told,
    or what was typed is no time."""
    length: Any = int(minutes) if minutes.isdecimal() and len(minutes) < 5 else minutes or None
    try:
        first = datetime.fromisoformat(starts)
        last = datetime.fromisoformat(f"{first:%Y-%m-%d}T{until}")
        number = min((last - first) // timedelta(minutes=length), MOST)
    except (ValueError, TypeError, ZeroDivisionError):
        number, first = 0, datetime.min
    if number < 1:
        return [(starts, length)]
    each = [first + timedelta(minutes=length) * one for one in range(number)]
    return [(f"{one:%Y-%m-%dT%H:%M}", length) for one in each]


async def _slots(
    visit: Visit, given: dict[str, str] | None = None, *, status: int = 200, problem: Any = None
) -> Response:
    clock = await visit.read(CLOCK)
    found = await visit.every(SLOTS, withdrawn="false", starts_from=clock["today"], sort="starts_at")
    last = found[-1] if found else {"time_zone": JAPAN, "channel": "online", "counsellor_name": ""}
    values = dict.fromkeys(WRITTEN, "") | {
        "minutes": "50", "time_zone": last["time_zone"], "channel": last["channel"],
        "counsellor_name": last["counsellor_name"] or "",
    } | (given or {})  # fmt: skip
    channel, again = visit.entries(ADD, ("channel", "repeated_hour"))
    return visit.show(
        "care_slots.html", status=status, problem=problem, slots=found, values=values, zones=zones(),
        channels=channel.options(visit.language), again=again.options(visit.language),
    )  # fmt: skip


async def _bookings(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    clock = await visit.read(CLOCK)
    day = _day(visit.query.get("day", "")) or date.fromisoformat(clock["today"])
    others = {"before": day - timedelta(days=1), "after": day + timedelta(days=1)}
    found = await visit.every(
        BOOKINGS, starts_from=day.isoformat(), starts_before=others["after"].isoformat(), sort="starts_at"
    )
    ahead = await visit.every(
        BOOKINGS, starts_from=others["after"].isoformat(), state="booked", sort="starts_at"
    )
    return visit.show(
        "care_bookings.html", status=status, problem=problem, day=day, others=others, found=found, ahead=ahead[:20],
        begun={one["id"] for one in found if not before(clock["now"], one["starts_at"])},
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def _in_japan(instant: str) -> str:
    return day_in_japan(datetime.fromisoformat(instant)).isoformat()
