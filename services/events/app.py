"""The events service: what the overseas offices and headquarters organise, join, publish and meet for."""

from fastapi import FastAPI

from services.events.certificates.resource import certificates
from services.events.certificates.statistics import STATISTICS as CERTIFICATES
from services.events.editions.resource import editions
from services.events.events.resource import events
from services.events.legs.resource import legs
from services.kit.http.app import create_service
from services.kit.http.figures import mount_statistics
from services.kit.http.mount import router_for
from services.kit.http.slices import assemble
from services.kit.resource import Resource

RESOURCES: tuple[Resource, ...] = (
    events,
    editions,
    legs,
    certificates,
)
figures = router_for("events")
slices = assemble(
    "events",
    "events",
    RESOURCES,
    (figures,),
    mount_statistics(figures, (*CERTIFICATES,)),
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
