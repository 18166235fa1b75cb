"""Legs (日程): where and when an edition is held, each in the zone of its own venue.

The wall time of the venue is what is kept; the instant in UTC is told from it by the rules of the zone, of which the
release is kept beside it, and is told anew where a later release has other rules. The fiscal year is that of the day at the
venue: the evening of 31 March in New York is of the old year, though it is April in Japan. `sequence` is what calendars go
by: it grows when what is announced changes: name, host, time, place or standing.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field, StrictStr
from sqlalchemy import Select, case, func, select

from services.events import access
from services.events.edition_tables import announced_or_joined
from services.events.legs import service
from services.events.legs.domain import ANOTHER_YEAR, CANCELLED, ENDS_FIRST, ONE_TIME, WINDOW
from services.events.references import COUNTRY, EDITION
from services.events.registrations.tables import registration
from services.events.tables import capacity_pool, edition, event, leg
from services.events.terms import EventCode, Programme
from services.kit.capacity.domain import CONSTRAINTS
from services.kit.db.session import WriteSession
from services.kit.errors import refusal
from services.kit.fields import equals
from services.kit.resource import Basis, Change, Filter, Part, Resource, Row
from services.kit.wall_time import Repeated
from services.kit.wire import Called, Code, Day, Instant, Line, Only, Passage, TimeOfDay, Whole, Wire, choice

Mode = Literal["on_site", "online", "hybrid", "recorded"]
Zone = Annotated[StrictStr, Field(min_length=1, max_length=64, examples=["Europe/Paris"])]

Seats = Annotated[Whole, Field(ge=0, lt=10**6)]
# why the rules of a zone that changed have left a leg without its hour
ZoneProblem = Literal["wall_time_skipped", "wall_time_repeated", "leg_ends_first", "time_zone_unknown"]


class LegWrite(Wire):
    """`number`: which leg, part or period of its edition it is, from 1. `label`, `topic` and so on are as printed.
    `registers_from` and `registers_until` open registration; without `seats`, for as many as come."""

    code: EventCode
    edition_code: Annotated[EventCode, Called("event_edition_code")]
    number: Annotated[Whole, Field(ge=1), Called("leg_number")] = 1
    label: Line | None = None
    topic: Line | None = None
    content: Passage | None = None
    format: Line | None = None
    mode: Annotated[Mode | None, choice("leg_mode", get_args(Mode)), Called("leg_mode")] = None
    venue: Line | None = None
    place: Line | None = None
    country: Code | None = None
    country_printed: Line | None = None
    time_zone: Zone
    starts_on: Day
    ends_on: Day
    opens_at: TimeOfDay | None = None
    closes_at: TimeOfDay | None = None
    repeated_hour: Annotated[Repeated, choice("repeated_hour", get_args(Repeated))] | None = None
    cancelled_on: Day | None = None
    cancelled_reason: Line | None = None
    registers_from: Instant | None = None
    registers_until: Instant | None = None
    seats: Annotated[Seats | None, Called("leg_seats")] = None


class Leg(LegWrite):
    id: UUID
    title_ja: str
    office_code: str | None
    fiscal_year: int
    starts_at: Instant | None
    ends_at: Instant | None
    zone_release: str | None
    zone_problem: Annotated[ZoneProblem | None, choice("zone_problem", get_args(ZoneProblem))]
    sequence: int
    taken: int | None
    checked_in: Annotated[int | None, Only("event_officer")] = None


def _checked_in() -> Any:
    """How many have come who registered, of those whom the caller sees."""
    r = registration.c
    came = select(func.sum(r.persons)).where(r.leg_id == leg.c.id).scalar_subquery()
    return case((leg.c.pool_id.is_not(None), func.coalesce(came, 0)))


def source(_: Basis) -> Select[Any]:
    t, e = leg.c, edition.c
    return (
        select(
            t.id, t.code, e.code.label("edition_code"), t.number, t.label, t.topic, t.content, t.format, t.mode,
            t.venue, t.place, t.country, t.country_printed, t.time_zone, t.starts_on, t.ends_on, t.opens_at,
            t.closes_at, t.repeated_hour, t.cancelled_on, t.cancelled_reason, e.title_ja, t.office.label("office_code"),
            t.fiscal_year, t.starts_at, t.ends_at, t.zone_release, t.zone_problem, t.sequence,
            t.registers_from, t.registers_until, capacity_pool.c.seats, capacity_pool.c.taken,
            _checked_in().label("checked_in"), t.row_version,
        )
        .join_from(leg, edition, e.id == t.edition_id)
        .join(event, event.c.id == e.event_id)
        .join(capacity_pool, capacity_pool.c.id == t.pool_id, isouter=True)
    )  # fmt: skip


async def store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    return await service.store(session, legs, rows, insert_only)


legs = Resource(
    service="events",
    schema="events",
    name="leg",
    plural="legs",
    read=Leg,
    write=LegWrite,
    source=source,
    access=access.ANNOUNCED,
    own=announced_or_joined(),
    filters={
        "edition": equals(edition.c.code),
        "programme": equals(event.c.programme, Programme),
        "office": equals(leg.c.office),
        "fiscal_year": equals(leg.c.fiscal_year, int),
        "from": Filter(Day, lambda given: leg.c.ends_on >= given),
        "cancelled": Filter(bool, lambda given: leg.c.cancelled_on.is_not(None) == given),
        "code": equals(leg.c.code),
        "takes_registrations": equals(leg.c.pool_id.is_not(None), bool),
        "zone_problem": equals(leg.c.zone_problem, ZoneProblem),
    },
    sorts=("starts_on", "code"),
    code="code",
    parts=(Part(leg, ("code",)),),
    refs=(EDITION, COUNTRY),
    check=service.check,
    store=store,
    fixed=("code", "edition_code"),
    constraints={
        "leg_days": refusal(ENDS_FIRST),
        "leg_hours": refusal(ENDS_FIRST),
        "leg_times": refusal(ONE_TIME),
        "leg_within_fiscal_year": refusal(ANOTHER_YEAR),
        "leg_cancelled": refusal(CANCELLED),
        "leg_registers": refusal(WINDOW),
        **CONSTRAINTS,
        "leg_once": service.NUMBER_TAKEN,
    },
    version="2026.1",
)
