"""Appointments (任用): who serves where, from and to which day, at which workplace (配置先), under whom, housed how.

The appointment, its workplaces and its arrangement are facts with knowledge time; the supervisor's name and
contact are an erasable detail.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import Date, Select, cast, func, select
from sqlalchemy.sql.elements import SQLCoreOperations

from services.jet import access, references
from services.jet.appointments.prefill import form
from services.jet.appointments.service import KEY, check, store
from services.jet.tables import appointment, arrangement, participant, supervisor, workplace
from services.jet.terms import JetNumber, Job, JobType, OrganisationCode, Year
from services.kit import directory, temporal
from services.kit.directory import visible
from services.kit.errors import Refusal
from services.kit.fields import equals, holds_on
from services.kit.fields import organisation as by_organisation
from services.kit.japan import cells
from services.kit.resource import Basis, Part, Resource
from services.kit.text import Text
from services.kit.wire import Day, Email, Line, Name, Phone, Wire, WrittenBy, Yen, choice

WorkplaceKind = Literal["school", "office"]
SchoolLevel = Literal["elementary", "junior_high", "senior_high", "special_needs"]
HousingType = Literal["public_housing", "private_rental", "teacher_housing", "other"]

OVERLAPS = Refusal(
    "appointment_overlap",
    "conflict",
    Text("任用期間が別の任用と重なっています", "The term overlaps another appointment"),
    Text("開始日と終了日を確認してください。", "Check the first and the last day."),
)


class AppointmentWrite(Wire):
    jet_number: JetNumber
    organisation_code: OrganisationCode
    programme_year: Year
    job_type: Annotated[Job, WrittenBy("coordinator")]
    starts_on: Day
    ends_on: Day
    workplace_name: Name
    workplace_kind: Annotated[WorkplaceKind, choice("workplace_kind", get_args(WorkplaceKind))]
    school_level: Annotated[SchoolLevel | None, choice("school_level", get_args(SchoolLevel))] = None
    workplace_municipality_code: OrganisationCode | None = None
    workplace_days: Annotated[Annotated[StrictInt, Field(ge=0, le=7)] | None, cells.INTEGER] = None
    supervisor_name: Name | None = None
    supervisor_phone: Phone | None = None
    supervisor_email: Email | None = None
    housing_type: Annotated[HousingType | None, choice("housing_type", get_args(HousingType))] = None
    housing_rent_yen: Yen | None = None
    housing_provider: Line | None = None


class Appointment(AppointmentWrite):
    id: UUID


def on_or_first(
    day: Any,
    effective: SQLCoreOperations[Any],
    starts_on: SQLCoreOperations[Any],
    ends_on: SQLCoreOperations[Any],
) -> Any:
    """The part of an appointment that holds today, or at its nearer end when today is outside it."""
    return effective.op("@>")(func.least(func.greatest(day, starts_on), ends_on))


def source(_: Basis) -> Select[Any]:
    a, w, r, s = appointment.c, workplace.c, arrangement.c, supervisor.c
    o, m = directory.organisation, directory.organisation.alias("municipality")
    today = cast(func.platform.today(), Date)
    return (
        select(
            a.id, participant.c.jet_number, o.c.code.label("organisation_code"), a.programme_year, a.job_type,
            a.starts_on, a.ends_on, w.name.label("workplace_name"), w.kind.label("workplace_kind"), w.school_level,
            m.c.code.label("workplace_municipality_code"), w.days_per_week.label("workplace_days"),
            s.name.label("supervisor_name"), s.phone.label("supervisor_phone"), s.email.label("supervisor_email"),
            r.housing_type, r.housing_rent_yen, r.housing_provider, a.row_version,
        )
        .join_from(appointment, participant, participant.c.id == a.participant_id)
        .join(o, o.c.id == a.organisation_id)
        .join(workplace, (w.appointment_id == a.id) & (w.position == 1)
              & on_or_first(today, w.effective, a.starts_on, a.ends_on), isouter=True)
        .join(m, m.c.id == w.municipality_id, isouter=True)
        .join(arrangement, (r.appointment_id == a.id)
              & on_or_first(today, r.effective, a.starts_on, a.ends_on), isouter=True)
        .join(supervisor, s.appointment_id == a.id, isouter=True)
    )  # fmt: skip


appointments = Resource(
    service="jet",
    schema="jet",
    name="appointment",
    plural="appointments",
    read=Appointment,
    write=AppointmentWrite,
    source=source,
    access={
        "list": access.SERVING,
        "read": access.SERVING,
        "create": access.HOSTS_WRITE,
        "change": access.HOSTS_WRITE,
        "import": access.HOSTS_WRITE,
    },
    own=visible(appointment.c.organisation_id),
    itself=lambda person: appointment.c.participant_id == person,
    filters={
        "organisation": by_organisation(appointment.c.organisation_id),
        "programme_year": equals(appointment.c.programme_year, int),
        "job_type": equals(appointment.c.job_type, JobType),
        "jet_number": equals(participant.c.jet_number),
        "on": holds_on(appointment.c.effective),
    },
    sorts=("jet_number", "starts_on"),
    parts=(Part(appointment, KEY),),
    refs=(
        references.PARTICIPANT,
        references.ORGANISATION,
        references.municipality("workplace_municipality_code"),
    ),
    check=check,
    store=store,
    organisation="organisation_id",
    prefill=form(source),
    version="2026.1",
    fixed=("jet_number", "organisation_code", "programme_year"),
    constraints=temporal.KNOWLEDGE | {"appointment_one_at_a_time": OVERLAPS},
)
