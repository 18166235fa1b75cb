"""Training courses (研修): what is offered year after year, under a code that stays."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from services.jet import access
from services.jet.training_tables import training_course
from services.jet.training_terms import Kind, Kinds, TrainingCode
from services.kit.fields import equals
from services.kit.resource import Basis, Part, Resource
from services.kit.wire import Day, Flag, Line, Wire


class TrainingCourseWrite(Wire):
    code: TrainingCode
    kind: Kinds
    title_ja: Line
    title_en: Line
    employer_informed: Flag = True
    retired_on: Day | None = None


class TrainingCourse(TrainingCourseWrite):
    id: UUID


def source(_: Basis) -> Select[Any]:
    c = training_course.c
    return select(
        c.id, c.code, c.kind, c.title_ja, c.title_en, c.employer_informed, c.retired_on, c.row_version
    )


training_courses = Resource(
    service="jet",
    schema="jet",
    name="training_course",
    plural="training-courses",
    read=TrainingCourse,
    write=TrainingCourseWrite,
    source=source,
    access=access.DEFINED_BY_CLAIR,
    filters={"kind": equals(training_course.c.kind, Kind), "code": equals(training_course.c.code)},
    sorts=("code",),
    code="code",
    parts=(Part(training_course, ("code",)),),
    fixed=("code",),
    version="2026.1",
)
