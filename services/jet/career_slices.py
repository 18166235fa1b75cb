"""What career fairs add to the JET service: resources, commands, statistics and entries of calendars."""

from services.jet.exhibitors.resource import fair_exhibitors
from services.jet.fair_attendances import routes as check_in
from services.jet.fair_attendances.resource import fair_attendances
from services.jet.fair_candidates.resource import fair_candidates
from services.jet.fair_days.resource import career_fair_days
from services.jet.fair_interviews import routes as interview
from services.jet.fair_interviews.resource import fair_interviews
from services.jet.fair_registrations import routes as registration
from services.jet.fair_registrations.calendar import SOURCES as CALENDAR
from services.jet.fair_registrations.resource import fair_registrations
from services.jet.fairs.resource import career_fairs
from services.jet.fairs.statistics import STATISTICS
from services.jet.interview_slots.resource import interview_slots

RESOURCES = (
    career_fairs,
    career_fair_days,
    fair_exhibitors,
    fair_registrations,
    fair_candidates,
    fair_attendances,
    interview_slots,
    fair_interviews,
)
COMMANDS = (registration, check_in, interview)
__all__ = ["CALENDAR", "COMMANDS", "RESOURCES", "STATISTICS"]
