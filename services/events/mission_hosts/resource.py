"""Bodies that a mission visits (主な視察先), in the order in which the report names them."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, func, select

from services.events import access
from services.events.mission_hosts.domain import NAMELESS, check_host
from services.events.mission_tables import mission_host
from services.events.references import MISSION, check_office, organisation, take_office
from services.events.tables import mission
from services.events.terms import EventCode, MissionProgramme, OrganisationCode
from services.kit import directory
from services.kit.db.session import WriteSession
from services.kit.errors import refusal
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.wire import Called, Line, Whole, Wire


class MissionHostWrite(Wire):
    mission_code: EventCode
    number: Annotated[Whole, Field(ge=1)]
    organisation_code: OrganisationCode | None = None
    name: Annotated[Line | None, Called("visited_body_name")] = None


class MissionHost(MissionHostWrite):
    """`shown_as`: the name that is printed; where none is given it is the directory's."""

    id: UUID
    shown_as: Annotated[str, Called("visited_body_shown_as")]


# What the report prints.
SHOWN_AS = func.coalesce(mission_host.c.name, directory.organisation.c.name)


def source(_: Basis) -> Select[Any]:
    t, m, o = mission_host.c, mission.c, directory.organisation.c
    return (
        select(
            t.id, m.code.label("mission_code"), t.number, o.code.label("organisation_code"), t.name,
            SHOWN_AS.label("shown_as"), t.row_version,
        )
        .join_from(mission_host, mission, m.id == t.mission_id)
        .join(directory.organisation, o.id == t.organisation_id, isouter=True)
    )  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    await take_office(session, rows, mission, "mission_id")
    found = await check_office(session, rows, "mission_code")
    for row in rows:
        found.setdefault(row["_row"], []).extend(check_host(row["organisation_code"], row["name"]))
    return found


mission_hosts = Resource(
    service="events",
    schema="events",
    name="mission_host",
    plural="mission-hosts",
    read=MissionHost,
    write=MissionHostWrite,
    source=source,
    access=access.OF_CLAIR,
    filters={
        "mission": equals(mission.c.code),
        "programme": equals(mission.c.programme, MissionProgramme),
        "fiscal_year": equals(mission.c.fiscal_year, int),
        "number": equals(mission_host.c.number, int),
        "organisation": by_organisation(mission_host.c.organisation_id),
    },
    sorts=("mission_code", "number"),
    parts=(Part(mission_host, ("mission_id", "number")),),
    refs=(MISSION, organisation()),
    check=check,
    fixed=("mission_code", "number"),
    constraints={"mission_host_named": refusal(NAMELESS)},
    version="2026.1",
)
