"""A host's interns: who comes, what they let it read, their days with its comments, and its evaluation of them."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages import evaluating
from services.gateway.desk.pages.booth import BUSINESS
from services.gateway.desk.pages.evaluating import ASSIGNMENTS, CHANGE_RECORD, JUDGES, JUDGING, SEEN
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

PROGRAMMES, HOSTS = "jet_internship_programmes_list", "jet_internship_hosts_list"
HOME = "/desk/interns"
ALL, ONE, JUDGEMENT = (
    Text("インターン", "Interns"), Text("インターン", "An intern"), Text("インターンの評価", "Evaluate the intern"),
)  # fmt: skip
COMMENTED = Text("コメントを保存しました。", "Your comment is saved.")

pages = Pages()


@pages.page(HOME, ALL, roles=BUSINESS, calls=(ASSIGNMENTS, PROGRAMMES, HOSTS), menu=True)
async def interns(visit: Visit) -> Response:
    places = await visit.every(ASSIGNMENTS, sort="-assigned_at")
    programmes = {one["code"]: one for one in await visit.every(PROGRAMMES)}
    hosts = [one for one in await visit.every(HOSTS) if one["programme_code"] in programmes]
    return visit.show("interns.html", places=places, programmes=programmes, hosts=hosts)


@pages.page(f"{HOME}/{{id}}", ONE, roles=BUSINESS, calls=SEEN)
async def intern(visit: Visit) -> Response:
    return await _shown(visit)


@pages.command(f"{HOME}/{{id}}/records/{{record}}", ONE, roles=BUSINESS, calls=(*SEEN, CHANGE_RECORD))
async def comment(visit: Visit) -> Response:
    said = visit.field("host_comment").replace("\r\n", "\n") or None
    try:
        await visit.do(CHANGE_RECORD, {"host_comment": said}, match="*", ref=visit.path("record"))
    except Refused as refused:
        return await _shown(visit, status=refused.status, problem=refused.problem)
    return visit.go(f"{HOME}/{visit.path('id')}", COMMENTED)


@pages.page(f"{HOME}/{{id}}/evaluation", JUDGEMENT, roles=BUSINESS, calls=(*JUDGING, evaluating.EVALUATE))
async def judging(visit: Visit) -> Response:
    return await evaluating.judging(visit, "host", f"{HOME}/{visit.path('id')}")


@pages.command(f"{HOME}/{{id}}/evaluation", JUDGEMENT, roles=BUSINESS, calls=JUDGES)
async def judge(visit: Visit) -> Response:
    return await evaluating.judge(visit, "host", f"{HOME}/{visit.path('id')}")


async def _shown(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    return visit.show("intern.html", status=status, problem=problem, **await evaluating.assigned(visit))
