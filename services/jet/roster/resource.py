"""The roster (名簿): who serves where, as of any day and as known at any instant."""

from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Integer, Select, Text, Uuid

from services.jet import access
from services.jet.roster.source import held, terms
from services.jet.tables import participant, person_detail
from services.jet.terms import Arrival, ArrivalGroup, Job, JobType
from services.kit.directory import visible
from services.kit.fields import Short, equals, organisation, search
from services.kit.resource import Basis, Filter, Resource
from services.kit.wire import Day, Wire

FILTERS: dict[str, Filter] = {
    "programme_year": equals(held("programme_year", Integer), int),
    "job_type": equals(held("job_type", Text), JobType),
    "nationality": equals(held("nationality", Text), Short),
    "arrival_group": equals(held("arrival_group", Text), ArrivalGroup),
    "is_new": equals(held("is_new", Boolean), bool),
    "organisation": organisation(held("organisation_id", Uuid)),
    "prefecture": equals(held("prefecture", Text), Short),
    "host_authority": equals(held("host_code", Text), Short),
    "body": equals(held("body_code", Text), Short),
    "workplace_municipality": equals(held("municipality_code", Text), Short),
}


class RosterEntry(Wire):
    id: UUID
    jet_number: str
    family_name: str | None
    given_name: str | None
    middle_name: str | None
    name_kana: str | None
    nationality: str
    job_type: Job
    programme_year: int
    arrival_group: Arrival
    is_new: bool
    organisation_code: str
    organisation_name: str
    host_code: str | None
    host_name: str | None
    workplace_name: str | None
    municipality_code: str | None
    municipality_name: str | None
    starts_on: Day
    ends_on: Day
    participant_id: UUID


def source(basis: Basis) -> Select[Any]:
    p, d = participant.c, person_detail.c
    participant_id = held("participant_id", Uuid)
    return (
        terms(basis, p.jet_number, d.family_name, d.given_name, d.middle_name, d.name_kana, p.row_version)
        .join(participant, p.id == participant_id)
        .join(person_detail, d.participant_id == participant_id, isouter=True)
    )


roster = Resource(
    service="jet",
    schema="jet",
    name="roster",
    plural="roster",
    read=RosterEntry,
    source=source,
    access={"list": access.ROSTER},
    own=visible(held("organisation_id", Uuid)),
    filters=FILTERS | {"q": search(person_detail.c.search_key)},
    sorts=("jet_number", "organisation_code"),
    temporal=True,
)
