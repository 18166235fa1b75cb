"""Calls for applications for grants (公募): those that are open, to who applies; those of a section, with what arrived; and a
draft begun."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.due import days_left
from services.gateway.desk.pages.grant_sheets import (
    APPLICANTS,
    OFFICERS,
    READERS,
    ROUND,
    SHEETS,
    on_paper,
    placed,
    sheets,
    worded,
)
from services.gateway.desk.pages.grant_writing import ONE
from services.gateway.desk.sheet import typed
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

HOME, DESK = "/desk/grants", "/desk/grant-desk"
START = f"{HOME}/rounds/{{code}}"
ROUNDS, APPLICATIONS, CREATE = "grants_rounds_list", "grants_applications_list", "grants_applications_create"
CLOCK = "identity_clock_read"
CALLS, BEGIN = Text("助成の申請", "Grants"), Text("申請を始める", "Begin an application")
DRAFTED = Text("下書きを作りました。内容を記入してください。", "The draft is there. Fill it in.")
STATES = (
    "draft", "internal_approval", "ready", "submitted", "correction_requested", "accepted", "in_review", "ranked",
    "selected", "waitlisted", "not_selected", "awarded", "declined", "dismissed", "withdrawn", "expired",
)  # fmt: skip

SHOWN_ROUNDS = 30  # the latest: those of some years

pages = Pages()


@pages.page(HOME, CALLS, roles=APPLICANTS, calls=(ROUNDS, APPLICATIONS, CLOCK), menu=True)
async def calls(visit: Visit) -> Response:
    return visit.show(
        "grants.html", rounds=await visit.every(ROUNDS, state="open", sort="closes_at"),
        coming=await visit.every(ROUNDS, state="announced", sort="closes_at"), left=await _left(visit),
        found=await visit.read(APPLICATIONS, sort="-closes_at", limit=50, cursor=visit.query.get("cursor")),
    )  # fmt: skip


@pages.page(
    DESK,
    Text("助成の審査", "Grants that arrived"),
    roles=OFFICERS,
    calls=(ROUNDS, APPLICATIONS, CLOCK),
    menu=True,
)
async def desk(visit: Visit) -> Response:
    asked = {name: visit.query.get(name) for name in ("round_code", "state")}
    return visit.show(
        "grant_desk.html", asked=asked, states=STATES, left=await _left(visit),
        rounds=(await visit.read(ROUNDS, sort="-closes_at", limit=SHOWN_ROUNDS))["items"],
        found=await visit.read(APPLICATIONS, **asked, sort="-closes_at", limit=50, cursor=visit.query.get("cursor")),
    )  # fmt: skip


async def _left(visit: Visit) -> Any:
    now = (await visit.read(CLOCK))["now"]
    return lambda deadline: days_left(deadline, now)


@pages.page(START, BEGIN, roles=READERS, calls=SHEETS)
async def start(visit: Visit) -> Response:
    return await _start(visit)


@pages.command(START, BEGIN, roles=READERS, calls=(*SHEETS, CREATE))
async def begin(visit: Visit) -> Response:
    found = await sheets(visit, visit.path("code"))
    cells = [*(on_paper(visit.language) if visit.role in OFFICERS else ()), *found.about]
    given = typed(visit.form, cells)
    body = {at: value for at, value in given.items() if value is not None}
    try:
        made = await visit.do(CREATE, body | {"round_code": found.round["code"]})
    except Refused as refused:
        return await _start(visit, given, refused)
    return visit.go(ONE.format(id=made["id"]), DRAFTED)


async def _start(
    visit: Visit, given: dict[str, Any] | None = None, refused: Refused | None = None
) -> Response:
    found = await sheets(visit, visit.path("code"))
    problem, status = (None, 200) if refused is None else (refused.problem, refused.status)
    return visit.show(
        "grant_start.html", status=status, problem=worded(problem, found, visit), of=found.round, rules=found.rules,
        cells=[*(on_paper(visit.language) if visit.role in OFFICERS else ()), *found.about],
        values=given or {"joint": False, "project_number": 1}, placed={} if refused is None else placed(refused),
    )  # fmt: skip


@pages.page(
    f"{START}/paper", Text("様式", "The form"), roles=READERS, calls=("grants_form_versions_paper", ROUND)
)
async def paper(visit: Visit) -> Response:
    of = await visit.read(ROUND, ref=visit.path("code"))
    return await visit.file("grants_form_versions_paper", ref=of["form_code"] or "-")


@pages.page(
    f"{START}/cost-sheet", Text("収支予算書", "The cost sheet"), roles=READERS,
    calls=("grants_rule_versions_cost_sheet", ROUND),
)  # fmt: skip
async def cost_sheet(visit: Visit) -> Response:
    of = await visit.read(ROUND, ref=visit.path("code"))
    return await visit.file("grants_rule_versions_cost_sheet", ref=of["rules_code"] or "-")
