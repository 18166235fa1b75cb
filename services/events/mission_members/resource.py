"""Members of a mission (団員・訪問者): their title, in what capacity they go, of which body, and their rank in protocol.

A name stands in a part that can be erased, which clears it and leaves the member counted; no figure has it. Who does not
come in the end is `withdrawn_on`, and is not counted. `person_number` is the directory's, of who travels for CLAIR.
"""

from typing import Annotated, Any, get_args
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, and_, or_, select

from services.events import access
from services.events.mission_members.domain import TAKES_PART, Capacity
from services.events.mission_tables import mission_member, mission_member_name
from services.events.references import COUNTRY, MISSION, check_office, organisation, take_office
from services.events.tables import mission
from services.events.terms import EventCode, OrganisationCode
from services.kit import directory
from services.kit.db.session import WriteSession
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.resource import Basis, Filter, Part, Resource, Row
from services.kit.wire import Called, Code, Day, Line, Name, Only, Whole, Wire, choice

CAPACITY = choice("mission_capacity", get_args(Capacity))
# Who is counted.
TOOK_PART = and_(
    or_(*(mission_member.c.capacity == one for one in TAKES_PART)), mission_member.c.withdrawn_on.is_(None)
)


class MissionMemberWrite(Wire):
    """`affiliation`: as it is printed, where the body has no code or is named otherwise."""

    mission_code: EventCode
    number: Annotated[Whole, Field(ge=1)]
    capacity: Annotated[Capacity, CAPACITY, Called("mission_capacity")]
    name: Name | None = None
    title: Line | None = None
    title_en: Annotated[Line | None, Called("member_title_en")] = None
    organisation_code: OrganisationCode | None = None
    affiliation: Line | None = None
    affiliation_en: Line | None = None
    country: Code | None = None
    protocol_rank: Annotated[Whole, Field(ge=1)] | None = None
    person_number: Code | None = None
    withdrawn_on: Annotated[Day | None, Called("member_withdrawn_on")] = None


class MissionMember(MissionMemberWrite):
    id: UUID
    name: Annotated[Name | None, Only("event_officer")] = None
    organisation_name: str | None


def source(_: Basis) -> Select[Any]:
    t, m, n, o = mission_member.c, mission.c, mission_member_name.c, directory.organisation.c
    return (
        select(
            t.id, m.code.label("mission_code"), t.number, t.capacity, n.name, t.title, t.title_en,
            o.code.label("organisation_code"), t.affiliation, t.affiliation_en, t.country, t.protocol_rank,
            t.person_number, t.withdrawn_on, o.name.label("organisation_name"), t.row_version,
        )
        .join_from(mission_member, mission, m.id == t.mission_id)
        .join(mission_member_name, n.member_id == t.id, isouter=True)
        .join(directory.organisation, o.id == t.organisation_id, isouter=True)
    )  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    await take_office(session, rows, mission, "mission_id")
    return await check_office(session, rows, "mission_code")


mission_members = Resource(
    service="events",
    schema="events",
    name="mission_member",
    plural="mission-members",
    read=MissionMember,
    write=MissionMemberWrite,
    source=source,
    access=access.OF_CLAIR,
    filters={
        "mission": equals(mission.c.code),
        "fiscal_year": equals(mission.c.fiscal_year, int),
        "takes_part": Filter(bool, lambda given: given == TOOK_PART),
        "organisation": by_organisation(mission_member.c.organisation_id),
    },
    sorts=("mission_code", "number", "protocol_rank"),
    parts=(
        Part(mission_member, ("mission_id", "number")),
        Part(mission_member_name, ("member_id",), "member_id"),
    ),
    refs=(MISSION, COUNTRY, organisation()),
    check=check,
    fixed=("mission_code", "number"),
    version="2026.1",
)
