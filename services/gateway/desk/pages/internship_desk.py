"""Internships as CLAIR runs them: applications, the assignment with its explanation, and its publication."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.fair_desk import CLAIR
from services.gateway.desk.pages.oneself import open_acts
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

PROGRAMMES, PROGRAMME, HOSTS = (
    "jet_internship_programmes_list", "jet_internship_programmes_read", "jet_internship_hosts_list",
)  # fmt: skip
APPLICATIONS, RESULTS = "jet_internship_applications_list", "jet_internship_results_list"
RUNS, RUN, ASSIGN, PUBLISH = (
    "jet_internship_assignment_runs_list", "jet_internship_assignment_runs_read", "jet_internship_programmes_assign",
    "jet_internship_assignment_runs_publish",
)  # fmt: skip
HOME = "/desk/internship-desk"
ALL, ONE, RESULT = (
    Text("インターン運営", "Internship desk"), Text("インターンシップの状況", "A programme"), Text("割当の結果", "A run"),
)  # fmt: skip
MADE = Text(
    "割り当てました。内容を確かめてから公開してください。", "The run is made. Look at it, then publish it."
)
PUBLISHED = Text("公開しました。応募者と受入先に見えます。", "Published: applicants and hosts see their own.")

pages = Pages()
SHOWN = (PROGRAMME, HOSTS, APPLICATIONS, RUNS)


@pages.page(HOME, ALL, roles=CLAIR, calls=(PROGRAMMES,), menu=True)
async def programmes(visit: Visit) -> Response:
    found = await visit.every(PROGRAMMES, sort="-date_start")
    return visit.show("internship_desk.html", programmes=found)


@pages.page(f"{HOME}/{{code}}", ONE, roles=CLAIR, calls=SHOWN)
async def programme(visit: Visit) -> Response:
    return await _shown(visit)


@pages.command(f"{HOME}/{{code}}", ONE, roles=CLAIR, calls=(*SHOWN, ASSIGN))
async def assign(visit: Visit) -> Response:
    try:
        made = await visit.do(ASSIGN, {"seed": visit.field("seed") or None}, ref=visit.path("code"))
    except Refused as refused:
        return await _shown(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}/runs/{made['id']}", MADE)


@pages.page(f"{HOME}/runs/{{id}}", RESULT, roles=CLAIR, calls=(RUN, PROGRAMME, RESULTS))
async def run(visit: Visit) -> Response:
    return await _run(visit)


@pages.command(f"{HOME}/runs/{{id}}", RESULT, roles=CLAIR, calls=(RUN, PROGRAMME, RESULTS, PUBLISH))
async def publish(visit: Visit) -> Response:
    try:
        await visit.do(PUBLISH, ref=visit.path("id"))
    except Refused as refused:
        return await _run(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}/runs/{visit.path('id')}", PUBLISHED)


async def _shown(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    found = await visit.read(PROGRAMME, ref=visit.path("code"))
    of = {"programme_code": found["code"]}
    act = next((one for one in found["available_actions"] if one["action"] == "assign"), {"closed": ""})
    return visit.show(
        "internship_desk_one.html", status=status, problem=problem, programme=found, act=act,
        hosts=await visit.every(HOSTS, **of), runs=await visit.every(RUNS, **of, sort="-number"),
        applications=await visit.read(
            APPLICATIONS, **of, sort="submitted_at", limit=100, include="total", cursor=visit.query.get("cursor")
        ),
        seed=visit.field("seed"),
    )  # fmt: skip


async def _run(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    found = await visit.read(RUN, ref=visit.path("id"))
    rows = await visit.read(
        RESULTS, run_id=found["id"], sort="lottery_number", limit=100, cursor=visit.query.get("cursor")
    )
    return visit.show(
        "internship_run.html", status=status, problem=problem, run=found, rows=rows, acts=open_acts(found),
        programme=await visit.read(PROGRAMME, ref=found["programme_code"]),
    )  # fmt: skip
