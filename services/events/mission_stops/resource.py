"""Stops of a mission (日程): where it is on which day, who receives it there, and what for.

The time is that of the place. Where the mission's days move, its stops must lie within the new ones.
"""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, select

from services.events import access
from services.events.mission_stops.domain import OUTSIDE, check_stop
from services.events.mission_stops.repository import days_of
from services.events.mission_tables import mission_stop
from services.events.references import MISSION, check_office, organisation, take_office
from services.events.tables import mission
from services.events.terms import EventCode, OrganisationCode
from services.kit import directory
from services.kit.db.session import WriteSession
from services.kit.errors import refusal
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.resource import Basis, Part, Resource, Row
from services.kit.wire import Called, Day, Line, Passage, TimeOfDay, Whole, Wire


class MissionStopWrite(Wire):
    """`receiver`: who receives it there, as it is printed, where the body has no code or is named otherwise."""

    mission_code: EventCode
    number: Annotated[Whole, Field(ge=1)]
    held_on: Annotated[Day, Called("stop_held_on")]
    begins_at: Annotated[TimeOfDay | None, Called("stop_begins_at")] = None
    place: Line
    organisation_code: OrganisationCode | None = None
    receiver: Line | None = None
    purpose: Annotated[Passage | None, Called("stop_purpose")] = None


class MissionStop(MissionStopWrite):
    id: UUID
    organisation_name: str | None


def source(_: Basis) -> Select[Any]:
    t, m, o = mission_stop.c, mission.c, directory.organisation.c
    return (
        select(
            t.id, m.code.label("mission_code"), t.number, t.held_on, t.begins_at, t.place,
            o.code.label("organisation_code"), t.receiver, t.purpose, o.name.label("organisation_name"), t.row_version,
        )
        .join_from(mission_stop, mission, m.id == t.mission_id)
        .join(directory.organisation, o.id == t.organisation_id, isouter=True)
    )  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    await take_office(session, rows, mission, "mission_id")
    found = await check_office(session, rows, "mission_code")
    days = await days_of(session, {row["mission_id"] for row in rows})
    for row in rows:
        if row["mission_id"] not in days:
            continue  # of an office that the caller does not serve for: such a mission cannot be held
        row["starts_on"], row["ends_on"] = days[row["mission_id"]]
        found.setdefault(row["_row"], []).extend(check_stop(row["held_on"], row["starts_on"], row["ends_on"]))
    return found


mission_stops = Resource(
    service="events",
    schema="events",
    name="mission_stop",
    plural="mission-stops",
    read=MissionStop,
    write=MissionStopWrite,
    source=source,
    access=access.OF_CLAIR,
    filters={
        "mission": equals(mission.c.code),
        "fiscal_year": equals(mission.c.fiscal_year, int),
        "organisation": by_organisation(mission_stop.c.organisation_id),
    },
    sorts=("mission_code", "number", "held_on"),
    parts=(Part(mission_stop, ("mission_id", "number")),),
    refs=(MISSION, organisation()),
    check=check,
    fixed=("mission_code", "number"),
    constraints={"mission_stop_within": refusal(OUTSIDE)},
    version="2026.1",
)
