"""Training sessions (日程): the times at which a run meets, numbered within it."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Select, select

from services.jet import access
from services.jet.training_tables import training_run, training_session
from services.jet.training_terms import RUN, Number, TrainingCode
from services.kit.db.session import WriteSession
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Instant, Line, Wire, choice

Form = Literal["class", "residential", "online", "correspondence", "e_learning"]
NOT_IN_ORDER = Finding(
    "session_out_of_order",
    Text("終了が開始より後になっていません", "The session ends before it begins"),
    Text("終了を開始より後の日時にしてください。", "Choose an end after the beginning."),
)


class TrainingSessionWrite(Wire):
    run_code: TrainingCode
    number: Number
    form: Annotated[Form, choice("session_form", get_args(Form))]
    component: Line | None = None
    title_ja: Line | None = None
    title_en: Line | None = None
    place: Line | None = None
    starts_at: Instant
    ends_at: Instant


class TrainingSession(TrainingSessionWrite):
    id: UUID


def source(_: Basis) -> Select[Any]:
    s, r = training_session.c, training_run.c
    return select(
        s.id, r.code.label("run_code"), s.number, s.form, s.component, s.title_ja, s.title_en, s.place, s.starts_at,
        s.ends_at, s.row_version,
    ).join_from(training_session, training_run, r.id == s.run_id)  # fmt: skip


async def check(_: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    return {row["_row"]: [("ends_at", NOT_IN_ORDER)] for row in rows if row["starts_at"] >= row["ends_at"]}


training_sessions = Resource(
    service="jet",
    schema="jet",
    name="training_session",
    plural="training-sessions",
    read=TrainingSession,
    write=TrainingSessionWrite,
    source=source,
    access=access.DEFINED_BY_CLAIR,
    filters={
        "run_code": equals(training_run.c.code),
        "form": equals(training_session.c.form, Form),
        "component": equals(training_session.c.component),
    },
    sorts=("starts_at", "run_code", "number"),
    parts=(Part(training_session, ("run_id", "number")),),
    refs=(RUN,),
    check=check,
    fixed=("run_code", "number"),
    version="2026.1",
    constraints={
        "training_session_in_order": Refusal(
            NOT_IN_ORDER.code, "payload", NOT_IN_ORDER.message, NOT_IN_ORDER.remedy
        )
    },
)
