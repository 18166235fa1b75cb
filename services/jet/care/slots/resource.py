"""Slots (相談の枠): when a counsellor has time, by the clocks of a zone of the counsellor's choice.

A participant is shown those that are free for them: of their counsellor once they have one, else of any who is not walled
off from them. Why another is not shown, nothing tells.
"""

from typing import Annotated, Any, get_args
from uuid import UUID

from pydantic import Field, StrictInt, StrictStr
from sqlalchemy import Select, Text, Uuid, and_, cast, exists, func, not_, or_, select

from services.jet.care import access
from services.jet.care.slots import service
from services.jet.care.slots.domain import (
    LONGEST,
    SHORTEST,
    SLOT_OVERLAPS,
    Channel,
    why_not_withdrawn,
)
from services.jet.care.slots.repository import HELD
from services.jet.care.slots.tables import booking, slot
from services.jet.care.tables import care_case
from services.kit import directory
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.japan import cells
from services.kit.resource import Action, Basis, Filter, Resource
from services.kit.wall_time import NOT_SHOWN, Repeated
from services.kit.wire import Day, Flag, Instant, Name, Wire, choice

Zone = Annotated[StrictStr, Field(min_length=1, max_length=64, examples=["Asia/Tokyo"])]
WallTime = Annotated[StrictStr, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d$", examples=["2026-04-01T10:00"])]


class SlotWrite(Wire):
    """`local_start`: what the clocks of `time_zone` show; `repeated_hour`: which of two hours that they show alike."""

    local_start: WallTime
    time_zone: Zone
    minutes: Annotated[StrictInt, Field(ge=SHORTEST, le=LONGEST), cells.INTEGER]
    repeated_hour: Annotated[Repeated | None, choice("repeated_hour", get_args(Repeated))] = None
    channel: Annotated[Channel, choice("slot_channel", get_args(Channel))] = "online"
    counsellor_name: Name | None = None


class Slot(Wire):
    id: UUID
    counsellor_id: UUID
    counsellor_name: str | None
    organisation_code: str | None
    organisation_name: str | None
    channel: Annotated[Channel, choice("slot_channel", get_args(Channel))]
    time_zone: Zone
    local_start: WallTime
    starts_at: Instant
    ends_at: Instant
    taken: Flag
    withdrawn: Flag


def caller_is(role: str) -> Any:
    return select(func.platform.caller_is(role)).scalar_subquery()


def local(instant: Any, zone: Any) -> Any:
    """As the clocks of a zone show it."""
    return func.to_char(func.timezone(zone, instant), 'YYYY-MM-DD"T"HH24:MI', type_=Text())


def source(_: Basis) -> Select[Any]:
    s, o = slot.c, directory.organisation.c
    return select(
        s.id, s.counsellor_id, s.counsellor_name, o.code.label("organisation_code"),
        o.name.label("organisation_name"), s.channel, s.time_zone,
        func.to_char(s.local_start, 'YYYY-MM-DD"T"HH24:MI', type_=Text()).label("local_start"), s.starts_at, s.ends_at,
        HELD.label("taken"), s.withdrawn, s.row_version,
    ).join_from(slot, directory.organisation, o.id == s.organisation_id, isouter=True)  # fmt: skip


def open_to(person: Any) -> Any:
    """The slots that a participant may choose from, and those that they have booked."""
    mine = exists().where(
        booking.c.slot_id == slot.c.id, booking.c.case_id == care_case.c.id, care_case.c.person_id == person
    )
    elsewhere = exists().where(
        care_case.c.person_id == person, care_case.c.state == "open",
        care_case.c.counsellor_id != slot.c.counsellor_id,
    )  # fmt: skip
    walled = func.care.walled(slot.c.counsellor_id, person)
    return or_(mine, and_(not_(HELD), not_(elsewhere), not_(walled)))


def itself(person: Any) -> Any:
    return or_(
        and_(caller_is("counsellor"), slot.c.counsellor_id == person),
        and_(caller_is("participant"), open_to(person)),
    )


slots = Resource(
    service="care",
    schema="care",
    name="care_slot",
    plural="slots",
    read=Slot,
    write=SlotWrite,
    source=source,
    access={"list": access.SLOTS, "read": access.SLOTS, "create": access.SLOTS_WRITE},
    itself=itself,
    filters={
        "counsellor_id": equals(cast(slot.c.counsellor_id, Uuid), UUID),
        "taken": Filter(bool, lambda given: given == HELD),
        "withdrawn": equals(slot.c.withdrawn, bool),
        "starts_from": Filter(Day, lambda given: slot.c.starts_at >= in_japan(given)),
        "starts_before": Filter(Day, lambda given: slot.c.starts_at < in_japan(given)),
    },
    sorts=("starts_at",),
    check=service.check,
    store=service.store,
    actions=(
        Action(
            "withdraw", "/care/v1/slots/{id}/withdrawals", ("counsellor",),
            lambda row: why_not_withdrawn(row["withdrawn"], row["taken"]),
        ),
    ),
    constraints={
        "slot_one_at_a_time": SLOT_OVERLAPS,
        "slot_by_the_clock": Refusal(NOT_SHOWN.code, "conflict", NOT_SHOWN.message, NOT_SHOWN.remedy),
    },
)  # fmt: skip


def in_japan(day: Any) -> Any:
    """The instant at which a day begins in Japan."""
    return func.timezone("Asia/Tokyo", func.date_trunc("day", cast(day, slot.c.local_start.type)))
