"""The events service: what the overseas offices and headquarters organise, join, publish and meet for."""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI

from services.events import access
from services.events.editions.resource import editions
from services.events.events.resource import events
from services.events.legs.resource import legs
from services.events.legs.rezoning import tell_anew
from services.events.public_events import calendar
from services.events.public_events.resource import public_events
from services.events.registrations import routes as registering
from services.events.registrations.resource import registrations
from services.kit.db.session import Database
from services.kit.http.app import create_service
from services.kit.http.calendars import mount_calendar
from services.kit.http.mount import router_for
from services.kit.http.slices import assemble
from services.kit.resource import Resource
from services.kit.text import Text

RESOURCES: tuple[Resource, ...] = (
    events,
    editions,
    legs,
    registrations,
    public_events,
)
COMMANDS = (registering,)
figures = router_for("events")
slices = assemble(
    "events",
    "events",
    RESOURCES,
    (figures, *(one.router for one in COMMANDS)),
    mount_calendar(
        figures, "events", (calendar.SOURCE,), access.PUBLIC, Text("自治体国際化協会の行事", "Events of CLAIR"),
        path="public/calendar",
    )
    | {name: rule for one in COMMANDS for name, rule in one.RULES.items()},
)  # fmt: skip
MATRIX = slices.matrix


def daily(database: Database) -> Mapping[str, Callable[[], Awaitable[object]]]:
    """What its worker does once a day."""
    return {"tell_anew": lambda: tell_anew(database)}


def create_app() -> FastAPI:
    return create_service(
        "events",
        title="Kakehashi: overseas events",
        schema="events",
        routers=slices.routers,
        matrix=slices.matrix,
        constraints=slices.constraints,
    )
