"""Who acts for an organisation (担当者), and handing over (引継ぎ) to a successor."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.forms import typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.due import OFFICERS
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

LIST, READ, HAND_OVER = (
    "directory_posts_list",
    "directory_posts_read",
    "directory_posts_hand_over",
)
ACT, HOME = "hand_over", "/desk/officers"
TITLE = Text("担当者", "Who acts for you")
DONE = Text(
    "引継ぎを登録しました。後任者は、その日から自分のメールアドレスでサインインできます。",
    "Handed over. From that day on the successor can sign in with their own address.",
)

pages = Pages()


@pages.page(HOME, TITLE, roles=OFFICERS, calls=(LIST,), menu=True)
async def officers(visit: Visit) -> Response:
    rows = await visit.every(LIST, organisation=visit.organisation)
    return visit.show("officers.html", rows=sorted(rows, key=_latest, reverse=True))


@pages.page(f"{HOME}/{{id}}", Text("引継ぎ", "Hand over"), roles=OFFICERS, calls=(READ,))
async def officer(visit: Visit) -> Response:
    return await _shown(visit, {})


@pages.command(f"{HOME}/{{id}}", Text("引継ぎ", "Hand over"), roles=OFFICERS, calls=(READ, HAND_OVER))
async def hand_over(visit: Visit) -> Response:
    given = typed(visit.form, visit.entries(HAND_OVER))
    body = {name: value for name, value in given.items() if value is not None}
    try:
        await visit.do(HAND_OVER, body, ref=visit.path("id"))
    except Refused as refused:
        return await _shown(visit, given, status=refused.status, problem=refused.problem)
    return visit.go(HOME, DONE)


def _latest(row: dict[str, Any]) -> tuple[bool, str, str]:
    return row["valid_to"] is None, row["valid_from"] or "", row["person_number"]


async def _shown(visit: Visit, given: dict[str, Any], *, status: int = 200, problem: Any = None) -> Response:
    post = await visit.read(READ, ref=visit.path("id"))
    asked = visit.entries(HAND_OVER)
    values = dict.fromkeys(one.name for one in asked) | given
    act = next((one for one in post["available_actions"] if one["action"] == ACT), None)
    return visit.show(
        "officer.html", status=status, problem=problem, post=post, asked=asked, values=values, act=act
    )
