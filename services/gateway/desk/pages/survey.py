"""The yearly survey, answered with a workbook or seat by seat: half of it now, and half of it tomorrow."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.forms import differing, typed
from services.gateway.desk.page import Pages
from services.gateway.desk.pages.due import OFFICERS, OWN, own_submission
from services.gateway.desk.pages.uploads import CREATE, no_file, send
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

KIND = "placement-requests"
REQUESTS, CHANGE, ADD = (
    "jet_placement_requests_list",
    "jet_placement_requests_change",
    "jet_placement_requests_create",
)
READ, SUBMIT = "jet_placement_requests_read", "jet_placement_submissions_submit"
SURVEY = "/desk/survey"
TITLE = Text("要望調査", "The yearly survey")
SEAT = Text("配置枠", "A seat")
# what tells which seat it is, and is not changed once it is there
FIXED = ("organisation_code", "programme_year", "line", "entry", "jet_number")
SAVED = Text("保存しました。提出はまだです。", "Saved. It is not handed in yet.")
SUBMITTED = Text("提出しました。控えは「受付の控え」にあります。", "Handed in. Your receipts hold a copy.")

pages = Pages()


async def _shown(visit: Visit, *, status: int = 200, problem: Any = None) -> Response:
    own = await own_submission(visit)
    seats: list[Any] = []
    if own["submission"] is not None:
        year = own["survey"]["programme_year"]
        seats = await visit.every(REQUESTS, organisation=visit.organisation, programme_year=year, sort="line")
    return visit.show("survey.html", status=status, problem=problem, seats=seats, **own)


@pages.page(SURVEY, TITLE, roles=OFFICERS, calls=(*OWN, REQUESTS), menu=True)
async def survey(visit: Visit) -> Response:
    return await _shown(visit)


@pages.page(f"{SURVEY}/form", Text("様式", "The form"), roles=OFFICERS, calls=("jet_imports_template",))
async def form(visit: Visit) -> Response:
    return await visit.file("jet_imports_template", kind=KIND, organisation=visit.organisation)


@pages.command(f"{SURVEY}/uploads", TITLE, roles=OFFICERS, calls=(CREATE, *OWN, REQUESTS))
async def upload(visit: Visit) -> Response:
    address = await send(visit, KIND)
    if address is None:
        return await _shown(visit, status=422, problem=no_file(visit))
    return visit.go(address)


@pages.command(f"{SURVEY}/submissions", TITLE, roles=OFFICERS, calls=(SUBMIT, *OWN, REQUESTS))
async def submit(visit: Visit) -> Response:
    try:
        await visit.do(SUBMIT, ref=visit.field("submission"))
    except Refused as refused:
        return await _shown(visit, status=refused.status, problem=refused.problem)
    return visit.go(SURVEY, SUBMITTED)


@pages.page(f"{SURVEY}/seats/new", SEAT, roles=OFFICERS, calls=(*OWN, REQUESTS))
async def new_seat(visit: Visit) -> Response:
    own = await own_submission(visit)
    if own["submission"] is None:
        return visit.go(SURVEY)
    return _adding(
        visit, dict.fromkeys(_names(visit, ADD)) | {"entry": "new", "line": await _next_line(visit, own)}
    )


@pages.command(f"{SURVEY}/seats/new", SEAT, roles=OFFICERS, calls=(ADD, *OWN))
async def add_seat(visit: Visit) -> Response:
    body = typed(visit.form, visit.entries(ADD, _names(visit, ADD)))
    own = await own_submission(visit)
    if own["submission"] is None:
        return visit.go(SURVEY)
    whose = {"organisation_code": visit.organisation, "programme_year": own["survey"]["programme_year"]}
    try:
        await visit.do(ADD, body | whose)
    except Refused as refused:
        return _adding(visit, body, status=refused.status, problem=refused.problem)
    return visit.go(SURVEY, SAVED)


@pages.page(f"{SURVEY}/seats/{{id}}", SEAT, roles=OFFICERS, calls=(READ,))
async def seat(visit: Visit) -> Response:
    record, etag = await visit.tagged(READ, ref=visit.path("id"))
    return _changing(visit, record, etag, record)


@pages.command(f"{SURVEY}/seats/{{id}}", SEAT, roles=OFFICERS, calls=(READ, CHANGE))
async def change_seat(visit: Visit) -> Response:
    identity = visit.path("id")
    record, etag = await visit.tagged(READ, ref=identity)
    given = typed(visit.form, visit.entries(CHANGE, _names(visit, CHANGE, fixed=True)))
    try:
        await visit.do(CHANGE, differing(given, record), match=visit.field("etag"), ref=identity)
    except Refused as refused:
        # what somebody else has stored meanwhile stands beside what was typed, and the next try is made on it
        return _changing(visit, record, etag, given, status=refused.status, problem=refused.problem)
    return visit.go(SURVEY, SAVED)


@pages.page(
    "/desk/receipts",
    Text("受付の控え", "Receipts"),
    roles=OFFICERS,
    calls=("jet_placement_receipts_list",),
    menu=True,
)
async def receipts(visit: Visit) -> Response:
    given = {"organisation": visit.organisation, "sort": "-arrived_at", "limit": 50}
    page = await visit.read("jet_placement_receipts_list", **given, cursor=visit.query.get("cursor"))
    return visit.show("receipts.html", receipts=page)


def _names(visit: Visit, call: str, *, fixed: bool = False) -> list[str]:
    """The fields that a person fills in: all in a new seat but whose and when it is, in a known one what may change."""
    left = FIXED if fixed else FIXED[:2]
    return [one.name for one in visit.entries(call) if one.name not in left]


async def _next_line(visit: Visit, own: dict[str, Any]) -> int:
    year = own["survey"]["programme_year"]
    last = await visit.read(
        REQUESTS, organisation=visit.organisation, programme_year=year, sort="-line", limit=1
    )
    return 1 + max((int(one["line"]) for one in last["items"]), default=0)


def _adding(visit: Visit, values: dict[str, Any], *, status: int = 200, problem: Any = None) -> Response:
    asked = visit.entries(ADD, _names(visit, ADD))
    return visit.show(
        "seat.html", status=status, problem=problem, asked=asked, values=values, record=None, etag=""
    )


def _changing(
    visit: Visit, record: Any, etag: str, values: Any, *, status: int = 200, problem: Any = None
) -> Response:
    asked = visit.entries(CHANGE, _names(visit, CHANGE, fixed=True))
    return visit.show(
        "seat.html", status=status, problem=problem, asked=asked, values=values, record=record, etag=etag
    )
