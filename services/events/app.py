"""The events service: what the overseas offices and headquarters organise, join, publish and meet for."""

from fastapi import FastAPI

from services.events.editions.resource import editions
from services.events.events.resource import events
from services.events.hand_overs import routes as handing_over
from services.events.hand_overs.resource import hand_over_matters, hand_overs
from services.events.legs.resource import legs
from services.events.office_contacts.resource import office_contacts
from services.events.supports.resource import supports
from services.events.supports.statistics import STATISTICS as SUPPORTS
from services.events.surveys.resource import surveys
from services.events.surveys.statistics import STATISTICS as SURVEYS
from services.kit.http.app import create_service
from services.kit.http.figures import mount_statistics
from services.kit.http.mount import router_for
from services.kit.http.slices import assemble
from services.kit.resource import Resource

RESOURCES: tuple[Resource, ...] = (
    events,
    editions,
    legs,
    office_contacts,
    supports,
    surveys,
    hand_overs,
    hand_over_matters,
)
COMMANDS = (handing_over,)
figures = router_for("events")
slices = assemble(
    "events",
    "events",
    RESOURCES,
    (figures, *(one.router for one in COMMANDS)),
    mount_statistics(figures, (*SUPPORTS, *SURVEYS))
    | {name: rule for one in COMMANDS for name, rule in one.RULES.items()},
)
MATRIX = slices.matrix


def create_app() -> FastAPI:
    return create_service(
        "events",
        title="Kakehashi: overseas events",
        schema="events",
        routers=slices.routers,
        matrix=slices.matrix,
        constraints=slices.constraints,
    )
