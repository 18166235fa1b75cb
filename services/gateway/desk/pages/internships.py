"""Internships for participants: what is offered and asked for, an application, what came of it and why, and the days there."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.forms import differing, typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages import evaluating
from services.gateway.desk.pages.evaluating import ASSIGNMENTS, CHANGE_RECORD, JUDGES, JUDGING, RECORD, SEEN
from services.gateway.desk.pages.oneself import ONESELF, PARTICIPANTS, jet_number, open_acts
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

PROGRAMMES, PROGRAMME, PERIODS, HOSTS = (
    "jet_internship_programmes_list", "jet_internship_programmes_read", "jet_internship_periods_list",
    "jet_internship_hosts_list",
)  # fmt: skip
MINE, ONE = "jet_internship_applications_list", "jet_internship_applications_read"
APPLY, CHANGE, WITHDRAW = (
    "jet_internship_applications_create", "jet_internship_applications_change", "jet_internship_applications_withdraw",
)  # fmt: skip
RESULTS, ADD_RECORD = "jet_internship_results_list", "jet_internship_records_create"
HOME = "/desk/internships"
ALL, OFFER, WISH, PLACE, DAY, JUDGEMENT = (
    Text("インターンシップ", "Internships"), Text("インターンシップの案内", "An internship"),
    Text("応募", "Your application"), Text("配属先", "Your place"), Text("日報", "Daily record"),
    Text("受入先の評価", "Evaluate your host"),
)  # fmt: skip
WISHES = ("first_host_code", "second_host_code", "third_host_code")
ASKED = (
    *WISHES,
    "japanese_level",
    "languages",
    "intern_name",
    "motivation",
    "self_introduction",
    "shared_texts",
)
WRITTEN = ("worked_on", "worked_minutes", "record_text")
APPLIED = Text(
    "応募を保存しました。締切まで変えられます。",
    "Your application is saved. You can change it until applications close.",
)
WITHDRAWN = Text("応募を取り下げました。", "You have withdrawn.")
NOTED = Text("日報を保存しました。", "The day is saved.")

pages = Pages()
SHOWN = (PROGRAMME, PERIODS, HOSTS, MINE, ONE, RESULTS, ASSIGNMENTS)
APPLYING = (PROGRAMME, HOSTS, MINE, ONE)


@pages.page(HOME, ALL, roles=PARTICIPANTS, calls=(PROGRAMMES, MINE, ASSIGNMENTS), menu=True)
async def internships(visit: Visit) -> Response:
    mine = {one["programme_code"]: one for one in await visit.every(MINE)}
    places = await visit.every(ASSIGNMENTS, state="assigned")
    shown = [
        one
        for one in await visit.every(PROGRAMMES, sort="-date_start")
        if one["organiser_code"] is None
        and (one["state"] not in ("ended", "cancelled") or one["code"] in mine)
    ]
    return visit.show("internships.html", programmes=shown, mine=mine, places=places)


@pages.page(f"{HOME}/{{code}}", OFFER, roles=PARTICIPANTS, calls=SHOWN)
async def internship(visit: Visit) -> Response:
    return await _shown(visit)


@pages.command(f"{HOME}/{{code}}/withdraw", OFFER, roles=PARTICIPANTS, calls=(*SHOWN, WITHDRAW))
async def withdraw(visit: Visit) -> Response:
    try:
        await visit.do(WITHDRAW, ref=visit.field("application"))
    except Refused as refused:
        return await _shown(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}/{visit.path('code')}", WITHDRAWN)


@pages.page(f"{HOME}/{{code}}/application", WISH, roles=PARTICIPANTS, calls=APPLYING)
async def applying(visit: Visit) -> Response:
    return await _applying(visit)


@pages.command(
    f"{HOME}/{{code}}/application", WISH, roles=PARTICIPANTS, calls=(*APPLYING, APPLY, CHANGE, *ONESELF)
)
async def apply(visit: Visit) -> Response:
    programme = await visit.read(PROGRAMME, ref=visit.path("code"))
    given = typed(visit.form, _asked(visit))
    own = await _application(visit, programme["code"])
    try:
        if own is None or own["state"] == "withdrawn":
            whose = {"programme_code": programme["code"], "jet_number": await jet_number(visit)}
            await visit.do(APPLY, given | whose)
        else:
            await visit.do(CHANGE, differing(given, own), match=visit.field("etag"), ref=own["id"])
    except Refused as refused:
        return await _applying(visit, status=refused.status, problem=refused.problem, given=given)
    return visit.go(f"{HOME}/{programme['code']}", APPLIED)


@pages.page(f"{HOME}/places/{{id}}", PLACE, roles=PARTICIPANTS, calls=SEEN)
async def place(visit: Visit) -> Response:
    return await _place(visit)


@pages.command(f"{HOME}/places/{{id}}", DAY, roles=PARTICIPANTS, calls=(*SEEN, ADD_RECORD))
async def note(visit: Visit) -> Response:
    given = typed(visit.form, visit.entries(ADD_RECORD, WRITTEN))
    try:
        await visit.do(ADD_RECORD, given | {"assignment_id": visit.path("id")})
    except Refused as refused:
        return await _place(visit, status=refused.status, problem=refused.problem, given=given)
    return visit.go(f"{HOME}/places/{visit.path('id')}", NOTED)


@pages.page(
    f"{HOME}/places/{{id}}/evaluation", JUDGEMENT, roles=PARTICIPANTS, calls=(*JUDGING, evaluating.EVALUATE)
)
async def judging(visit: Visit) -> Response:
    return await evaluating.judging(visit, "intern", f"{HOME}/places/{visit.path('id')}")


@pages.command(f"{HOME}/places/{{id}}/evaluation", JUDGEMENT, roles=PARTICIPANTS, calls=JUDGES)
async def judge(visit: Visit) -> Response:
    return await evaluating.judge(visit, "intern", f"{HOME}/places/{visit.path('id')}")


@pages.page(f"{HOME}/records/{{id}}", DAY, roles=PARTICIPANTS, calls=(RECORD,))
async def record(visit: Visit) -> Response:
    found, etag = await visit.tagged(RECORD, ref=visit.path("id"))
    return visit.show(
        "internship_record.html",
        one=found,
        etag=etag,
        asked=visit.entries(ADD_RECORD, WRITTEN[1:]),
        values=found,
    )


@pages.command(f"{HOME}/records/{{id}}", DAY, roles=PARTICIPANTS, calls=(RECORD, CHANGE_RECORD))
async def mend(visit: Visit) -> Response:
    found, etag = await visit.tagged(RECORD, ref=visit.path("id"))
    asked = visit.entries(ADD_RECORD, WRITTEN[1:])
    given = typed(visit.form, asked)
    try:
        await visit.do(CHANGE_RECORD, differing(given, found), match=visit.field("etag"), ref=found["id"])
    except Refused as refused:
        return visit.show(
            "internship_record.html", status=refused.status, problem=refused.problem, one=found, etag=etag,
            asked=asked, values=given,
        )  # fmt: skip
    return visit.go(f"{HOME}/places/{found['assignment_id']}", NOTED)


def _asked(visit: Visit) -> list[Any]:
    return visit.entries(APPLY, ASKED)


async def _application(visit: Visit, programme: str) -> Any:
    return next(iter((await visit.read(MINE, programme_code=programme))["items"]), None)


async def _shown(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    found = await visit.read(PROGRAMME, ref=visit.path("code"))
    of = {"programme_code": found["code"]}
    listed = await _application(visit, found["code"])
    mine = None if listed is None else await visit.read(ONE, ref=listed["id"])
    results = await visit.every(RESULTS, **of)
    return visit.show(
        "internship.html", status=status, problem=problem, programme=found, mine=mine,
        acts=open_acts(mine) if mine else [], hosts=await visit.every(HOSTS, **of),
        periods=await visit.every(PERIODS, **of), places=await visit.every(ASSIGNMENTS, **of, state="assigned"),
        result=next((one for one in results if one["run_state"] == "published"), None),
    )  # fmt: skip


async def _applying(visit: Visit, *, status: int = 200, problem: Any = None, given: Any = None) -> Response:
    found = await visit.read(PROGRAMME, ref=visit.path("code"))
    listed = await _application(visit, found["code"])
    own, etag = (None, "") if listed is None else await visit.tagged(ONE, ref=listed["id"])
    asked = _asked(visit)
    hosts = await visit.every(HOSTS, programme_code=found["code"])
    return visit.show(
        "internship_application.html", status=status, problem=problem, programme=found, etag=etag, hosts=hosts,
        wishes=WISHES, asked=[one for one in asked if one.name not in WISHES],
        values=dict.fromkeys(one.name for one in asked) | (own or {}) | (given or {}),
    )  # fmt: skip


async def _place(visit: Visit, *, status: int = 200, problem: Any = None, given: Any = None) -> Response:
    asked = visit.entries(ADD_RECORD, WRITTEN)
    return visit.show(
        "internship_place.html", status=status, problem=problem, asked=asked,
        values=dict.fromkeys(one.name for one in asked) | (given or {}), **await evaluating.assigned(visit),
    )  # fmt: skip
