"""The events service: what the overseas offices and headquarters organise, join, publish and meet for."""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI

from services.events.articles.resource import articles
from services.events.channels.resource import media_channels
from services.events.editions.resource import editions
from services.events.events.resource import events
from services.events.issues.resource import issues
from services.events.legs.resource import legs
from services.events.metric_readings.resource import metric_readings
from services.events.metrics.resource import channel_metrics
from services.events.publications.resource import publications
from services.events.publications.statistics import STATISTICS as PUBLICATIONS
from services.events.readings_due.asking import ask
from services.events.readings_due.resource import readings_due
from services.events.readings_due.statistics import STATISTICS as READINGS
from services.kit.db.session import Database
from services.kit.http.app import create_service
from services.kit.http.figures import mount_statistics
from services.kit.http.mount import router_for
from services.kit.http.slices import assemble
from services.kit.resource import Resource

RESOURCES: tuple[Resource, ...] = (
    events,
    editions,
    legs,
    publications,
    issues,
    articles,
    media_channels,
    channel_metrics,
    metric_readings,
    readings_due,
)
figures = router_for("events")
slices = assemble(
    "events", "events", RESOURCES, (figures,), mount_statistics(figures, (*PUBLICATIONS, *READINGS))
)
MATRIX = slices.matrix


def daily(database: Database) -> Mapping[str, Callable[[], Awaitable[object]]]:
    """What its worker does once a day, beside its jobs."""
    return {"ask_for_readings": lambda: ask(database)}


def create_app() -> FastAPI:
    return create_service(
        "events",
        title="Kakehashi: overseas events",
        schema="events",
        routers=slices.routers,
        matrix=slices.matrix,
        constraints=slices.constraints,
    )
