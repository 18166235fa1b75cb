"""Reappointment answers (再任用意向・本人): whether a participant wants to stay for another programme year.

The organisation's own answer stands in its placement requests; neither waits for the other.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Select, Table, Uuid, cast, func, select

from services.jet import access
from services.jet.answers.repository import given_now, serving
from services.jet.references import UNKNOWN_HERE
from services.jet.submissions.domain import UNKNOWN_SURVEY
from services.jet.tables import appointment, participant, reappointment_answer
from services.jet.terms import JetNumber, Year
from services.kit import temporal
from services.kit.db.session import WriteSession
from services.kit.directory import visible
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.resource import Basis, Change, Part, Ref, Resource, Row
from services.kit.text import Text
from services.kit.wire import Instant, Wire, choice
from services.kit.writer import store_parts

Answer = Literal["yes", "no", "undecided"]
KEY = ("participant_id", "programme_year")
NOT_SERVING = Finding(
    "nobody_to_reappoint",
    Text(
        "前の招致年度の任用がないか、すでに終わっています",
        "There is no appointment in the year before, or it has ended",
    ),
    Text("JET番号と招致年度を確認してください。", "Check the JET number and the programme year."),
)


class ReappointmentAnswerWrite(Wire):
    jet_number: JetNumber
    programme_year: Year
    answer: Annotated[Answer, choice("reappointment_answer", get_args(Answer))]


class ReappointmentAnswer(ReappointmentAnswerWrite):
    id: UUID
    answered_at: Instant


def source(_: Basis) -> Select[Any]:
    r = reappointment_answer.c
    return select(
        r.id, participant.c.jet_number, r.programme_year, r.answer, r.answered_at, r.row_version
    ).join_from(reappointment_answer, participant, participant.c.id == r.participant_id)


def _oneself(table: Table) -> Any:
    return table.c.id == cast(func.platform.caller("person"), Uuid)


def _employed_here() -> Any:
    """Participants who serve today, or will, at the caller's organisations."""
    a, today = appointment.c, temporal.TODAY
    served = select(a.id).where(
        a.participant_id == reappointment_answer.c.participant_id,
        a.ends_on >= today,
        visible(a.organisation_id),
    )
    return served.exists()


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    served = await serving(session, rows)
    return {row["_row"]: [("jet_number", NOT_SERVING)] for row in rows if row["_row"] not in served}


async def store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    changes = await store_parts(session, reappointment_answers, rows, insert_only)
    await given_now(session, [change.id for change in changes])
    return changes


reappointment_answers = Resource(
    service="jet",
    schema="jet",
    name="reappointment_answer",
    plural="reappointment-answers",
    read=ReappointmentAnswer,
    write=ReappointmentAnswerWrite,
    source=source,
    access={
        "list": access.ANSWERS,
        "read": access.ANSWERS,
        "create": access.ANSWERED,
        "change": access.ANSWERED,
        "import": access.ANSWERED_FOR,
    },
    own=_employed_here(),
    itself=lambda person: reappointment_answer.c.participant_id == person,
    filters={
        "jet_number": equals(participant.c.jet_number),
        "programme_year": equals(reappointment_answer.c.programme_year, int),
        "answer": equals(reappointment_answer.c.answer, Answer),
    },
    sorts=("jet_number", "answered_at"),
    parts=(Part(reappointment_answer, KEY),),
    refs=(Ref("jet_number", "participant_id", participant, "jet_number", UNKNOWN_HERE, _oneself),),
    check=check,
    store=store,
    fixed=("jet_number", "programme_year"),
    version="2026.1",
    constraints={
        "reappointment_answer_survey_fkey": Refusal(
            UNKNOWN_SURVEY.code, "payload", UNKNOWN_SURVEY.message, UNKNOWN_SURVEY.remedy
        )
    },
)
