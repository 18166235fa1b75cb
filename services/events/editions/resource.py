"""Editions (開催): an event of one fiscal year, hosted (主催), co-hosted (共催) or joined (参加).

One that is postponed or not held stays, with its reason and the next plan, and is reported so. `counted_at` says what the
counts belong to: the edition where its legs are not told apart, else each leg. `listing` says whether the report has a line
for the edition or for each leg; `marked` is for print alone (主な, 抜粋).
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, and_, case, func, select

from services.events import access
from services.events.counts.domain import OTHER_LEVEL, Level
from services.events.edition_tables import announced_or_joined
from services.events.editions.domain import (
    REASON,
    Part,
    Standing,
    State,
    check_below,
    check_standing,
)
from services.events.editions.repository import below_editions
from services.events.references import UNKNOWN_EVENT, check_office, headquarters, take_office
from services.events.tables import edition, event, leg
from services.events.terms import PROGRAMME, EventCode, FiscalYear, Programme
from services.kit import temporal
from services.kit.db.session import WriteSession
from services.kit.errors import Refusal, refusal
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.resource import Basis, Ref, Resource, Row
from services.kit.resource import Part as Of
from services.kit.wire import Called, Day, Flag, Line, Passage, Whole, Wire, choice

Listing = Literal["whole", "each_leg"]
STANDING = choice("edition_standing", get_args(Standing))


class EditionWrite(Wire):
    code: EventCode
    event_code: EventCode
    fiscal_year: FiscalYear
    series_number: Annotated[Whole, Field(ge=1)] | None = None
    title_ja: Line
    title_en: Line | None = None
    part: Annotated[Part, choice("edition_part", get_args(Part)), Called("edition_part")] = "hosted"
    host: Annotated[Line | None, Called("event_host")] = None
    audience: Line | None = None
    content: Passage | None = None
    format: Line | None = None
    listing: Annotated[Listing, choice("edition_listing", get_args(Listing)), Called("edition_listing")] = (
        "whole"
    )
    counted_at: Annotated[Level, choice("counted_at", get_args(Level))] = "edition"
    standing: Annotated[Standing, STANDING, Called("edition_standing")] = "as_planned"
    standing_reason: Line | None = None
    next_plan: Line | None = None
    marked: Annotated[Flag, cells.BOOLEAN] = False
    public: Annotated[Flag, cells.BOOLEAN] = False


class Edition(EditionWrite):
    id: UUID
    office_code: str | None
    programme: Annotated[Programme, PROGRAMME, Called("event_programme")]
    starts_on: Day | None
    ends_on: Day | None
    state: Annotated[State, choice("edition_state", get_args(State)), Called("edition_state")]


def _legs() -> Any:
    """Of each edition the days from its first leg to its last, without those that are cancelled."""
    t = leg.c
    return (
        select(
            t.edition_id, func.min(t.starts_on).label("starts_on"), func.max(t.ends_on).label("ends_on"),
            func.min(t.ends_on).label("first_ended"),
        )
        .where(t.cancelled_on.is_(None))
        .group_by(t.edition_id)
        .subquery("legs")
    )  # fmt: skip


LEGS = _legs()
_OVER = and_(LEGS.c.first_ended.is_not(None), LEGS.c.first_ended < temporal.TODAY)
STATE = case((edition.c.standing != "as_planned", edition.c.standing), (_OVER, "held"), else_="planned")


def source(_: Basis) -> Select[Any]:
    e, v = edition.c, event.c
    return (
        select(
            e.id, e.code, v.code.label("event_code"), e.fiscal_year, e.series_number, e.title_ja, e.title_en, e.part,
            e.host, e.audience, e.content, e.format, e.listing, e.counted_at, e.standing, e.standing_reason,
            e.next_plan, e.marked, e.public, e.office.label("office_code"), v.programme, LEGS.c.starts_on,
            LEGS.c.ends_on, STATE.label("state"), e.row_version,
        )
        .join_from(edition, event, v.id == e.event_id)
        .join(LEGS, LEGS.c.edition_id == e.id, isouter=True)
    )  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    await take_office(session, rows, event, "event_id")
    found = await check_office(session, rows, "event_code", stored=edition)
    below = await below_editions(session, {row["code"] for row in rows})
    for row in rows:
        found.setdefault(row["_row"], []).extend(
            check_standing(row["standing"], row["standing_reason"])
            + check_below(row["fiscal_year"], row["counted_at"], below.get(row["code"]))
        )
    return found


editions = Resource(
    service="events",
    schema="events",
    name="event_edition",
    plural="editions",
    read=Edition,
    write=EditionWrite,
    source=source,
    access=access.ANNOUNCED,
    own=announced_or_joined(),
    filters={
        "event": equals(event.c.code),
        "programme": equals(event.c.programme, Programme),
        "office": equals(edition.c.office),
        "headquarters": headquarters(edition.c.office),
        "fiscal_year": equals(edition.c.fiscal_year, int),
        "part": equals(edition.c.part, Part),
        "state": equals(STATE, State),
        "code": equals(edition.c.code),
    },
    sorts=("code", "fiscal_year", "starts_on"),
    code="code",
    parts=(Of(edition, ("code",)),),
    refs=(Ref("event_code", "event_id", event, "code", UNKNOWN_EVENT),),
    check=check,
    fixed=("code", "event_code"),
    constraints={
        "edition_reason": refusal(REASON),
        "attendance_count_level": Refusal(
            OTHER_LEVEL.code, "conflict", OTHER_LEVEL.message, OTHER_LEVEL.remedy
        ),
    },
    version="2026.1",
)
