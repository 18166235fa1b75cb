"""What careers and alumni add to the JET service: resources, commands, statistics and entries of calendars."""

from services.jet.alumni import routes as alumnus
from services.jet.alumni.resource import STATISTICS as ALUMNI
from services.jet.alumni.resource import alumni
from services.jet.alumni_careers.resource import alumni_careers
from services.jet.alumni_chapters.resource import alumni_chapters
from services.jet.chapter_supports.resource import STATISTICS as SUPPORTS
from services.jet.chapter_supports.resource import chapter_supports
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
from services.jet.fairs.statistics import STATISTICS as FAIRS
from services.jet.internship_applications import routes as internship_application
from services.jet.internship_applications.resource import internship_applications
from services.jet.internship_assignments import routes as internship_assignment
from services.jet.internship_assignments.resource import (
    internship_assignment_runs,
    internship_assignments,
    internship_results,
)
from services.jet.internship_evaluations.resource import internship_evaluations
from services.jet.internship_hosts.resource import internship_hosts
from services.jet.internship_periods.resource import internship_periods
from services.jet.internship_records.resource import internship_records
from services.jet.internships.resource import internship_programmes
from services.jet.interview_slots.resource import interview_slots
from services.jet.statistics.internships import STATISTICS as INTERNSHIPS

RESOURCES = (
    career_fairs,
    career_fair_days,
    fair_exhibitors,
    fair_registrations,
    fair_candidates,
    fair_attendances,
    interview_slots,
    fair_interviews,
    internship_programmes,
    internship_periods,
    internship_hosts,
    internship_applications,
    internship_assignment_runs,
    internship_results,
    internship_assignments,
    internship_records,
    internship_evaluations,
    alumni_chapters,
    alumni,
    alumni_careers,
    chapter_supports,
)
COMMANDS = (registration, check_in, interview, internship_application, internship_assignment, alumnus)
STATISTICS = (*FAIRS, *INTERNSHIPS, *ALUMNI, *SUPPORTS)
__all__ = ["CALENDAR", "COMMANDS", "RESOURCES", "STATISTICS"]
