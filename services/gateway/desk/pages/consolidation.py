"""Consolidation (取りまとめ): what goes to CLAIR in one act, who is missing from it, and what became of it."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.board import FIGURES, GATHER, LIST, SEASON, counted, whose
from services.gateway.desk.pages.due import newest
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

CONSOLIDATION = "/desk/consolidation"
TITLE = Text("取りまとめ", "Consolidation")
ACTS, CREATE = "jet_placement_consolidations_list", "jet_placement_consolidations_create"
APPROVE = "jet_placement_consolidations_approve"
SHOWS = (*SEASON, LIST, FIGURES, ACTS)
DONE = Text("取りまとめて、CLAIRに提出しました。", "Consolidated, and handed in to CLAIR.")
APPROVED = Text("承認しました。", "Approved.")

pages = Pages()


async def _shown(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    survey = await newest(visit)
    if survey is None:
        return visit.show("consolidation.html", survey=None)
    year = {"programme_year": survey["programme_year"]}
    missing: list[Any] = []
    for state in ("draft", "returned"):
        page = await visit.read(
            LIST, state=state, sort="organisation_code", limit=200, **year, **whose(visit)
        )
        missing += page["items"]
    seats = await visit.read(
        FIGURES, name="placement-requests", entry="new", dimensions="job_type", **year, **whose(visit)
    )
    acts = await visit.read(ACTS, sort="-arrived_at", limit=100, **year)
    return visit.show(
        "consolidation.html", status=status, problem=problem, survey=survey, missing=missing, acts=acts["items"],
        seats=seats["cells"], counts=await counted(visit, survey["programme_year"]),
    )  # fmt: skip


@pages.page(CONSOLIDATION, TITLE, roles=GATHER, calls=SHOWS, menu=True)
async def consolidation(visit: Visit) -> Response:
    return await _shown(visit)


@pages.command(CONSOLIDATION, TITLE, roles=GATHER, calls=(*SHOWS, CREATE))
async def consolidate(visit: Visit) -> Response:
    survey = await newest(visit)
    code = visit.organisation or visit.field("organisation_code")
    year = None if survey is None else survey["programme_year"]
    try:
        await visit.do(CREATE, {"organisation_code": code, "programme_year": year})
    except Refused as refused:
        return await _shown(visit, status=refused.status, problem=refused.problem)
    return visit.go(CONSOLIDATION, DONE)


@pages.command(f"{CONSOLIDATION}/{{id}}/approvals", TITLE, roles=("coordinator",), calls=(*SHOWS, APPROVE))
async def approve(visit: Visit) -> Response:
    try:
        await visit.do(APPROVE, ref=visit.path("id"))
    except Refused as refused:
        return await _shown(visit, status=refused.status, problem=refused.problem)
    return visit.go(CONSOLIDATION, APPROVED)
