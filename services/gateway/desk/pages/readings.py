"""The readings that an office owes: one number for each, with the day on which it was read."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.forms import typed
from services.gateway.desk.page import Pages
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

HOME, TITLE = "/desk/readings", Text("指標の入力", "Readings that are due")
OFFICERS = ("event_officer",)
DUE, CREATE = "events_readings_due_list", "events_metric_readings_create"
ASKED = ("metric_code", "read_on", "value")
AT_ONCE = 50
SAVED = Text("値を記録しました。", "The reading is recorded.")

pages = Pages()


@pages.page(HOME, TITLE, roles=OFFICERS, calls=(DUE,), menu=True)
async def due(visit: Visit) -> Response:
    return await _due(visit, {})


@pages.command(HOME, TITLE, roles=OFFICERS, calls=(DUE, CREATE))
async def read(visit: Visit) -> Response:
    given = typed(visit.form, visit.entries(CREATE, ASKED))
    try:
        await visit.do(CREATE, given)
    except Refused as refused:
        return await _due(visit, given, status=refused.status, problem=refused.problem)
    return visit.go(HOME, SAVED)


async def _due(visit: Visit, given: dict[str, Any], *, status: int = 200, problem: Any = None) -> Response:
    found = await visit.read(
        DUE, state="missing", sort="-due_on", limit=AT_ONCE, cursor=visit.query.get("cursor")
    )
    due_on = visit.field("due_on")
    return visit.show(
        "readings.html", status=status, problem=problem, found=found, given=given, due_on=due_on
    )
