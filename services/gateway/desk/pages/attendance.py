"""Attendance (出欠) by list: a session of a run, a row for each person."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.runs import ATTENDANCES, ENROLMENTS, READ, SESSIONS, SHOWN
from services.gateway.desk.training import COORDINATOR, RUNS, choices, meant, named, place, who
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

ADD, CHANGE = "jet_training_attendances_create", "jet_training_attendances_change"
LISTED = (READ, SESSIONS, ENROLMENTS, ATTENDANCES)
TITLE = Text("出欠の記録", "Attendance")
VALUES = ("present", "absent", "excused")
SAVED = Text("出欠を記録しました。", "Attendance is recorded.")
MEANWHILE = Text(
    "この間に別の記録（{now}）がありました。確かめて、もう一度選んでください。",
    "It was recorded meanwhile as {now}. Check it, and choose again.",
)

pages = Pages()
Said = dict[str, str]


@pages.page(f"{RUNS}/{{code}}/attendance", TITLE, roles=COORDINATOR, calls=LISTED)
async def attendance(visit: Visit) -> Response:
    return _shown(visit, await _listed(visit, visit.query), {}, {})


@pages.command(f"{RUNS}/{{code}}/attendance", TITLE, roles=COORDINATOR, calls=(*LISTED, ADD, CHANGE))
async def record(visit: Visit) -> Response:
    """Rows that were left as they were shown are not touched, whatever came of them meanwhile."""
    asked = {name: visit.field(name) for name in ("session", "cursor") if visit.field(name)}
    found = await _listed(visit, asked)
    if found["session"] is None:
        return _shown(visit, found, {}, {})
    wrong: Said = {}
    chosen: Said = {}
    for one in found["rows"]:
        shown, wanted = visit.field(f"shown-{one['id']}"), visit.field(f"row-{one['id']}")
        if visit.field("all") and not shown and not wanted:
            wanted = visit.field("all")
        if not wanted or wanted in (shown, one["attendance"]):
            continue
        chosen[one["id"]] = wanted
        if shown != one["attendance"]:
            now = dict(choices("attendance", visit.language))[one["attendance"]] if one["attendance"] else "—"
            wrong[one["id"]] = MEANWHILE.fill(now=now).within(visit.language)
        elif (said := await _store(visit, found, one, wanted)) is not None:
            wrong[one["id"]] = said
    if wrong:
        return _shown(visit, await _listed(visit, asked), wrong, chosen)
    more = {"session": str(found["session"]["number"])} | ({"cursor": found["next"]} if found["next"] else {})
    following = "&".join(f"{name}={value}" for name, value in more.items())
    return visit.go(f"{place(RUNS, visit.path('code'))}/attendance?{following}", SAVED)


async def _store(visit: Visit, found: Mapping[str, Any], one: Mapping[str, Any], value: str) -> str | None:
    """What was wrong with it."""
    try:
        if one["recorded"] is not None:
            await visit.do(CHANGE, {"attendance": value}, match="*", ref=one["recorded"])
        else:
            where = {"run_code": found["run"]["code"], "session_number": found["session"]["number"]}
            await visit.do(ADD, where | meant(one) | {"attendance": value})
    except Refused as refused:
        return " ".join(
            [f"{one['message']} {one['remedy']}" for one in refused.problem.get("errors") or ()]
            or [str(refused.problem.get("detail") or refused.problem["title"])]
        )
    return None


async def _listed(visit: Visit, asked: Mapping[str, str]) -> dict[str, Any]:
    """The run, its session that is asked for or the first, and a page of those who take part with what is recorded."""
    run = await visit.read(READ, ref=visit.path("code"))
    sessions = await visit.every(SESSIONS, run_code=run["code"], sort="number")
    wanted = asked.get("session", "")
    session = next((one for one in sessions if str(one["number"]) == wanted), None)
    session = session or next(iter(sessions), None)
    found: dict[str, Any] = {"run": run, "sessions": sessions, "session": session, "rows": [], "next": None}
    found["cursor"] = asked.get("cursor", "")
    if session is None:
        return found
    people = await visit.read(
        ENROLMENTS, run_code=run["code"], state="confirmed", sort="enrolled_at", limit=SHOWN,
        cursor=asked.get("cursor"),
    )  # fmt: skip
    there = {
        who(one): one
        for one in await visit.every(ATTENDANCES, run_code=run["code"], session_number=session["number"])
    }
    found["next"] = people["next"]
    for one in people["items"]:
        told = there.get(who(one))
        known = {"recorded": told and told["id"], "attendance": told["attendance"] if told else ""}
        method = told["attendance_method"] if told else None
        found["rows"].append(one | known | {"name": named(one), "method": method})
    return found


def _shown(visit: Visit, found: dict[str, Any], wrong: Said, chosen: Said) -> Response:
    return visit.show(
        "attendance.html", status=422 if wrong else 200, wrong=wrong, chosen=chosen,
        values=choices("attendance", visit.language, VALUES), **found,
    )  # fmt: skip
