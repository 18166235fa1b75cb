"""Bookings (相談の予約): when a participant and a counsellor meet, by the clocks of both."""

from typing import Annotated, Any, get_args
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, cast, func, not_, or_, select

from services.jet.care import access
from services.jet.care.bookings import service
from services.jet.care.bookings.domain import BUSY_THEN, NOT_FREE, CancelledBy, State, why_closed
from services.jet.care.slots.domain import Channel
from services.jet.care.slots.resource import WallTime, Zone, caller_is, in_japan, local
from services.jet.care.slots.tables import booking, slot
from services.jet.care.tables import care_case
from services.kit import directory
from services.kit.fields import equals
from services.kit.resource import Action, Basis, Filter, Resource
from services.kit.wire import Day, Instant, Wire, choice


class BookingWrite(Wire):
    """`time_zone`: by whose clocks the participant is shown the time."""

    slot_id: UUID
    time_zone: Zone = "Asia/Tokyo"


class Booking(Wire):
    """`time_zone` and what its clocks show are forgotten with the case."""

    id: UUID
    slot_id: UUID
    pseudonym: str
    counsellor_id: UUID
    counsellor_name: str | None
    organisation_name: str | None
    channel: Annotated[Channel, choice("slot_channel", get_args(Channel))]
    starts_at: Instant
    ends_at: Instant
    time_zone: Zone | None
    local_start: WallTime | None
    counsellor_zone: Zone
    counsellor_start: WallTime
    state: Annotated[State, choice("care_booking_state", get_args(State))]
    cancelled_by: Annotated[CancelledBy | None, choice("cancelled_by", get_args(CancelledBy))]
    booked_at: Instant


def source(_: Basis) -> Select[Any]:
    b, s, c, o = booking.c, slot.c, care_case.c, directory.organisation.c
    return (
        select(
            b.id, b.slot_id, c.pseudonym, b.counsellor_id, s.counsellor_name, o.name.label("organisation_name"),
            s.channel, b.starts_at, b.ends_at, b.participant_zone.label("time_zone"),
            local(b.starts_at, b.participant_zone).label("local_start"), s.time_zone.label("counsellor_zone"),
            local(b.starts_at, s.time_zone).label("counsellor_start"), b.state, b.cancelled_by, b.booked_at,
            b.row_version, func.platform.now().label("now"),
        )
        .join_from(booking, slot, s.id == b.slot_id)
        .join(care_case, c.id == b.case_id)
        .join(directory.organisation, o.id == s.organisation_id, isouter=True)
    )  # fmt: skip


def itself(person: Any) -> Any:
    """Of a case that went to another counsellor, or beyond a wall, the bookings went along."""
    c = care_case.c
    counsels = and_(
        caller_is("counsellor"), booking.c.counsellor_id == person, c.counsellor_id == person,
        not_(func.care.walled(person, c.person_id)),
    )  # fmt: skip
    return or_(counsels, and_(caller_is("participant"), c.person_id == person))


def _action(name: str, noun: str, *roles: str) -> Action:
    return Action(
        name, f"/care/v1/bookings/{{id}}/{noun}", roles,
        lambda row: why_closed(name, row["state"], row["starts_at"], row["now"]),
    )  # fmt: skip


bookings = Resource(
    service="care",
    schema="care",
    name="care_booking",
    plural="bookings",
    read=Booking,
    write=BookingWrite,
    source=source,
    access={"list": access.BOOKINGS, "read": access.BOOKINGS, "create": access.BOOKS},
    itself=itself,
    filters={
        "state": equals(booking.c.state, State),
        "pseudonym": equals(care_case.c.pseudonym),
        "counsellor_id": equals(cast(booking.c.counsellor_id, Uuid), UUID),
        "starts_from": Filter(Day, lambda given: booking.c.starts_at >= in_japan(given)),
        "starts_before": Filter(Day, lambda given: booking.c.starts_at < in_japan(given)),
    },
    sorts=("starts_at",),
    check=service.check,
    store=service.store,
    actions=(
        _action("cancel", "cancellations", "participant", "counsellor"),
        _action("hold", "meetings", "counsellor", "care_officer"),
        _action("miss", "absences", "counsellor", "care_officer"),
    ),
    constraints={
        "slot_hold_pkey": NOT_FREE,
        "booking_one_per_slot": NOT_FREE,
        "booking_of_its_case": NOT_FREE,
        "booking_one_at_a_time": BUSY_THEN,
    },
)
