"""The board of a survey: who has handed in, who has it back, who is missing; one submission, and its return."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.page import Pages
from services.gateway.desk.pages.due import newest
from services.gateway.desk.visit import Refused, Visit
from services.kit import glossary
from services.kit.text import Text

GATHER = ("host_authority", "coordinator")
BOARD = "/desk/board"
LIST, FIGURES, RETURN = (
    "jet_placement_submissions_list",
    "jet_statistics_read",
    "jet_placement_submissions_return",
)
SEASON = ("jet_placement_surveys_list", "identity_clock_read")
ONE = ("jet_placement_submissions_read", "jet_placement_requests_list", "jet_placement_remarks_list")
STATES = ("submitted", "returned", "draft", "consolidated", "approved")
FIXED = ("id", "organisation_code", "programme_year")
REMARKS, SHOWN = 5, 100
TITLE = Text("提出状況", "The board")
RETURNED = Text("差し戻しました。団体の画面に指摘が出ます。", "Returned. The organisation sees your remarks.")

pages = Pages()


def whose(visit: Visit) -> dict[str, str | None]:
    """A host authority sees its own; CLAIR looks at all, or at one by its code."""
    return {"host_authority": visit.query.get("host_authority")} if visit.role == "coordinator" else {}


async def counted(visit: Visit, year: int) -> dict[str, int]:
    found = await visit.read(
        FIGURES, name="placement-submissions", programme_year=year, dimensions="state", **whose(visit)
    )
    return {cell["state"]: cell["value"] for cell in found["cells"]}


@pages.page(BOARD, TITLE, roles=GATHER, calls=(*SEASON, LIST, FIGURES), menu=True)
async def board(visit: Visit) -> Response:
    survey, query = await newest(visit), visit.query
    if survey is None:
        return visit.show("board.html", survey=None)
    year = survey["programme_year"]
    rows = await visit.read(
        LIST, programme_year=year, state=query.get("state"), sort="organisation_code", limit=SHOWN,
        cursor=query.get("cursor"), **whose(visit),
    )  # fmt: skip
    counts = await counted(visit, year)
    kept = {name: query[name] for name in ("state", "host_authority") if name in query}
    return visit.show("board.html", survey=survey, rows=rows, counts=counts, states=STATES, kept=kept)


@pages.page(f"{BOARD}.csv", TITLE, roles=GATHER, calls=(*SEASON, LIST))
async def table(visit: Visit) -> Response:
    survey = await newest(visit)
    year = None if survey is None else survey["programme_year"]
    return await visit.file(LIST, accept="text/csv", programme_year=year, **whose(visit))


@pages.page(f"{BOARD}/{{id}}", Text("団体の提出", "A submission"), roles=GATHER, calls=ONE)
async def submission(visit: Visit) -> Response:
    return await _shown(visit, {})


@pages.command(f"{BOARD}/{{id}}/returns", Text("差し戻し", "Return"), roles=GATHER, calls=(*ONE, RETURN))
async def give_back(visit: Visit) -> Response:
    given = {name: visit.field(name) for place in range(REMARKS) for name in _names(place)}
    remarks = []
    for place in range(REMARKS):
        line, field, remark = (given[name] for name in _names(place))
        if line or field or remark:
            remarks.append({
                "line": int(line) if line.isdecimal() else None, "field": field or None, "remark": remark,
            })  # fmt: skip
    try:
        await visit.do(RETURN, {"remarks": remarks}, ref=visit.path("id"))
    except Refused as refused:
        return await _shown(visit, given, status=refused.status, problem=refused.problem)
    return visit.go(f"{BOARD}/{visit.path('id')}", RETURNED)


def _names(place: int) -> tuple[str, str, str]:
    return f"line{place}", f"field{place}", f"remark{place}"


async def _shown(visit: Visit, given: dict[str, str], *, status: int = 200, problem: Any = None) -> Response:
    record = await visit.read("jet_placement_submissions_read", ref=visit.path("id"))
    own = {"organisation": record["organisation_code"], "programme_year": record["programme_year"]}
    seats = await visit.every("jet_placement_requests_list", sort="line", **own)
    remarks = await visit.every("jet_placement_remarks_list", **own)
    fields = [name for name in (seats[0] if seats else {}) if name not in FIXED]
    return visit.show(
        "submission.html", status=status, problem=problem, record=record, seats=seats, remarks=remarks,
        lines=[("", "—"), *((str(one["line"]), str(one["line"])) for one in seats)],
        fields=[("", "—"), *((name, glossary.title(name).within(visit.language)) for name in fields)],
        places=[_names(place) for place in range(REMARKS)], given=given,
    )  # fmt: skip
