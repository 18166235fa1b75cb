"""A company's stand at a career fair: its texts, whom it may see, its slots, and its interviews with what came of them."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from starlette.responses import Response

from services.gateway.desk.forms import differing, instant, typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.oneself import before
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

BUSINESS = ("business",)
STANDS, STAND, DESCRIBE = "jet_fair_exhibitors_list", "jet_fair_exhibitors_read", "jet_fair_exhibitors_change"
FAIRS, FAIR, DAYS = "jet_career_fairs_list", "jet_career_fairs_read", "jet_career_fair_days_list"
CANDIDATES, CANDIDATE = "jet_fair_candidates_list", "jet_fair_candidates_read"
SLOTS, ADD_SLOT, CHANGE_SLOT = (
    "jet_interview_slots_list", "jet_interview_slots_create", "jet_interview_slots_change",
)  # fmt: skip
MEETINGS, OFFER = "jet_fair_interviews_list", "jet_fair_interviews_create"
RECORD, CANCEL, CLOCK = "jet_fair_interviews_record", "jet_fair_interviews_cancel", "identity_clock_read"
HOME = "/desk/booth"
ALL, ONE, PEOPLE, PERSON, TIMES = (
    Text("キャリアフェア", "Career fairs"), Text("出展", "Your stand"), Text("求職者", "Candidates"),
    Text("求職者", "A candidate"), Text("面談の枠", "Interview slots"),
)  # fmt: skip
TEXTS = ("description_ja", "description_en", "wanted_skills", "wanted_languages", "wanted_japanese_level")
FILTERS = ("language", "skill", "japanese_ability", "day")
OUTCOMES = ("none", "second_interview", "offer", "declined")
MOST_SLOTS = 40  # of one form
SAVED = Text("保存しました。", "Saved.")
OFFERED = Text(
    "面談を案内しました。本人の回答を待ちます。", "The interview is offered. The candidate will answer."
)
RECORDED = Text("面談の結果を記録しました。", "What came of the interview is recorded.")
CANCELLED = Text("面談を取り消しました。", "The interview is cancelled.")
ADDED = Text("面談の枠を{number}件登録しました。", "{number} slots are added.")
CLOSED = Text("枠の受付を終えました。", "The slot is closed.")

pages = Pages()
STANDING = (STAND, FAIR, DAYS, MEETINGS, CANDIDATE, CLOCK)


@pages.page(HOME, ALL, roles=BUSINESS, calls=(STANDS, FAIRS), menu=True)
async def booths(visit: Visit) -> Response:
    fairs = {one["fair_code"]: one for one in await visit.every(FAIRS)}
    stands = [one for one in await visit.every(STANDS) if one["fair_code"] in fairs]
    stands.sort(key=lambda one: fairs[one["fair_code"]]["candidates_until"], reverse=True)
    return visit.show("booths.html", stands=stands, fairs=fairs)


@pages.page(f"{HOME}/{{id}}", ONE, roles=BUSINESS, calls=STANDING)
async def booth(visit: Visit) -> Response:
    return await _stand(visit)


@pages.page(f"{HOME}/{{id}}/texts", ONE, roles=BUSINESS, calls=(STAND, FAIR))
async def describing(visit: Visit) -> Response:
    record, etag = await visit.tagged(STAND, ref=visit.path("id"))
    return visit.show(
        "booth_texts.html", one=record, values=record, etag=etag, asked=visit.entries(DESCRIBE, TEXTS)
    )


@pages.command(f"{HOME}/{{id}}/texts", ONE, roles=BUSINESS, calls=(STAND, DESCRIBE))
async def describe(visit: Visit) -> Response:
    record, etag = await visit.tagged(STAND, ref=visit.path("id"))
    asked = visit.entries(DESCRIBE, TEXTS)
    given = typed(visit.form, asked)
    try:
        await visit.do(DESCRIBE, differing(given, record), match=visit.field("etag"), ref=visit.path("id"))
    except Refused as refused:
        return visit.show(
            "booth_texts.html", status=refused.status, problem=refused.problem, one=record, values=given, etag=etag,
            asked=asked,
        )  # fmt: skip
    return visit.go(f"{HOME}/{visit.path('id')}", SAVED)


@pages.page(f"{HOME}/{{id}}/candidates", PEOPLE, roles=BUSINESS, calls=(STAND, FAIR, DAYS, CANDIDATES))
async def candidates(visit: Visit) -> Response:
    stand = await visit.read(STAND, ref=visit.path("id"))
    kept = {name: visit.query[name] for name in FILTERS if name in visit.query}
    of, cursor = {"fair": stand["fair_code"]}, visit.query.get("cursor")
    return visit.show(
        "candidates.html", one=stand, fair=await visit.read(FAIR, ref=stand["fair_code"]), kept=kept,
        days=await visit.every(DAYS, **of), skills=_choices(visit, "wanted_skills"),
        levels=_choices(visit, "wanted_japanese_level"),
        rows=await visit.read(CANDIDATES, **of, **kept, limit=20, cursor=cursor),
    )  # fmt: skip


@pages.page(f"{HOME}/{{id}}/candidates/{{candidate}}", PERSON, roles=BUSINESS, calls=(*STANDING, SLOTS))
async def candidate(visit: Visit) -> Response:
    return await _candidate(visit)


@pages.command(
    f"{HOME}/{{id}}/candidates/{{candidate}}", PERSON, roles=BUSINESS, calls=(*STANDING, SLOTS, OFFER)
)
async def offer(visit: Visit) -> Response:
    try:
        await visit.do(OFFER, {"slot_id": visit.field("slot"), "candidate_id": visit.path("candidate")})
    except Refused as refused:
        return await _candidate(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}/{visit.path('id')}", OFFERED)


@pages.page(f"{HOME}/{{id}}/slots", TIMES, roles=BUSINESS, calls=(STAND, FAIR, DAYS, SLOTS))
async def slots(visit: Visit) -> Response:
    return await _slots(visit)


@pages.command(f"{HOME}/{{id}}/slots", TIMES, roles=BUSINESS, calls=(STAND, FAIR, DAYS, SLOTS, ADD_SLOT))
async def add_slots(visit: Visit) -> Response:
    """One slot, or a series of them between two times. What was made before one of them is refused stays."""
    stand = await visit.read(STAND, ref=visit.path("id"))
    table = visit.field("table_no")
    body = {
        "day_code": visit.field("day_code"), "organisation_code": stand["organisation_code"],
        "table_no": int(table) if table.isdecimal() else table or None,
    }  # fmt: skip
    made = 0
    try:
        for starts, ends in _series(visit.field("starts_at"), visit.field("ends_at"), visit.field("minutes")):
            await visit.do(ADD_SLOT, body | {"starts_at": starts, "ends_at": ends})
            made += 1
    except Refused as refused:
        return await _slots(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}/{visit.path('id')}/slots", ADDED.fill(number=made))


@pages.command(f"{HOME}/{{id}}/slots/{{slot}}/close", TIMES, roles=BUSINESS, calls=(CHANGE_SLOT,))
async def close_slot(visit: Visit) -> Response:
    await visit.do(CHANGE_SLOT, {"withdrawn": True}, match="*", ref=visit.path("slot"))
    return visit.go(f"{HOME}/{visit.path('id')}/slots", CLOSED)


@pages.command(f"{HOME}/{{id}}/interviews/{{interview}}", ONE, roles=BUSINESS, calls=(*STANDING, RECORD))
async def record(visit: Visit) -> Response:
    body = {"held": visit.field("held") or None, "outcome": visit.field("outcome") or "none"}
    try:
        await visit.do(RECORD, body, ref=visit.path("interview"))
    except Refused as refused:
        return await _stand(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}/{visit.path('id')}", RECORDED)


@pages.command(
    f"{HOME}/{{id}}/interviews/{{interview}}/cancel", ONE, roles=BUSINESS, calls=(*STANDING, CANCEL)
)
async def cancel(visit: Visit) -> Response:
    try:
        await visit.do(CANCEL, ref=visit.path("interview"))
    except Refused as refused:
        return await _stand(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}/{visit.path('id')}", CANCELLED)


def _choices(visit: Visit, name: str) -> tuple[str, ...]:
    return visit.entries(DESCRIBE, (name,))[0].choices


def _series(starts: str, ends: str, minutes: str) -> list[tuple[str | None, str | None]]:
    """Slots of so many minutes from one time to another; one slot where no length is told, or the times are none."""
    first, last = instant(starts), instant(ends)
    try:
        at, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
        step = timedelta(minutes=int(minutes))
        number = min((end - at) // step, MOST_SLOTS) if step else 0
    except (ValueError, TypeError, OverflowError):
        number, at, step = 0, datetime.min, timedelta()
    if number < 1:
        return [(first or None, last or None)]
    times = [at + step * one for one in range(number + 1)]
    return [(one.isoformat(), other.isoformat()) for one, other in pairwise(times)]


async def _stand(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    stand = await visit.read(STAND, ref=visit.path("id"))
    of = {"fair": stand["fair_code"]}
    meetings = await visit.every(MEETINGS, **of, sort="starts_at")
    now = (await visit.read(CLOCK))["now"]
    return visit.show(
        "booth.html", status=status, problem=problem, one=stand, fair=await visit.read(FAIR, ref=stand["fair_code"]),
        days=await visit.every(DAYS, **of), meetings=meetings, names=await _names(visit, meetings),
        begun={one["id"] for one in meetings if not before(now, one["starts_at"])}, outcomes=OUTCOMES,
    )  # fmt: skip


async def _names(visit: Visit, meetings: list[Any]) -> dict[str, str]:
    """By the candidate's id what they let themselves be called; only of those with whom something is arranged."""
    arranged = {
        one["candidate_id"]
        for one in meetings
        if one["candidate_id"] and one["state"] in ("requested", "booked", "met")
    }
    names = {}
    for identity in sorted(arranged):
        try:
            names[identity] = (await visit.read(CANDIDATE, ref=identity))["display_name"] or ""
        except Refused:
            continue  # withdrawn since
    return names


async def _candidate(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    stand = await visit.read(STAND, ref=visit.path("id"))
    found = await visit.read(CANDIDATE, ref=visit.path("candidate"))
    now = (await visit.read(CLOCK))["now"]
    free = await visit.every(SLOTS, day=found["day_code"], taken="false", withdrawn="false", sort="starts_at")
    meetings = await visit.every(MEETINGS, fair=stand["fair_code"], sort="starts_at")
    return visit.show(
        "candidate.html", status=status, problem=problem, one=stand, candidate=found,
        fair=await visit.read(FAIR, ref=stand["fair_code"]),
        slots=[one for one in free if before(now, one["starts_at"])],
        meetings=[one for one in meetings if one["candidate_id"] == found["id"]],
    )  # fmt: skip


async def _slots(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    stand = await visit.read(STAND, ref=visit.path("id"))
    of = {"fair": stand["fair_code"]}
    given = {name: visit.field(name) for name in ("day_code", "table_no", "starts_at", "ends_at", "minutes")}
    days = await visit.every(DAYS, **of, sort="held_on")
    if not visit.form and days:
        opens = days[0]["opens_at"]
        given |= {
            "day_code": days[0]["day_code"],
            "table_no": "1",
            "starts_at": opens,
            "ends_at": "",
            "minutes": "30",
        }
    return visit.show(
        "booth_slots.html", status=status, problem=problem, one=stand, days=days, given=given,
        slots=await visit.every(SLOTS, **of, sort="starts_at"),
    )  # fmt: skip
