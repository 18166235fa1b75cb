"""Training editions (年度の開講): official name of the year, whom it is for, and how the year's report lists and counts it."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import Select, any_, select

from services.jet import access
from services.jet.editions.domain import OTHER_RECORD, REQUIRES_ITSELF, RETIRED, retired_by
from services.jet.editions.repository import courses_ended, others
from services.jet.training_tables import training_course, training_edition
from services.jet.training_terms import (
    COURSE,
    REQUIRED,
    Audience,
    Audiences,
    Delivery,
    Kind,
    Kinds,
    Printed,
    TrainingCode,
)
from services.kit.db.session import WriteSession
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.resource import Basis, Filter, Part, Resource, Row
from services.kit.wire import Line, Wire, Year, choice
from services.kit.writer import unstored

Listing = Literal["each_run", "one_line"]
Counting = Literal["attendance", "headcount"]


class TrainingEditionWrite(Wire):
    code: TrainingCode
    course_code: TrainingCode
    fiscal_year: Year
    name_ja: Line
    name_en: Line
    audiences: Audiences
    delivery: Annotated[Delivery, choice("training_delivery", get_args(Delivery))]
    listing: Annotated[Listing, choice("training_listing", get_args(Listing))] = "each_run"
    counted_by: Annotated[Counting, choice("training_counting", get_args(Counting))] = "attendance"
    report_line: Annotated[Annotated[StrictInt, Field(ge=1, le=999)] | None, cells.INTEGER] = None
    audience_text: Line | None = None
    place_text: Line | None = None
    date_text: Line | None = None
    date_precision: Printed | None = None
    requires_code: TrainingCode | None = None
    from_year: Annotated[Annotated[StrictInt, Field(ge=1, le=6)] | None, cells.INTEGER] = None
    completion_percent: Annotated[Annotated[StrictInt, Field(ge=1, le=100)], cells.INTEGER] = 80
    hours: Annotated[Annotated[StrictInt, Field(ge=1, le=9999)] | None, cells.INTEGER] = None
    not_held_reason: Line | None = None


class TrainingEdition(TrainingEditionWrite):
    id: UUID
    kind: Kinds


def source(_: Basis) -> Select[Any]:
    e, c, r = training_edition.c, training_course.c, training_course.alias("required")
    return (
        select(
            e.id, e.code, c.code.label("course_code"), c.kind, e.fiscal_year, e.name_ja, e.name_en, e.audiences,
            e.delivery, e.listing, e.counted_by, e.report_line, e.audience_text, e.place_text, e.date_text,
            e.date_precision, r.c.code.label("requires_code"), e.from_year, e.completion_percent, e.hours,
            e.not_held_reason, e.row_version,
        )
        .join_from(training_edition, training_course, c.id == e.course_id)
        .join(r, r.c.id == e.requires_id, isouter=True)
    )  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """A retired course has no new editions, and those that it had are mended as ever; a code goes on naming the same
    course and year."""
    new = {row["_row"] for row in await unstored(session, training_edition, rows, ("code",))}
    ended = await courses_ended(session, {row["course_id"] for row in rows})
    taken = await others(session, rows)
    found: dict[int, list[tuple[str, Finding]]] = {}
    for row in rows:
        problems = found.setdefault(row["_row"], [])
        if row["_row"] in new and retired_by(row["fiscal_year"], ended[row["course_id"]]):
            problems.append(("course_code", RETIRED))
        if row["requires_id"] == row["course_id"]:
            problems.append(("requires_code", REQUIRES_ITSELF))
        if row["_row"] in taken:
            problems.append(("code", OTHER_RECORD))
    return found


def _for(given: Any) -> Any:
    return given == any_(training_edition.c.audiences)


training_editions = Resource(
    service="jet",
    schema="jet",
    name="training_edition",
    plural="training-editions",
    read=TrainingEdition,
    write=TrainingEditionWrite,
    source=source,
    access=access.DEFINED_BY_CLAIR,
    filters={
        "code": equals(training_edition.c.code),
        "course_code": equals(training_course.c.code),
        "kind": equals(training_course.c.kind, Kind),
        "fiscal_year": equals(training_edition.c.fiscal_year, int),
        "audience": Filter(Audience, _for),
    },
    sorts=("code", "fiscal_year"),
    code="code",
    parts=(Part(training_edition, ("code",)),),
    refs=(COURSE, REQUIRED),
    check=check,
    fixed=("code", "course_code", "fiscal_year"),
    version="2026.1",
    constraints={
        "training_edition_requires_another": Refusal(
            REQUIRES_ITSELF.code, "conflict", REQUIRES_ITSELF.message, REQUIRES_ITSELF.remedy
        )
    },
)
