"""Days of a career fair (開催日): venue, hours, seats for participants, and the counts that were reported.

The counts are the report's where the fair is counted by headcount, and beside it otherwise. Several days at one venue
are one line of the report: a count of all of them stands at one of them.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import Select, select

from services.jet import access, career_references
from services.jet.career_tables import career_fair, career_fair_day
from services.jet.fair_days.domain import (
    INCOMPLETE_REPORT,
    MORE_THAN_ALL,
    check_hours,
    check_report,
)
from services.jet.fair_days.repository import held
from services.jet.fairs.resource import FairCode
from services.jet.tables import capacity_pool
from services.kit.capacity.domain import CONSTRAINTS
from services.kit.capacity.service import Capacity
from services.kit.db.session import WriteSession
from services.kit.errors import Refusal, refusal
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.resource import Basis, Change, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Day, Instant, Line, Wire, choice
from services.kit.writer import PATCH, store_parts, with_lesser

KEY = ("fair_id", "number")
Number = Annotated[StrictInt, Field(ge=1, le=99), cells.INTEGER]
Count = Annotated[StrictInt, Field(ge=0, lt=10**6), cells.INTEGER]
Qualifier = Literal["exact", "about", "at_least"]
Method = Literal["counted", "estimated", "stated"]


class CareerFairDayWrite(Wire):
    fair_code: FairCode
    day_number: Number
    held_on: Day
    opens_at: Instant
    closes_at: Instant
    venue: Line
    seats: Annotated[Count | None, Called("training_seats")] = None
    reported_participants: Count | None = None
    reported_jet_participants: Count | None = None
    reported_exhibitors: Count | None = None
    qualifier: Annotated[Qualifier, choice("qualifier", get_args(Qualifier))] = "exact"
    method: Annotated[Method | None, choice("headcount_method", get_args(Method))] = None
    reported_on: Day | None = None


class CareerFairDay(CareerFairDayWrite):
    id: UUID
    day_code: str
    taken: int


def source(_: Basis) -> Select[Any]:
    d, f, p = career_fair_day.c, career_fair.c, capacity_pool.c
    return (
        select(
            d.id, d.code.label("day_code"), f.code.label("fair_code"), d.number.label("day_number"), d.held_on,
            d.opens_at, d.closes_at, d.venue, p.seats, p.taken.label("taken"), d.reported_participants,
            d.reported_jet_participants, d.reported_exhibitors, d.qualifier, d.method,
            d.reported_on, d.row_version,
        )
        .join_from(career_fair_day, career_fair, f.id == d.fair_id)
        .join(capacity_pool, p.id == d.pool_id)
    )  # fmt: skip


def derive(row: Row) -> None:
    row["number"] = row["day_number"]
    row["code"] = f"{row['fair_code']}-{row['day_number']}"


async def check(_: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    return {
        row["_row"]: check_hours(row["held_on"], row["opens_at"], row["closes_at"])
        + check_report(
            row["reported_participants"], row["reported_jet_participants"], row["reported_exhibitors"],
            row["reported_on"], row["method"],
        )
        for row in rows
    }  # fmt: skip


async def store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    """A new day opens its pool of seats; other days get the number of seats that the row says."""
    capacity = Capacity(session, "jet", "fair-registrations")
    days = await held(session, rows, ("id",) if PATCH in rows[0] else KEY)
    new = [row for row in rows if row["_row"] not in days]
    pools = await capacity.open_many([row["seats"] for row in new])
    for row, pool in zip(new, pools, strict=True):
        row["pool_id"] = pool
    for row in rows:
        if (day := days.get(row["_row"])) is not None:
            row["pool_id"] = day.pool_id
    changes = await store_parts(session, career_fair_days, rows, insert_only)
    resized = {
        row["_row"]: row for row in rows if row["_row"] in days and days[row["_row"]].seats != row["seats"]
    }
    if not resized or insert_only:
        return changes
    await capacity.resize_many({row["pool_id"]: row["seats"] for row in resized.values()})
    lesser = [
        Change(number, "UPDATE", days[number].id, {"seats": days[number].seats}, {"seats": row["seats"]})
        for number, row in resized.items()
    ]
    return await with_lesser(session, career_fair_day, {one.row: one for one in changes}, lesser)


OUT_OF_ORDER = Refusal(
    "day_hours", "payload",
    Text("開催日と時刻が合いません", "The day and its hours do not fit"),
    Text("開催日、開始、終了を確認してください。", "Check the day, and when it opens and closes."),
)  # fmt: skip
SLOTS_OUTSIDE = Refusal(
    "interview_outside_day", "conflict",
    Text("面談の枠が開催時間の外になります", "An interview would lie outside the day's hours"),
    Text("面談の時刻を開催時間の中にするか、開催時間を戻してください。",
         "Choose a time within the day's hours, or leave the hours as they were."),
)  # fmt: skip

career_fair_days = Resource(
    service="jet",
    schema="jet",
    name="career_fair_day",
    plural="career-fair-days",
    read=CareerFairDay,
    write=CareerFairDayWrite,
    source=source,
    access={
        "list": access.FAIRS,
        "read": access.FAIRS,
        "create": access.FAIRS_WRITE,
        "change": access.FAIRS_WRITE,
        "import": access.FAIRS_WRITE,
    },
    code="day_code",
    filters={
        "fair": equals(career_fair.c.code),
        "fiscal_year": equals(career_fair.c.fiscal_year, int),
        "venue": equals(career_fair_day.c.venue),
        "held_on": equals(career_fair_day.c.held_on, Day),
    },
    sorts=("held_on", "day_code"),
    parts=(Part(career_fair_day, KEY, once=("pool_id",)),),
    refs=(career_references.FAIR,),
    derive=derive,
    check=check,
    store=store,
    fixed=("fair_code", "day_number"),
    constraints={
        **CONSTRAINTS,
        "career_fair_day_in_order": OUT_OF_ORDER,
        "career_fair_day_reported": refusal(INCOMPLETE_REPORT),
        "career_fair_day_of_whom": refusal(MORE_THAN_ALL),
        "interview_slot_within_day": SLOTS_OUTSIDE,
    },
    version="2026.1",
)
