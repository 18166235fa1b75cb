"""Attendance (出欠): who was in which session of a run. CLAIR records it; whoever sees the enrolment sees it."""

from typing import Annotated, Any, get_args
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import ColumnElement, Select, select

from services.jet import access
from services.jet.attendances import service
from services.jet.attendances.domain import ALREADY, NOT_CONFIRMED, Attendance, Method
from services.jet.enrolments import who
from services.jet.tables import participant
from services.jet.training_tables import (
    training_attendance,
    training_enrolment,
    training_run,
    training_session,
)
from services.jet.training_terms import RUN, Number
from services.kit.directory import visible
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.resource import Basis, Part, Resource
from services.kit.wire import Instant, choice

Attended = Annotated[Attendance, choice("attendance", get_args(Attendance))]


class TrainingAttendanceWrite(who.Who):
    session_number: Number
    attendance: Attended
    persons: Annotated[StrictInt, Field(ge=0, le=99)] | None = None


class TrainingAttendance(who.Shown):
    id: UUID
    session_number: int
    session_starts_at: Instant
    attendance: Attended
    persons: int
    attendance_method: Annotated[Method, choice("attendance_method", get_args(Method))]
    recorded_at: Instant


def source(_: Basis) -> Select[Any]:
    a, e, r, s = (t.c for t in (training_attendance, training_enrolment, training_run, training_session))
    return who.with_names(
        select(
            a.id, r.code.label("run_code"), s.number.label("session_number"),
            s.starts_at.label("session_starts_at"), *who.names(), a.attendance, a.persons,
            a.method.label("attendance_method"), a.recorded_at, a.row_version,
        )
        .join_from(training_attendance, training_enrolment, e.id == a.enrolment_id)
        .join(training_session, s.id == a.session_id)
        .join(training_run, r.id == a.run_id)
    )  # fmt: skip


def oneself(person: ColumnElement[Any]) -> ColumnElement[bool]:
    """What is recorded of an enrolment is its person's own."""
    own: ColumnElement[bool] = training_enrolment.c.participant_id == person
    return own


training_attendances = Resource(
    service="jet",
    schema="jet",
    name="training_attendance",
    plural=service.NAME,
    read=TrainingAttendance,
    write=TrainingAttendanceWrite,
    source=source,
    access={
        "list": access.ENROLMENTS,
        "read": access.ENROLMENTS,
        "create": access.TRAINS,
        "change": access.TRAINS,
        "import": access.TRAINS,
    },
    own=visible(training_enrolment.c.organisation_id),
    itself=oneself,
    filters={
        "run_code": equals(training_run.c.code),
        "session_number": equals(training_session.c.number, int),
        "jet_number": equals(participant.c.jet_number),
        "organisation": by_organisation(training_enrolment.c.organisation_id),
        "attendance": equals(training_attendance.c.attendance, Attendance),
        "attendance_method": equals(training_attendance.c.method, Method),
        "presented_ticket": who.PRESENTED,
    },
    sorts=("session_starts_at", "run_code", "recorded_at"),
    parts=(Part(training_attendance, ("enrolment_id", "session_id")),),
    refs=(RUN, *who.REFS),
    check=service.check_list,
    organisation="organisation_id",
    fixed=(
        "run_code",
        "session_number",
        "jet_number",
        "organisation_code",
        "attendee_name",
        "attendee_email",
    ),
    version="2026.1",
    constraints={one.code: one for one in (ALREADY, NOT_CONFIRMED)},
)
