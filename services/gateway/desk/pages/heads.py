"""Headcounts (人数報告) of a run: how many came of whom, told by whoever organised it, without names."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.forms import differing, typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.board import GATHER
from services.gateway.desk.training import HEADCOUNTS, place
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

RUN, LIST, READ = "jet_training_runs_read", "jet_training_headcounts_list", "jet_training_headcounts_read"
ADD, CHANGE, CLOCK = (
    "jet_training_headcounts_create",
    "jet_training_headcounts_change",
    "identity_clock_read",
)
ASKED = ("audience", "within", "unit", "value", "qualifier", "method", "reported_on")
FIXED = ("audience", "unit")
HOME = f"{HEADCOUNTS}/{{code}}"
TITLE, ONE = Text("人数の報告", "Headcounts"), Text("人数の訂正", "Mend a headcount")
SAVED = Text("人数を記録しました。", "The headcount is recorded.")

pages = Pages()


@pages.page(HOME, TITLE, roles=GATHER, calls=(RUN, LIST, CLOCK))
async def headcounts(visit: Visit) -> Response:
    return await _listed(visit, {})


@pages.command(HOME, TITLE, roles=GATHER, calls=(RUN, LIST, CLOCK, ADD))
async def report(visit: Visit) -> Response:
    given = typed(visit.form, visit.entries(ADD, ASKED))
    body = {name: value for name, value in given.items() if value is not None}
    try:
        await visit.do(ADD, body | {"run_code": visit.path("code")})
    except Refused as refused:
        return await _listed(visit, given, status=refused.status, problem=refused.problem)
    return visit.go(place(HEADCOUNTS, visit.path("code")), SAVED)


@pages.page(f"{HOME}/{{id}}", ONE, roles=GATHER, calls=(READ,))
async def headcount(visit: Visit) -> Response:
    record, etag = await visit.tagged(READ, ref=visit.path("id"))
    return _one(visit, record, etag, record)


@pages.command(f"{HOME}/{{id}}", ONE, roles=GATHER, calls=(READ, CHANGE))
async def mend(visit: Visit) -> Response:
    record, etag = await visit.tagged(READ, ref=visit.path("id"))
    given = typed(visit.form, visit.entries(CHANGE, _free()))
    try:
        await visit.do(CHANGE, differing(given, record), match=visit.field("etag"), ref=visit.path("id"))
    except Refused as refused:
        return _one(visit, record, etag, given, status=refused.status, problem=refused.problem)
    return visit.go(place(HEADCOUNTS, visit.path("code")), SAVED)


def _free() -> list[str]:
    return [name for name in ASKED if name not in FIXED]


async def _listed(visit: Visit, given: dict[str, Any], *, status: int = 200, problem: Any = None) -> Response:
    run = await visit.read(RUN, ref=visit.path("code"))
    today = (await visit.read(CLOCK))["today"]
    empty = dict.fromkeys(ASKED) | {"unit": "persons", "qualifier": "exact", "reported_on": today}
    return visit.show(
        "headcounts.html", status=status, problem=problem, run=run, asked=visit.entries(ADD, ASKED),
        rows=await visit.every(LIST, run_code=run["code"], sort="audience"), values=empty | given,
        may=visit.role == "coordinator" or run["organiser_code"] == visit.organisation,
    )  # fmt: skip


def _one(
    visit: Visit, record: Any, etag: str, values: Any, *, status: int = 200, problem: Any = None
) -> Response:
    return visit.show(
        "headcount.html", status=status, problem=problem, record=record, etag=etag, values=values,
        asked=visit.entries(CHANGE, _free()), home=place(HEADCOUNTS, visit.path("code")),
    )  # fmt: skip
