"""The hand-over of an office on one page: what is open, whom it knows, the last two years; signed, then ticked."""

from collections import Counter
from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.uploads import OFFICERS
from services.gateway.desk.training import place
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

FOUND, BEGIN = "events_hand_overs_list", "events_hand_overs_create"
STEPS = {
    "sign": ("events_hand_overs_sign", Text("署名しました。", "It is signed.")),
    "succeed": ("events_hand_overs_succeed", Text("後任を引き受けました。", "You are the successor.")),
    "step_down": (
        "events_hand_overs_step_down",
        Text("引受けを取り消しました。", "You are not the successor any more."),
    ),
    "take_over": ("events_hand_overs_take_over", Text("引継ぎが終わりました。", "The office is taken over.")),
}
MATTERS, TICK, UNTICK = (
    "events_hand_over_matters_list",
    "events_hand_over_matters_tick",
    "events_hand_over_matters_untick",
)
CONTACTS, LINES, EDITIONS = "events_office_contacts_list", "events_supports_list", "events_editions_list"
OFFICE, CLOCK = "directory_overseas_offices_read", "identity_clock_read"
HOME = "/desk/office/{code}/hand-over"
TITLE = Text("事務所の引継ぎ", "Hand-over of an office")
BEGUN = Text("引継ぎを始めました。署名までは、記録から自動で作られます。",
             "The hand-over is begun. Until it is signed, it follows the records.")  # fmt: skip
LAST, SHOWN = 3, 80

pages = Pages()
READS = (FOUND, MATTERS, CONTACTS, LINES, EDITIONS, OFFICE, CLOCK)
CALLS = (*READS, BEGIN, TICK, UNTICK, *(call for call, _ in STEPS.values()))


@pages.page(HOME, TITLE, roles=OFFICERS, calls=READS)
async def hand_over(visit: Visit) -> Response:
    return await _shown(visit)


@pages.command(HOME, TITLE, roles=OFFICERS, calls=CALLS)
async def act(visit: Visit) -> Response:
    verb, _, ref = visit.field("act").partition(" ")
    said = None
    try:
        if verb == "begin":
            body = {"office_code": visit.path("code"), "leaves_on": visit.field("leaves_on")}
            await visit.do(BEGIN, body)
            said = BEGUN
        elif verb in STEPS and ref:
            call, said = STEPS[verb]
            await visit.do(call, ref=ref)
        elif verb in ("tick", "untick") and ref:
            await visit.do(TICK if verb == "tick" else UNTICK, ref=ref)
    except Refused as refused:
        return await _shown(visit, status=refused.status, problem=refused.problem)
    after = f"?after={first}" if (first := _first(visit)) else ""
    return visit.go(f"{place('/desk/office', visit.path('code'))}/hand-over{after}", said)


async def _shown(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    office = await visit.read(OFFICE, ref=visit.path("code"))
    of = {"office": office["code"]}
    newest = (await visit.read(FOUND, **of, sort="-leaves_on", limit=1))["items"]
    one = newest[0] if newest else None
    kept = one is not None and one["state"] != "drafted"
    matters = await visit.every(MATTERS, hand_over=one["id"], sort="number") if one and kept else []
    open_ones, first = matters or (one["matters"] if one else []), _first(visit)
    today = (await visit.read(CLOCK))["today"]
    year = int(today[:4]) - (today[5:7] < "04")
    years = (year - 1, year)
    lines = [
        line for at in years for line in await visit.every(LINES, **of, fiscal_year=at, sort="received_on")
    ]
    editions = {
        at: (await visit.read(EDITIONS, **of, fiscal_year=at, limit=1, include="total"))["total"]
        for at in years
    }
    return visit.show(
        "office_hand_over.html", status=status, problem=problem, office=office, one=one, today=today,
        matters=open_ones[first : first + SHOWN], total=len(open_ones), after=first + SHOWN, years=years, editions=editions,
        figures=Counter((line["kind"], line["fiscal_year"]) for line in lines if line["countable"]),
        kinds=list(dict.fromkeys(line["kind"] for line in lines)),
        contacts=await visit.every(CONTACTS, **of, sort="code"), history=_history(lines), me=visit.held.person,
    )  # fmt: skip


def _first(visit: Visit) -> int:
    """The matter from which on they are shown: a page stays small."""
    after = visit.query.get("after", "")
    return int(after) if after.isascii() and after.isdecimal() else 0


def _history(lines: list[Any]) -> dict[str, list[Any]]:
    """Of each contact the last lines that name it, the newest first."""
    found: dict[str, list[Any]] = {}
    for line in reversed(lines):
        if (
            line["contact_code"] is not None
            and len(told := found.setdefault(line["contact_code"], [])) < LAST
        ):
            told.append(line)
    return found
