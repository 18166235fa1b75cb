"""Days of a training of the staff (研修日): a day, some days on end, or months where no more is known."""

from typing import Annotated, Any, get_args
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, select

from services.events import access
from services.events.meeting_tables import staff_training, staff_training_period
from services.events.references import STAFF_TRAINING, check_headquarters
from services.events.staff_training_periods.domain import (
    ANOTHER_YEAR,
    ENDS_FIRST,
    PART_OF_MONTH,
    Precision,
    check_period,
)
from services.events.terms import EventCode
from services.kit.db.session import WriteSession
from services.kit.errors import refusal
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.wire import Called, Day, Whole, Wire, choice


class StaffTrainingPeriodWrite(Wire):
    training_code: Annotated[EventCode, Called("staff_training_code")]
    period_no: Annotated[Whole, Field(ge=1)]
    date_start: Day
    date_end: Day
    date_precision: Annotated[Precision, choice("date_precision", get_args(Precision))] = "day"


class StaffTrainingPeriod(StaffTrainingPeriodWrite):
    id: UUID
    fiscal_year: int


def source(_: Basis) -> Select[Any]:
    p, t = staff_training_period.c, staff_training.c
    return select(
        p.id, t.code.label("training_code"), p.period_no, p.date_start, p.date_end, p.date_precision, p.fiscal_year,
        p.row_version,
    ).join_from(staff_training_period, staff_training, t.id == p.training_id)  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    found = await check_headquarters(session, rows, "training_code")
    t = staff_training.c
    wanted = select(t.id, t.fiscal_year).where(t.id.in_({row["training_id"] for row in rows}))
    years = {one.id: one.fiscal_year for one in await session.execute(wanted)}
    for row in rows:
        row["fiscal_year"] = years[row["training_id"]]
        found.setdefault(row["_row"], []).extend(
            check_period(row["date_start"], row["date_end"], row["date_precision"], row["fiscal_year"])
        )
    return found


staff_training_periods = Resource(
    service="events",
    schema="events",
    name="staff_training_period",
    plural="staff-training-periods",
    read=StaffTrainingPeriod,
    write=StaffTrainingPeriodWrite,
    source=source,
    access=access.OF_CLAIR,
    filters={
        "training": equals(staff_training.c.code),
        "fiscal_year": equals(staff_training_period.c.fiscal_year, int),
        "period_no": equals(staff_training_period.c.period_no, int),
    },
    sorts=("date_start", "period_no"),
    parts=(Part(staff_training_period, ("training_id", "period_no")),),
    refs=(STAFF_TRAINING,),
    check=check,
    fixed=("training_code", "period_no"),
    constraints={
        "staff_training_period_days": refusal(ENDS_FIRST),
        "staff_training_period_within_year": refusal(ANOTHER_YEAR),
        "staff_training_period_months": refusal(PART_OF_MONTH),
    },
    version="2026.1",
)
