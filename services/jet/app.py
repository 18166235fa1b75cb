"""The JET service: participants, placements, appointments, the roster and its figures."""

from fastapi import FastAPI

from services.jet.appointments.resource import appointments
from services.jet.appointments.versions import appointment_versions
from services.jet.early_terminations.resource import early_terminations
from services.jet.participants.resource import participants
from services.jet.placements.resource import placements
from services.jet.roster.resource import roster
from services.jet.statistics.declared import STATISTICS
from services.jet.workplaces.resource import workplaces
from services.kit.http.app import create_service
from services.kit.http.figures import mount_statistics
from services.kit.http.mount import router_for
from services.kit.http.slices import assemble

RESOURCES = (
    participants,
    placements,
    appointments,
    appointment_versions,
    workplaces,
    early_terminations,
    roster,
)
figures = router_for("jet")
slices = assemble("jet", "jet", RESOURCES, (figures,), mount_statistics(figures, STATISTICS))
MATRIX = slices.matrix


def create_app() -> FastAPI:
    return create_service(
        "jet",
        title="Kakehashi: JET",
        schema="jet",
        routers=slices.routers,
        matrix=slices.matrix,
        constraints=slices.constraints,
    )
