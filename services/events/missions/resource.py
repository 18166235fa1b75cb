"""Missions (派遣・訪問): journeys of people: delegations, tours, seminars on the road, exchanges, courtesy visits.

The fiscal year is that of the first day. `host_code` is the body that receives it, with what that body is to CLAIR
(`host_role`: 理事, 評議員); the bodies that it visits are a list of their own, which `and_others` leaves open (ほか).
Who goes, and where to, are lists of their own; how many are its counts.
"""

from typing import Annotated, Any, get_args
from uuid import UUID

from pydantic import Field, StrictStr
from sqlalchemy import Select, any_, case, select

from services.events import access
from services.events.missions.domain import CANCELLED, ENDS_FIRST, State, check_mission, unknown_countries
from services.events.missions.repository import known_countries
from services.events.references import OFFICE, UNKNOWN_COUNTRY, check_office, headquarters, organisation
from services.events.tables import mission
from services.events.terms import (
    MISSION_PROGRAMME,
    EventCode,
    MissionProgramme,
    OfficeCode,
    OrganisationCode,
)
from services.kit import directory, temporal
from services.kit.db.session import WriteSession
from services.kit.errors import refusal
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.japan import cells, codes
from services.kit.japan.choices import several
from services.kit.japan.fiscal_year import fiscal_year_of
from services.kit.resource import Basis, Filter, Part, Resource, Row
from services.kit.wire import Called, Day, Flag, Line, Passage, Wire, choice

Words = Annotated[list[Line], Field(max_length=30), several(cells.TEXT)]
CountryCode = Annotated[StrictStr, Field(pattern=r"^[A-Z]{2}$")]


class MissionWrite(Wire):
    """`countries`: those abroad that it goes to, or comes from. `markets` are as printed, such as 欧米豪."""

    code: Annotated[EventCode, Called("mission_code")]
    programme: Annotated[MissionProgramme, MISSION_PROGRAMME, Called("mission_programme")]
    office_code: OfficeCode | None = None
    title_ja: Line
    title_en: Line | None = None
    audience: Line | None = None
    content: Passage | None = None
    starts_on: Annotated[Day, Called("mission_starts_on")]
    ends_on: Annotated[Day, Called("mission_ends_on")]
    places: Annotated[Words, Called("mission_places")] = Field(default_factory=list)
    countries: Annotated[list[CountryCode], Field(max_length=60), several(codes.CODE)] = Field(
        default_factory=list
    )
    markets: Words = Field(default_factory=list)
    host_code: Annotated[OrganisationCode | None, Called("mission_host_code")] = None
    host_role: Line | None = None
    and_others: Annotated[Flag, cells.BOOLEAN] = False
    advisory: Passage | None = None
    outcome: Annotated[Passage | None, Called("mission_outcome")] = None
    cancelled_on: Day | None = None
    cancelled_reason: Line | None = None
    marked: Annotated[Flag, cells.BOOLEAN] = False


class Mission(MissionWrite):
    id: UUID
    fiscal_year: int
    host_name: Annotated[str | None, Called("mission_host_name")]
    state: Annotated[State, choice("mission_state", get_args(State)), Called("mission_state")]


STATE = case(
    (mission.c.cancelled_on.is_not(None), "cancelled"),
    (mission.c.starts_on > temporal.TODAY, "planned"),
    (mission.c.ends_on >= temporal.TODAY, "under_way"),
    else_="held",
)


def source(_: Basis) -> Select[Any]:
    m, o = mission.c, directory.organisation.c
    return select(
        m.id, m.code, m.programme, m.office.label("office_code"), m.title_ja, m.title_en, m.audience, m.content,
        m.starts_on, m.ends_on, m.places, m.countries, m.markets, o.code.label("host_code"), m.host_role, m.and_others,
        m.advisory, m.outcome, m.cancelled_on, m.cancelled_reason, m.marked, m.fiscal_year, o.name.label("host_name"),
        STATE.label("state"), m.row_version,
    ).join_from(mission, directory.organisation, o.id == m.host_id, isouter=True)  # fmt: skip


def derive(row: Row) -> None:
    row["fiscal_year"] = fiscal_year_of(row["starts_on"])


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    found = await check_office(session, rows, stored=mission)
    known = await known_countries(session, {code for row in rows for code in row["countries"]})
    for row in rows:
        problems = found.setdefault(row["_row"], [])
        problems.extend(
            check_mission(row["starts_on"], row["ends_on"], row["cancelled_on"], row["cancelled_reason"])
        )
        if unknown_countries(row["countries"], known):
            problems.append(("countries", UNKNOWN_COUNTRY))
    return found


missions = Resource(
    service="events",
    schema="events",
    name="mission",
    plural="missions",
    read=Mission,
    write=MissionWrite,
    source=source,
    access=access.OF_CLAIR,
    filters={
        "programme": equals(mission.c.programme, MissionProgramme),
        "office": equals(mission.c.office),
        "headquarters": headquarters(mission.c.office),
        "fiscal_year": equals(mission.c.fiscal_year, int),
        "host": by_organisation(mission.c.host_id),
        "country": Filter(CountryCode, lambda given: given == any_(mission.c.countries)),
        "state": equals(STATE, State),
        "code": equals(mission.c.code),
    },
    sorts=("code", "starts_on"),
    code="code",
    # what belongs to it stands for the same office
    parts=(Part(mission, ("code",), once=("office",)),),
    refs=(OFFICE, organisation("host_code", "host_id")),
    derive=derive,
    check=check,
    fixed=("code", "office_code"),
    constraints={
        "mission_days": refusal(ENDS_FIRST),
        "mission_cancelled": refusal(CANCELLED),
        "mission_countries": refusal(UNKNOWN_COUNTRY),
    },
    version="2026.1",
)
