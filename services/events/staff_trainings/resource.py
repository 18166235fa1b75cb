"""Trainings of headquarters' staff (本部研修). `sessions` is the number that was printed or reported; where there is none,
the statistic infers one from the days, and shows it apart."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, func, select

from services.events import access
from services.events.meeting_tables import staff_training, staff_training_period
from services.events.references import check_headquarters
from services.events.terms import EventCode
from services.kit.db.session import WriteSession
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.wire import Called, Line, Whole, Wire, Year, choice

Category = Literal["general", "professional"]  # 一般, 業務


class StaffTrainingWrite(Wire):
    code: EventCode
    category: Annotated[Category, choice("staff_training_category", get_args(Category))]
    name: Annotated[Line, Called("training_name")]
    fiscal_year: Year
    date_text: Line | None = None
    sessions: Annotated[Whole, Field(ge=1)] | None = None


class StaffTraining(StaffTrainingWrite):
    id: UUID
    sessions_inferred: int | None


T, P = staff_training.c, staff_training_period.c
PERIODS = (
    select(P.training_id, func.min(P.date_start).label("first_day"), func.count().label("periods"))
    .group_by(P.training_id)
    .subquery("periods")
)
INFERRED = func.coalesce(T.sessions, PERIODS.c.periods)


def source(_: Basis) -> Select[Any]:
    return select(
        T.id, T.code, T.category, T.name, T.fiscal_year, T.date_text, T.sessions,
        INFERRED.label("sessions_inferred"), T.row_version,
    ).join_from(staff_training, PERIODS, PERIODS.c.training_id == T.id, isouter=True)  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    return await check_headquarters(session, rows, "code")


staff_trainings = Resource(
    service="events",
    schema="events",
    name="staff_training",
    plural="staff-trainings",
    read=StaffTraining,
    write=StaffTrainingWrite,
    source=source,
    access=access.OF_CLAIR,
    filters={
        "fiscal_year": equals(T.fiscal_year, int),
        "category": equals(T.category, Category),
        "code": equals(T.code),
    },
    sorts=("code", "fiscal_year"),
    code="code",
    parts=(Part(staff_training, ("code",)),),
    check=check,
    fixed=("code",),
    version="2026.1",
)
