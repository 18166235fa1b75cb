"""The service of counselling (相談): a process, a schema, a database role, keys and scopes of its own.

It imports nothing of the rest of JET and is imported by nothing; whoever has no scope of it finds none of its paths.
"""

from fastapi import FastAPI

from services.jet.care import access, keys
from services.jet.care.bookings import calendar
from services.jet.care.bookings import routes as booking
from services.jet.care.bookings.resource import bookings
from services.jet.care.cases.resource import cases
from services.jet.care.slots import routes as slot
from services.jet.care.slots.resource import slots
from services.kit.http.app import create_service
from services.kit.http.calendars import mount_calendar
from services.kit.http.mount import router_for
from services.kit.http.slices import assemble

RESOURCES = (
    cases,
    slots,
    bookings,
)
COMMANDS = (slot, booking)
diary = router_for("care")
slices = assemble(
    "care",
    "care",
    RESOURCES,
    (diary, *(one.router for one in COMMANDS)),
    mount_calendar(
        diary, "care", (calendar.APPOINTMENTS,), access.OWN_BOOKINGS, calendar.TITLE, file="appointments"
    )
    | {n: r for one in COMMANDS for n, r in one.RULES.items()},
    hidden="protector",
)
MATRIX = slices.matrix


async def _with_its_key(_: FastAPI) -> None:
    keys.master()


def create_app() -> FastAPI:
    return create_service(
        "care",
        title="Kakehashi: care",
        description="相談。\n\nCounselling.",
        schema="care",
        routers=slices.routers,
        matrix=slices.matrix,
        constraints=slices.constraints,
        started=_with_its_key,
    )
