"""Periods of an internship programme (日程), such as half a day of 事前研修 before five days of work."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import Select, select

from services.jet import access
from services.jet.internship_tables import internship_period, internship_programme
from services.jet.internships.resource import OUT_OF_ORDER
from services.jet.internships.terms import PROGRAMME, ProgrammeCode
from services.kit.db.session import WriteSession
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.wire import Day, Line, Wire


class InternshipPeriodWrite(Wire):
    programme_code: ProgrammeCode
    period_no: Annotated[StrictInt, Field(ge=1, le=99), cells.INTEGER]
    label_ja: Line
    label_en: Line
    date_start: Day
    date_end: Day
    note: Line | None = None


class InternshipPeriod(InternshipPeriodWrite):
    id: UUID
    fiscal_year: int


def source(_: Basis) -> Select[Any]:
    t, p = internship_period.c, internship_programme.c
    return select(
        t.id, p.code.label("programme_code"), t.period_no, t.label_ja, t.label_en, t.date_start, t.date_end, t.note,
        p.fiscal_year, t.row_version,
    ).join_from(internship_period, internship_programme, p.id == t.programme_id)  # fmt: skip


async def check(_: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    return {row["_row"]: [("date_end", OUT_OF_ORDER)] for row in rows if row["date_end"] < row["date_start"]}


internship_periods = Resource(
    service="jet",
    schema="jet",
    name="internship_period",
    plural="internship-periods",
    read=InternshipPeriod,
    write=InternshipPeriodWrite,
    source=source,
    access={
        "list": access.FAIRS,
        "read": access.FAIRS,
        "create": access.FAIRS_WRITE,
        "change": access.FAIRS_WRITE,
        "import": access.FAIRS_WRITE,
    },
    filters={
        "programme_code": equals(internship_programme.c.code),
        "fiscal_year": equals(internship_programme.c.fiscal_year, int),
        "period_no": equals(internship_period.c.period_no, int),
    },
    sorts=("date_start", "period_no"),
    parts=(Part(internship_period, ("programme_id", "period_no")),),
    refs=(PROGRAMME,),
    check=check,
    fixed=("programme_code", "period_no"),
    version="2026.1",
    constraints={
        "internship_period_in_order": Refusal(
            OUT_OF_ORDER.code, "payload", OUT_OF_ORDER.message, OUT_OF_ORDER.remedy
        )
    },
)
