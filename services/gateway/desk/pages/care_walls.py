"""Walls between persons (利益相反の壁): whom a counsellor must never meet here; put up and lifted by an officer."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.care_office import COUNSELLORS, OFFICERS, WHOSE, counsellors, given
from services.gateway.desk.training import choices
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

LIST, CREATE, LIFT = "care_person_walls_list", "care_person_walls_create", "care_person_walls_lift"
SHOWN_WALLS = (LIST, COUNSELLORS)
HOME = "/desk/care-walls"
SHOWN = 100
WRITTEN = ("counsellor_id", *WHOSE, "reason")
ALL = Text("利益相反の壁", "Walls between persons")
PUT_UP, LIFTED = (
    Text("壁を設定しました。", "The wall is up."),
    Text("壁を解除しました。", "The wall is lifted."),
)

pages = Pages()


@pages.page(HOME, ALL, roles=OFFICERS, calls=SHOWN_WALLS, menu=True)
async def walls(visit: Visit) -> Response:
    return await _walls(visit)


@pages.command(HOME, ALL, roles=OFFICERS, calls=(*SHOWN_WALLS, CREATE))
async def put_up(visit: Visit) -> Response:
    try:
        await visit.do(CREATE, given(visit, *WRITTEN))
    except Refused as refused:
        return await _walls(visit, status=refused.status, problem=refused.problem)
    return visit.go(HOME, PUT_UP)


@pages.command(f"{HOME}/{{id}}/lift", ALL, roles=OFFICERS, calls=(*SHOWN_WALLS, LIFT))
async def lift(visit: Visit) -> Response:
    try:
        await visit.do(LIFT, ref=visit.path("id"))
    except Refused as refused:
        return await _walls(visit, status=refused.status, problem=refused.problem)
    return visit.go(HOME, LIFTED)


async def _walls(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    found = await visit.read(LIST, sort="-set_at", limit=SHOWN, cursor=visit.query.get("cursor"))
    return visit.show(
        "care_walls.html", status=status, problem=problem, found=found, names={one: name for one, _, name in await counsellors(visit)},
        values={name: visit.field(name) for name in WRITTEN},
        reasons=[("", "—"), *choices("wall_reason", visit.language)],
    )  # fmt: skip
