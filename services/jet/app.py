"""The JET service: participants, placements, appointments, the roster and its figures."""

from fastapi import FastAPI

from services.jet.appointments.resource import appointments
from services.jet.early_terminations.resource import early_terminations
from services.jet.participants.resource import participants
from services.jet.placements.resource import placements
from services.jet.roster.resource import roster
from services.jet.statistics.declared import STATISTICS
from services.kit.http.app import create_service
from services.kit.http.mount import mount, router_for
from services.kit.statistics import mount_statistics

RESOURCES = (participants, placements, appointments, early_terminations, roster)


def create_app() -> FastAPI:
    router = router_for("jet")
    matrix = {}
    constraints = {}
    for resource in RESOURCES:
        mount(resource, router)
        matrix |= {k: v for k, v in resource.rows().items() if not k.endswith("_import")}
        constraints |= resource.constraints
    matrix |= mount_statistics(router, STATISTICS)
    return create_service("jet", title="Kakehashi: JET", schema="jet", routers=[router], matrix=matrix, constraints=constraints)
