"""What the pages of interns and of their hosts share: one assignment with its days, and the evaluation of the other side."""

from typing import Any

from starlette.responses import Response

from services.gateway.desk.forms import differing, typed
from services.gateway.desk.visit import Refused, Visit
from services.kit.text import Text

ASSIGNMENTS, ASSIGNMENT = "jet_internship_assignments_list", "jet_internship_assignments_read"
PROGRAMME, CLOCK = "jet_internship_programmes_read", "identity_clock_read"
RECORDS, RECORD = "jet_internship_records_list", "jet_internship_records_read"
CHANGE_RECORD = "jet_internship_records_change"
EVALUATIONS, EVALUATE = "jet_internship_evaluations_list", "jet_internship_evaluations_create"
REVISE = "jet_internship_evaluations_change"
SEEN = (ASSIGNMENT, PROGRAMME, RECORDS, EVALUATIONS)
JUDGING = (ASSIGNMENT, PROGRAMME, EVALUATIONS)
JUDGES = (*JUDGING, EVALUATE, REVISE)
MARKS = ("preparation", "communication", "work", "learning", "overall", "evaluation_text")
KEPT = Text(
    "評価を保存しました。双方の評価がそろうまで、相手には見えません。",
    "Your evaluation is saved. The other side reads it once both are in.",
)


async def assigned(visit: Visit) -> dict[str, Any]:
    """One assignment, its programme, its daily records, and the evaluations that the visitor may read."""
    found = await visit.read(ASSIGNMENT, ref=visit.path("id"))
    of = {"assignment_id": found["id"]}
    return {
        "one": found,
        "programme": await visit.read(PROGRAMME, ref=found["programme_code"]),
        "records": await visit.every(RECORDS, **of, sort="-worked_on"),
        "evaluations": await visit.every(EVALUATIONS, **of),
    }


async def judging(
    visit: Visit, side: str, home: str, *, status: int = 200, problem: Any = None, given: Any = None
) -> Response:
    """The form of one side's evaluation: `side` is intern or host, `home` the address of the assignment's page."""
    found = await visit.read(ASSIGNMENT, ref=visit.path("id"))
    asked = visit.entries(EVALUATE, MARKS)
    own = await _own(visit, found, side)
    return visit.show(
        "evaluation.html", status=status, problem=problem, one=found, home=home, asked=asked,
        programme=await visit.read(PROGRAMME, ref=found["programme_code"]),
        values=dict.fromkeys(entry.name for entry in asked) | (own or {}) | (given or {}), side=side,
    )  # fmt: skip


async def judge(visit: Visit, side: str, home: str) -> Response:
    """Keeps the evaluation of a side: the first is made, later ones change it while they may."""
    found = await visit.read(ASSIGNMENT, ref=visit.path("id"))
    given = typed(visit.form, visit.entries(EVALUATE, MARKS))
    own = await _own(visit, found, side)
    try:
        if own is None:
            await visit.do(EVALUATE, given | {"assignment_id": found["id"], "evaluator": side})
        else:
            await visit.do(REVISE, differing(given, own), match="*", ref=own["id"])
    except Refused as refused:
        return await judging(visit, side, home, status=refused.status, problem=refused.problem, given=given)
    return visit.go(home, KEPT)


async def _own(visit: Visit, found: Any, side: str) -> dict[str, Any] | None:
    said = await visit.every(EVALUATIONS, assignment_id=found["id"])
    return next((dict(one) for one in said if one["evaluator"] == side), None)
