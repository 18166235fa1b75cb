"""Meetings of the house (会議): boards, councils, advisers, associations, officers posted abroad.

Each has one count of who came, with its unit: 協会 and 名 are never added. One that was postponed or not held stays,
with its reason. `name` is as it is printed, `series` what its number counts within.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, case, select

from services.events import access
from services.events.editions.domain import REASON, Standing, State, check_standing
from services.events.editions.resource import STANDING
from services.events.meeting_tables import meeting
from services.events.meetings.domain import (
    COUNTED_NOT_HELD,
    ENDS_FIRST,
    INCOMPLETE_COUNT,
    OFFICE_STAYS,
    TWO_SECRETARIATS,
    Body,
    Counted,
    Mode,
    check_count,
    check_days,
    check_secretariat,
)
from services.events.references import OFFICE, check_office, organisation
from services.events.terms import EventCode, OfficeCode, OrganisationCode
from services.kit import directory, temporal
from services.kit.db.session import WriteSession
from services.kit.errors import refusal
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.japan.fiscal_year import fiscal_year_of
from services.kit.resource import Basis, Filter, Part, Resource, Row
from services.kit.wire import Called, Day, Flag, Line, Passage, Whole, Wire, choice

Number = Annotated[Whole, Field(ge=1)]
Count = Annotated[Whole, Field(ge=0)]
Qualifier = Literal["exact", "about", "at_least"]


class MeetingWrite(Wire):
    """`participants`, `unit` and `qualifier` come together. Of the secretariat either its code or a text."""

    code: EventCode
    body: Annotated[Body, choice("meeting_body", get_args(Body)), Called("meeting_body")]
    office_code: OfficeCode | None = None
    series: Annotated[Line | None, Called("meeting_series")] = None
    name: Annotated[Line, Called("meeting_name")]
    meeting_no: Number | None = None
    date_start: Day
    date_end: Day
    mode: Annotated[Mode | None, choice("meeting_mode", get_args(Mode)), Called("meeting_mode")] = None
    place: Line | None = None
    topic: Line | None = None
    content: Passage | None = None
    block: Line | None = None
    secretariat: Line | None = None
    secretariat_code: OrganisationCode | None = None
    participants: Annotated[Count | None, Called("meeting_participants")] = None
    unit: Annotated[Counted | None, choice("meeting_unit", get_args(Counted))] = None
    qualifier: Annotated[Qualifier | None, choice("qualifier", get_args(Qualifier))] = None
    participants_text: Line | None = None
    standing: Annotated[Standing, STANDING, Called("edition_standing")] = "as_planned"
    standing_reason: Line | None = None
    next_plan: Line | None = None
    marked: Annotated[Flag, cells.BOOLEAN] = False


class Meeting(MeetingWrite):
    id: UUID
    secretariat_name: str | None
    fiscal_year: int
    state: Annotated[State, choice("edition_state", get_args(State)), Called("edition_state")]


M, ORG = meeting.c, directory.organisation.c
STATE = case((M.standing != "as_planned", M.standing), (M.date_end < temporal.TODAY, "held"), else_="planned")


def source(_: Basis) -> Select[Any]:
    return select(
        M.id, M.code, M.body, M.office.label("office_code"), M.series, M.name, M.meeting_no, M.date_start, M.date_end,
        M.mode, M.place, M.topic, M.content, M.block, M.secretariat, ORG.code.label("secretariat_code"),
        M.participants, M.unit, M.qualifier, M.participants_text, M.standing, M.standing_reason, M.next_plan, M.marked,
        ORG.name.label("secretariat_name"), M.fiscal_year, STATE.label("state"), M.row_version,
    ).join_from(meeting, directory.organisation, ORG.id == M.secretariat_id, isouter=True)  # fmt: skip


def derive(row: Row) -> None:
    row["fiscal_year"] = fiscal_year_of(row["date_start"])


async def _of_another_office(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """Rows with the code of another office's meeting: a file would take it over, and part it from its agenda."""
    wanted = select(M.code, M.office).where(M.code.in_({row["code"] for row in rows}))
    known = {one.code: one.office for one in await session.execute(wanted)}
    return {
        row["_row"]: [("code", OFFICE_STAYS)]
        for row in rows
        if known.get(row["code"], row["office"]) != row["office"]
    }


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    found = await check_office(session, rows) or await _of_another_office(session, rows)
    for row in rows:
        found.setdefault(row["_row"], []).extend(
            [
                *check_days(row["date_start"], row["date_end"]),
                *check_count(row["participants"], row["unit"], row["qualifier"], row["standing"]),
                *check_secretariat(row["secretariat"], row["secretariat_code"]),
                *check_standing(row["standing"], row["standing_reason"]),
            ]
        )
    return found


meetings = Resource(
    service="events",
    schema="events",
    name="meeting",
    plural="meetings",
    read=Meeting,
    write=MeetingWrite,
    source=source,
    access=access.OF_CLAIR,
    filters={
        "body": equals(M.body, Body),
        "office": equals(M.office),
        "fiscal_year": equals(M.fiscal_year, int),
        "state": equals(STATE, State),
        "from": Filter(Day, lambda given: M.date_end >= given),
        "code": equals(M.code),
    },
    sorts=("date_start", "code"),
    code="code",
    parts=(Part(meeting, ("code",)),),
    refs=(OFFICE, organisation("secretariat_code", "secretariat_id")),
    derive=derive,
    check=check,
    fixed=("code", "office_code"),
    constraints={
        "meeting_days": refusal(ENDS_FIRST),
        "meeting_count": refusal(INCOMPLETE_COUNT),
        "meeting_counted_where_held": refusal(COUNTED_NOT_HELD),
        "meeting_one_secretariat": refusal(TWO_SECRETARIATS),
        "meeting_reason": refusal(REASON),
    },
    version="2026.1",
)
