"""The events service: what the overseas offices and headquarters organise, join, publish and meet for."""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI

from services.events import access
from services.events.agenda_items.resource import agenda_items
from services.events.articles.resource import articles
from services.events.certificates.resource import certificates
from services.events.certificates.statistics import STATISTICS as CERTIFICATES
from services.events.channels.resource import media_channels
from services.events.counts.resource import attendance_counts
from services.events.counts.statistics import STATISTICS as EVENT_COUNTS
from services.events.edition_participants.resource import edition_participants
from services.events.editions.resource import editions
from services.events.events.resource import events
from services.events.hand_overs import routes as handing_over
from services.events.hand_overs.resource import hand_over_matters, hand_overs
from services.events.issues.resource import issues
from services.events.legs.resource import legs
from services.events.legs.rezoning import tell_anew
from services.events.media_coverages.resource import media_coverages
from services.events.meetings import calendar as meeting_calendar
from services.events.meetings.resource import meetings
from services.events.meetings.statistics import STATISTICS as MEETINGS
from services.events.metric_readings.resource import metric_readings
from services.events.metrics.resource import channel_metrics
from services.events.mission_hosts.resource import mission_hosts
from services.events.mission_members.resource import mission_members
from services.events.mission_stops.resource import mission_stops
from services.events.missions.resource import missions
from services.events.missions.statistics import STATISTICS as MISSIONS
from services.events.office_contacts.resource import office_contacts
from services.events.programme_sheets import routes as sheets
from services.events.public_events import calendar
from services.events.public_events.resource import public_events
from services.events.publications.resource import publications
from services.events.publications.statistics import STATISTICS as PUBLICATIONS
from services.events.readings_due.asking import ask
from services.events.readings_due.resource import readings_due
from services.events.readings_due.statistics import STATISTICS as READINGS
from services.events.registrations import routes as registering
from services.events.registrations.resource import registrations
from services.events.served_offices.resource import served_offices
from services.events.staff_training_periods.resource import staff_training_periods
from services.events.staff_trainings.resource import staff_trainings
from services.events.staff_trainings.statistics import STATISTICS as STAFF_TRAININGS
from services.events.stated_figures.resource import stated_figures
from services.events.statistics.tables import STATISTICS as TABLES
from services.events.supports.resource import supports
from services.events.supports.statistics import STATISTICS as SUPPORTS
from services.events.surveys.resource import surveys
from services.events.surveys.statistics import STATISTICS as SURVEYS
from services.events.talks.resource import talks
from services.kit.db.session import Database
from services.kit.http.app import create_service
from services.kit.http.calendars import mount_calendar
from services.kit.http.figures import mount_statistics
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
    certificates,
    talks,
    edition_participants,
    media_coverages,
    attendance_counts,
    stated_figures,
    missions,
    mission_members,
    mission_stops,
    mission_hosts,
    meetings,
    agenda_items,
    staff_trainings,
    staff_training_periods,
    office_contacts,
    supports,
    surveys,
    hand_overs,
    hand_over_matters,
    publications,
    issues,
    articles,
    media_channels,
    channel_metrics,
    metric_readings,
    readings_due,
    served_offices,
)
COMMANDS = (registering, handing_over, sheets)
STATISTICS = (
    *TABLES,
    *EVENT_COUNTS,
    *CERTIFICATES,
    *MISSIONS,
    *MEETINGS,
    *STAFF_TRAININGS,
    *SUPPORTS,
    *SURVEYS,
    *PUBLICATIONS,
    *READINGS,
)
figures = router_for("events")
slices = assemble(
    "events",
    "events",
    RESOURCES,
    (figures, *(one.router for one in COMMANDS)),
    mount_statistics(figures, STATISTICS)
    | mount_calendar(
        figures, "events", (meeting_calendar.SOURCE,), access.EVENTS_OF_CLAIR, Text("会議", "Meetings")
    )
    | mount_calendar(
        figures,
        "events",
        (calendar.SOURCE,),
        access.PUBLIC,
        Text("自治体国際化協会の行事", "Events of CLAIR"),
        path="public/calendar",
    )
    | {name: rule for one in COMMANDS for name, rule in one.RULES.items()},
)
MATRIX = slices.matrix


def daily(database: Database) -> Mapping[str, Callable[[], Awaitable[object]]]:
    """What its worker does once a day."""
    return {"tell_anew": lambda: tell_anew(database), "ask_for_readings": lambda: ask(database)}


def create_app() -> FastAPI:
    return create_service(
        "events",
        title="Kakehashi: overseas events",
        schema="events",
        routers=slices.routers,
        matrix=slices.matrix,
        constraints=slices.constraints,
    )
