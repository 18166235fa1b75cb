"""The JET service: participants, placements, appointments, the roster and its figures."""

from fastapi import FastAPI

from services.jet import access, career_slices
from services.jet.answers.resource import reappointment_answers
from services.jet.appointments.resource import appointments
from services.jet.appointments.versions import appointment_versions
from services.jet.attendances import routes as attendance
from services.jet.attendances.presences import meeting_presences
from services.jet.attendances.progress import learning_progresses
from services.jet.attendances.resource import training_attendances
from services.jet.completions import routes as completion
from services.jet.completions.resource import training_completions
from services.jet.consolidations import routes as consolidation
from services.jet.consolidations.resource import placement_consolidations
from services.jet.courses.resource import training_courses
from services.jet.early_terminations.resource import early_terminations
from services.jet.editions.resource import training_editions
from services.jet.enrolments import calendar
from services.jet.enrolments import routes as enrolment
from services.jet.enrolments.resource import training_enrolments
from services.jet.headcounts.resource import training_headcounts
from services.jet.participants.resource import participants
from services.jet.placements.resource import placements
from services.jet.readings.resource import readings
from services.jet.requests.differences import placement_differences
from services.jet.requests.resource import placement_requests
from services.jet.roster.resource import roster
from services.jet.runs import routes as run
from services.jet.runs.resource import training_runs
from services.jet.sessions.resource import training_sessions
from services.jet.statistics.declared import STATISTICS
from services.jet.statistics.trainings import STATISTICS as TRAININGS
from services.jet.submissions import routes as submission
from services.jet.submissions.resource import placement_receipts, placement_remarks, placement_submissions
from services.jet.submissions.statistics import STATISTICS as BOARD
from services.jet.supports.resource import organisation_supports
from services.jet.surveys.resource import placement_surveys
from services.jet.workplaces.resource import workplaces
from services.kit.http.app import create_service
from services.kit.http.calendars import mount_calendar
from services.kit.http.figures import mount_statistics
from services.kit.http.mount import router_for
from services.kit.http.slices import assemble
from services.kit.text import Text

RESOURCES = (
    participants,
    placements,
    appointments,
    appointment_versions,
    workplaces,
    early_terminations,
    roster,
    readings,
    placement_surveys,
    placement_requests,
    reappointment_answers,
    placement_submissions,
    placement_receipts,
    placement_remarks,
    placement_consolidations,
    placement_differences,
    training_courses,
    training_editions,
    training_runs,
    training_sessions,
    training_headcounts,
    organisation_supports,
    training_enrolments,
    training_attendances,
    meeting_presences,
    learning_progresses,
    training_completions,
    *career_slices.RESOURCES,
)
# what has a time, of each slice that has any
CALENDAR = (calendar.SESSIONS, *career_slices.CALENDAR)
FIGURES = (*STATISTICS, *BOARD, *TRAININGS, *career_slices.STATISTICS)
figures = router_for("jet")
COMMANDS = (submission, consolidation, run, enrolment, attendance, completion, *career_slices.COMMANDS)
slices = assemble(
    "jet",
    "jet",
    RESOURCES,
    (figures, *(one.router for one in COMMANDS)),
    mount_statistics(figures, FIGURES)
    | mount_calendar(figures, "jet", CALENDAR, access.SCHEDULES, Text("JETプログラム", "JET Programme"))
    | {n: r for one in COMMANDS for n, r in one.RULES.items()},
)
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
