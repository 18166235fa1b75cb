"""Counts (人数・団体数など): how many, of what, of a leg, of an edition, or of a mission.

What is not known has no count, which is not zero. A part (うち) names the count that it is part of, and is never added;
whole counts are entered before their parts.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Select, case, func, select

from services.events import access
from services.events.counts import domain, service
from services.events.counts.domain import Capacity, Method, Subject, Unit
from services.events.counts.tables import attendance_count, unit_of
from services.events.references import COUNTRY, EDITION, LEG, MISSION
from services.events.tables import edition, event, leg, mission
from services.events.terms import QUALIFIER, EventCode, Number, OfficeCode, Qualifier
from services.kit.errors import refusal
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Basis, Filter, Part, Resource
from services.kit.wire import Called, Code, Day, Flag, Line, Wire, choice

SUBJECT = choice("count_subject", get_args(Subject))
UNIT = choice("count_unit", get_args(Unit))
Counter = Literal["own", "organiser"]


class AttendanceCountWrite(Wire):
    """One of the codes of an edition, a leg and a mission says what it is of."""

    code: EventCode
    edition_code: Annotated[EventCode | None, Called("event_edition_code")] = None
    leg_code: EventCode | None = None
    mission_code: EventCode | None = None
    subject: Annotated[Subject, SUBJECT, Called("count_subject")]
    value: Number
    unit: Annotated[Unit, UNIT, Called("count_unit")]
    qualifier: Annotated[Qualifier, QUALIFIER] = "exact"
    person_times: Annotated[Flag, cells.BOOLEAN] = False
    within_code: EventCode | None = None
    country: Code | None = None
    capacity: Annotated[
        Capacity | None, choice("count_capacity", get_args(Capacity)), Called("count_capacity")
    ] = None
    label: Annotated[Line | None, Called("count_label")] = None
    method: Annotated[Method | None, choice("count_method", get_args(Method)), Called("count_method")] = None
    source: Line | None = None
    counted_on: Day | None = None


class AttendanceCount(AttendanceCountWrite):
    id: UUID
    office_code: OfficeCode | None
    fiscal_year: int


PROGRAMME = func.coalesce(event.c.programme, mission.c.programme)
FISCAL_YEAR = func.coalesce(edition.c.fiscal_year, mission.c.fiscal_year)


def joined(statement: Select[Any]) -> Select[Any]:
    """Counts with the records that they are of."""
    c = attendance_count.c
    return (
        statement.select_from(attendance_count)
        .join(edition, edition.c.id == c.edition_id, isouter=True)
        .join(event, event.c.id == edition.c.event_id, isouter=True)
        .join(leg, leg.c.id == c.leg_id, isouter=True)
        .join(mission, mission.c.id == c.mission_id, isouter=True)
    )


def source(_: Basis) -> Select[Any]:
    c = attendance_count.c
    return joined(
        select(
            c.id, c.code, case((c.leg_id.is_(None), edition.c.code)).label("edition_code"),
            leg.c.code.label("leg_code"), mission.c.code.label("mission_code"), c.subject, c.value, c.unit,
            c.qualifier, c.person_times, c.within_code, c.country, c.capacity, c.label, c.method, c.source,
            c.counted_on, c.office.label("office_code"), FISCAL_YEAR.label("fiscal_year"), c.row_version,
        )
    )  # fmt: skip


attendance_counts = Resource(
    service="events",
    schema="events",
    name="attendance_count",
    plural="attendance-counts",
    read=AttendanceCount,
    write=AttendanceCountWrite,
    source=source,
    access=access.OF_CLAIR,
    filters={
        "edition": equals(edition.c.code),
        "leg": equals(leg.c.code),
        "mission": equals(mission.c.code),
        "subject": equals(attendance_count.c.subject, Subject),
        "programme": equals(PROGRAMME),
        "office": equals(attendance_count.c.office),
        "fiscal_year": equals(FISCAL_YEAR, int),
        "country": equals(attendance_count.c.country),
        "capacity": equals(attendance_count.c.capacity, Capacity),
        "unit": equals(unit_of(attendance_count.c)),
        "counted_for": equals(attendance_count.c.counted_for, Counter),
        "part": equals(attendance_count.c.part, bool),
        "within": equals(attendance_count.c.within_code),
        "whole": Filter(bool, lambda given: attendance_count.c.part != given),
        "person_times": Filter(bool, lambda given: attendance_count.c.person_times == given),
        "code": equals(attendance_count.c.code),
    },
    sorts=("code", "subject"),
    code="code",
    parts=(Part(attendance_count, ("code",), once=("edition_id", "leg_id", "mission_id", "office")),),
    refs=(EDITION, LEG, MISSION, COUNTRY),
    check=service.check,
    fixed=("code", "edition_code", "leg_code", "mission_code"),
    constraints={
        "attendance_count_of_one": refusal(domain.OF_ONE),
        "attendance_count_certified": refusal(domain.CERTIFIED_ONCE),
        "attendance_count_person_times": refusal(domain.NOT_PERSONS),
        "attendance_count_level": refusal(domain.OTHER_LEVEL, "conflict"),
        "attendance_count_once": refusal(domain.TOLD_TWICE, "conflict"),
        "attendance_count_alike": refusal(domain.NOT_ALIKE, "conflict"),
        "attendance_count_within": refusal(domain.WHOLE_MISSING, "conflict"),
        "attendance_count_within_value": refusal(domain.WHOLE_MISSING, "conflict"),
        "attendance_count_no_more": refusal(domain.MORE_THAN_WHOLE),
    },
    version="2026.1",
)
