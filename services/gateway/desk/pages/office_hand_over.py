"""The hand-over of an office on one page: what is open, whom it knows, the last two years; signed, then ticked."""

from collections import Counter
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.uploads import OFFICERS
from services.gateway.desk.visit import Refused, Visit
from services.kit.japan.fiscal_year import fiscal_year_of
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
CONTACTS, LINES = "events_office_contacts_list", "events_supports_list"
COUNTED = {"event_edition": "events_editions_list", "mission": "events_missions_list"}
OFFICE, CLOCK = "directory_overseas_offices_read", "identity_clock_read"
HOME = "/desk/office/{code}/hand-over"
TITLE = Text("事務所の引継ぎ", "Hand-over of an office")
BEGUN = Text("引継ぎを始めました。署名までは、記録から自動で作られます。",
             "The hand-over is begun. Until it is signed, it follows the records.")  # fmt: skip
LAST, AT_ONCE, NEWEST = 3, 50, 20
HEADQUARTERS = "headquarters"
OF_HEADQUARTERS = {"code": HEADQUARTERS, "name_ja": "本部", "name_en": "Headquarters"}

pages = Pages()
READS = (FOUND, MATTERS, CONTACTS, LINES, *COUNTED.values(), OFFICE, CLOCK)
CALLS = (*READS, BEGIN, TICK, UNTICK, *(call for call, _ in STEPS.values()))


@pages.page(HOME, TITLE, roles=OFFICERS, calls=READS)
async def hand_over(visit: Visit) -> Response:
    return await _shown(visit)


@pages.command(HOME, TITLE, roles=OFFICERS, calls=CALLS)
async def act(visit: Visit) -> Response:
    verb, _, ref = visit.field("act").partition(" ")
    said, asked = None, dict(visit.query)
    try:
        if verb == "begin":
            code = visit.path("code")
            body = {
                "office_code": None if code == HEADQUARTERS else code,
                "leaves_on": visit.field("leaves_on"),
            }
            asked["id"], said = (await visit.do(BEGIN, body))["id"], BEGUN
        elif verb in STEPS and ref:
            call, said = STEPS[verb]
            await visit.do(call, ref=ref)
        elif verb in ("tick", "untick") and ref:
            await visit.do(TICK if verb == "tick" else UNTICK, ref=ref)
    except Refused as refused:
        return await _shown(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME.format(code=visit.path('code'))}?{urlencode(asked)}", said)


async def _shown(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    code, me = visit.path("code"), visit.held.person
    of = {"headquarters": "true"} if code == HEADQUARTERS else {"office": code}
    office = OF_HEADQUARTERS if code == HEADQUARTERS else await visit.read(OFFICE, ref=code)
    found = (await visit.read(FOUND, **of, sort="-leaves_on", limit=NEWEST))["items"]
    one = _chosen(found, visit.query.get("id"), me)
    kept = one is not None and one["state"] != "drafted"
    matters = await visit.every(MATTERS, hand_over=one["id"], sort="number") if one and kept else []
    matters = matters or (one["matters"] if one else [])
    contacts = await visit.every(CONTACTS, **of, sort="code")
    today = (await visit.read(CLOCK))["today"]
    year = fiscal_year_of(date.fromisoformat(today))
    years = (year - 1, year)
    lines = [
        line for at in years for line in await visit.every(LINES, **of, fiscal_year=at, sort="received_on")
    ]
    counted = {
        (term, at): (await visit.read(call, **of, fiscal_year=at, limit=1, include="total"))["total"]
        for term, call in COUNTED.items()
        for at in years
    }
    return visit.show(
        "office_hand_over.html", status=status, problem=problem, office=office, one=one, today=today,
        matters=_some(matters, visit, "matters"), contacts=_some(contacts, visit, "contacts"), years=years, counted=counted,
        others=[other for other in found if other is not one and other["state"] != "taken_over"],
        begins=not any(other["leaving_id"] == me and other["state"] != "taken_over" for other in found),
        figures=Counter((line["kind"], line["fiscal_year"]) for line in lines if line["countable"]),
        kinds=list(dict.fromkeys(line["kind"] for line in lines)),
        history=_history(lines), me=me,
    )  # fmt: skip


def _chosen(found: list[Any], asked: str | None, me: str) -> Any:
    """The one that is asked for, else one's own that is open, else the newest that is open, else the newest."""
    for one in found:
        if one["id"] == asked:
            return one
    going_on = [one for one in found if one["state"] != "taken_over"]
    own = [one for one in going_on if me in (one["leaving_id"], one["successor_id"])]
    return next(iter([*own, *going_on, *found]), None)


def _some(items: list[Any], visit: Visit, name: str) -> dict[str, Any]:
    """A page of these: what is shown, how many there are, and the addresses' parameters of the pages before and after."""
    given = visit.query.get(name, "")
    start = int(given) if given.isascii() and given.isdecimal() and int(given) < len(items) else 0
    pages = {"before": start - AT_ONCE if start else None, "after": start + AT_ONCE}
    return {"items": items[start : start + AT_ONCE], "total": len(items)} | {
        way: urlencode(dict(visit.query) | {name: max(at, 0)})
        for way, at in pages.items()
        if at is not None and at < len(items)
    }


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
