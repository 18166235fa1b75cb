"""The history of appointments: every value that was ever known, since when and until when."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, cast, func, select

from services.jet import access
from services.jet.tables import appointment_known, participant
from services.jet.terms import Job
from services.kit import directory
from services.kit.directory import visible
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.resource import Basis, Resource
from services.kit.wire import Day, Instant, Wire


class AppointmentVersion(Wire):
    id: UUID
    appointment_id: UUID
    jet_number: str
    organisation_code: str
    programme_year: int
    job_type: Job
    starts_on: Day
    ends_on: Day
    known_from: Instant
    known_until: Instant | None


def source(_: Basis) -> Select[Any]:
    a, o = appointment_known.c, directory.organisation.c
    # A version has no id of its own: it is made of the appointment's and the instant, the same at every reading.
    version = cast(func.md5(func.concat(a.id, func.date_part("epoch", a.known_from))), Uuid)
    return (
        select(
            version.label("id"), a.id.label("appointment_id"), participant.c.jet_number,
            o.code.label("organisation_code"), a.programme_year, a.job_type, a.starts_on, a.ends_on, a.known_from,
            func.upper(a.known).label("known_until"), a.row_version,
        )
        .join_from(appointment_known, participant, participant.c.id == a.participant_id)
        .join(directory.organisation, o.id == a.organisation_id)
    )  # fmt: skip


appointment_versions = Resource(
    service="jet",
    schema="jet",
    name="appointment_version",
    plural="appointment-versions",
    read=AppointmentVersion,
    source=source,
    access={"list": access.HOSTED},
    own=visible(appointment_known.c.organisation_id),
    filters={
        "appointment_id": equals(appointment_known.c.id, UUID),
        "jet_number": equals(participant.c.jet_number),
        "organisation": by_organisation(appointment_known.c.organisation_id),
        "programme_year": equals(appointment_known.c.programme_year, int),
    },
    sorts=("known_from", "jet_number"),
)
