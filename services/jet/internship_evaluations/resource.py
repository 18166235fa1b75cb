"""Evaluations (評価): the host's of the intern and the intern's of the host, 1 to 5 under each heading.

Neither side reads the other's before both are in, or the programme has ended; once both are in, both stay as they are.
CLAIR reads both, and enters what came on paper.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import ColumnElement, Select, and_, or_, select

from services.jet import access
from services.jet.internship_records.repository import About, about
from services.jet.internship_records.resource import ASSIGNMENT
from services.jet.internship_tables import (
    internship_assignment,
    internship_evaluation,
    internship_evaluation_text,
    internship_host,
    internship_programme,
)
from services.kit import directory, temporal
from services.kit.db.session import WriteSession
from services.kit.directory import represented
from services.kit.errors import ACTION_CLOSED, Refusal
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Instant, Passage, Wire, choice
from services.kit.writer import repeated

Evaluator = Literal["host", "intern"]
Mark = Annotated[StrictInt, Field(ge=1, le=5), cells.INTEGER]
SIDES = {"participant": "intern", "business": "host"}


class InternshipEvaluationWrite(Wire):
    assignment_id: UUID
    evaluator: Annotated[Evaluator, choice("evaluator", get_args(Evaluator))]
    preparation: Mark
    communication: Mark
    work: Mark
    learning: Mark
    overall: Mark
    evaluation_text: Passage | None = None


class InternshipEvaluation(InternshipEvaluationWrite):
    id: UUID
    programme_code: str
    internship_host_code: str
    organisation_name: str
    evaluated_at: Instant


OTHER_SIDE = Finding(
    "evaluation_of_the_other_side",
    Text("自分の側の評価だけを書けます", "Each side writes its own evaluation"),
    Text(
        "インターンは intern、受入先は host としてください。",
        "An intern writes as intern, a host's contact as host.",
    ),
)
TOO_EARLY = Finding(
    "evaluation_too_early",
    Text("インターンシップはまだ始まっていません", "The internship has not begun"),
    Text("開始日以降に入力してください。", "Enter it from the first day on."),
)
NOBODY = Finding(
    "evaluation_without_assignment",
    Text("この配属は取り下げられています", "This assignment was withdrawn"),
    Text("配属を確認してください。", "Check the assignment."),
)
BOTH_IN = Finding(
    ACTION_CLOSED.code,
    ACTION_CLOSED.title,
    Text(
        "双方の評価がそろったため変更できません。",
        "Both evaluations are in and have been opened: they stay as they are.",
    ),
)


def judged(role: str, evaluator: str, one: About) -> Finding | None:
    """Why an evaluation is not taken."""
    if SIDES.get(role, evaluator) != evaluator:
        return OTHER_SIDE
    if one.state != "assigned":
        return NOBODY
    if one.today < one.date_start:
        return TOO_EARLY
    return BOTH_IN if one.both else None


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    of, role = await about(session, rows), session.scope.principal.role
    same = await repeated(session, internship_evaluations, rows)
    found: dict[int, list[tuple[str, Finding]]] = {}
    for row in (row for row in rows if row["_row"] not in same):
        wrong = judged(role, row["evaluator"], of[row["_row"]])
        if wrong is not None:
            found[row["_row"]] = [("evaluator" if wrong is OTHER_SIDE else "assignment_id", wrong)]
    return found


def _open_to(side: str) -> ColumnElement[bool]:
    """A side's own, and the other's once both are in or the programme is over."""
    a = internship_assignment.c
    both = and_(a.intern_evaluated_at.is_not(None), a.host_evaluated_at.is_not(None))
    return or_(
        internship_evaluation.c.evaluator == side, both, internship_programme.c.date_end < temporal.TODAY
    )


def source(_: Basis) -> Select[Any]:
    e, t, a = internship_evaluation.c, internship_evaluation_text.c, internship_assignment.c
    stored = [e[name] for name in InternshipEvaluation.model_fields if name in e]
    return (
        select(
            *stored, t.evaluation_text, internship_programme.c.code.label("programme_code"),
            internship_host.c.code.label("internship_host_code"), directory.organisation.c.name.label("organisation_name"),
            e.row_version,
        )
        .join_from(internship_evaluation, internship_assignment, a.id == e.assignment_id)
        .join(internship_programme, internship_programme.c.id == a.programme_id)
        .join(internship_host, internship_host.c.id == a.host_id)
        .join(directory.organisation, directory.organisation.c.id == a.organisation_id)
        .join(internship_evaluation_text, t.evaluation_id == e.id, isouter=True)
    )  # fmt: skip


internship_evaluations = Resource(
    service="jet",
    schema="jet",
    name="internship_evaluation",
    plural="internship-evaluations",
    read=InternshipEvaluation,
    write=InternshipEvaluationWrite,
    source=source,
    access={
        "list": access.MEETINGS,
        "read": access.MEETINGS,
        "create": access.MEETS,
        "change": access.MEETS,
        "import": access.FAIRS_WRITE,
    },
    own=and_(represented(internship_assignment.c.organisation_id), _open_to("host")),
    itself=lambda person: and_(internship_assignment.c.participant_id == person, _open_to("intern")),
    filters={
        "assignment_id": equals(internship_evaluation.c.assignment_id, UUID),
        "programme_code": equals(internship_programme.c.code),
        "internship_host_code": equals(internship_host.c.code),
        "evaluator": equals(internship_evaluation.c.evaluator, Evaluator),
    },
    sorts=("evaluated_at",),
    parts=(
        Part(internship_evaluation, ("assignment_id", "evaluator")),
        Part(internship_evaluation_text, ("evaluation_id",), "evaluation_id"),
    ),
    refs=(ASSIGNMENT,),
    check=check,
    fixed=("assignment_id", "evaluator"),
    version="2026.1",
    constraints={
        "internship_evaluation_open": Refusal(
            ACTION_CLOSED.code, "conflict", ACTION_CLOSED.title, BOTH_IN.remedy
        ),
        "internship_evaluation_assigned": Refusal(NOBODY.code, "payload", NOBODY.message, NOBODY.remedy),
    },
)
