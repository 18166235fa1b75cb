"""Attendance (来場) at a fair: one per registration, by check-in at the door or by a list afterwards."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Select, select

from services.jet import access, career_references
from services.jet.career_tables import career_fair, career_fair_day, fair_attendance, fair_registration
from services.jet.fair_attendances.repository import registered
from services.jet.fair_registrations.domain import CHECKED_IN, NOT_BEGUN, NOT_REGISTERED
from services.jet.references import PARTICIPANT
from services.jet.tables import participant
from services.jet.terms import JetNumber
from services.kit.db.session import WriteSession
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.wire import Code, Instant, Wire, choice

Method = Literal["check_in", "list"]


class FairAttendanceWrite(Wire):
    day_code: Code
    jet_number: JetNumber


class FairAttendance(FairAttendanceWrite):
    id: UUID
    fair_code: str
    method: Annotated[Method, choice("attendance_method", get_args(Method))]
    recorded_at: Instant


def source(_: Basis) -> Select[Any]:
    a, r, f, d = fair_attendance.c, fair_registration.c, career_fair.c, career_fair_day.c
    return (
        select(
            a.id, f.code.label("fair_code"), d.code.label("day_code"), participant.c.jet_number, a.method,
            a.recorded_at, a.row_version,
        )
        .join_from(fair_attendance, fair_registration, r.id == a.registration_id)
        .join(career_fair, f.id == r.fair_id)
        .join(career_fair_day, d.id == r.day_id)
        .join(participant, participant.c.id == r.participant_id)
    )  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    there = await registered(session, rows)
    found: dict[int, list[tuple[str, Finding]]] = {}
    for row in rows:
        row["method"] = "list"
        one = there.get(row["_row"])
        if one is None:
            found[row["_row"]] = [("jet_number", NOT_REGISTERED)]
            continue
        row["registration_id"] = one.id
        found[row["_row"]] = [] if one.now >= one.opens_at else [("day_code", NOT_BEGUN)]
    return found


fair_attendances = Resource(
    service="jet",
    schema="jet",
    name="fair_attendance",
    plural="fair-attendances",
    read=FairAttendance,
    write=FairAttendanceWrite,
    source=source,
    access={
        "list": access.REGISTRATIONS,
        "read": access.REGISTRATIONS,
        "create": access.FAIRS_WRITE,
        "import": access.FAIRS_WRITE,
    },
    itself=lambda person: fair_registration.c.participant_id == person,
    filters={
        "fair": equals(career_fair.c.code),
        "day": equals(career_fair_day.c.code),
        "venue": equals(career_fair_day.c.venue),
        "jet_number": equals(participant.c.jet_number),
    },
    sorts=("recorded_at", "jet_number"),
    parts=(Part(fair_attendance, ("registration_id",), once=("method",)),),
    refs=(career_references.DAY, PARTICIPANT),
    check=check,
    constraints={"fair_attendance_once": CHECKED_IN},
    version="2026.1",
)
