"""What the services declare, of all of them together: resources, statistics and state machines."""

from services.events.app import RESOURCES as EVENTS
from services.events.app import STATISTICS as OF_EVENTS
from services.events.hand_overs.domain import HAND_OVER
from services.gateway.registry.app import RESOURCES as REGISTRY
from services.gateway.registry.directory import FIGURES as OF_DIRECTORY
from services.grants.adoptions.statistics import STATISTICS as OF_GRANTS
from services.grants.app import RESOURCES as GRANTS
from services.grants.applications.domain import APPLICATION as GRANT_APPLICATION
from services.grants.awards.domain import AWARD
from services.grants.budget_lines.domain import LINE
from services.grants.forms.domain import FORM_VERSION
from services.grants.rounds.domain import ROUND
from services.grants.rule_versions.domain import RULE_VERSION
from services.grants.selections.domain import ENTRY, SELECTION
from services.jet.alumni.domain import ALUMNUS
from services.jet.app import FIGURES as OF_JET
from services.jet.app import RESOURCES as JET
from services.jet.care.bookings.domain import BOOKING
from services.jet.care.cases.domain import CASE
from services.jet.care.claims.domain import CLAIM
from services.jet.care.glass.domain import GLASS
from services.jet.care.referrals.domain import REFERRAL
from services.jet.care.releases.statistics import STATISTICS as OF_COUNSELLING
from services.jet.consolidations.domain import CONSOLIDATION
from services.jet.fair_interviews.domain import INTERVIEW
from services.jet.fair_registrations.domain import CONSENT
from services.jet.internship_applications.domain import APPLICATION
from services.jet.internship_assignments.domain import RUN as ASSIGNMENT_RUN
from services.jet.participants.domain import PARTICIPATION
from services.jet.runs.domain import RUN
from services.jet.submissions.domain import SUBMISSION
from services.kit.capacity import domain as capacity
from services.kit.resource import Resource

RESOURCES: tuple[Resource, ...] = (*REGISTRY, *JET, *GRANTS, *EVENTS)
STATISTICS = (*OF_JET, *OF_COUNSELLING, *OF_DIRECTORY, *OF_GRANTS, *OF_EVENTS)
MACHINES = (
    PARTICIPATION, SUBMISSION, CONSOLIDATION, RUN, capacity.CLAIM, CONSENT, INTERVIEW, APPLICATION, ASSIGNMENT_RUN, ALUMNUS,
    RULE_VERSION, FORM_VERSION, ROUND, LINE, HAND_OVER,
)  # fmt: skip
# of applications for grants, and of counselling, whose commands of the same names are open by these alone
# by the plural of what they guard
GRANT_MACHINES = {
    "applications": GRANT_APPLICATION, "selections": SELECTION, "selection-entries": ENTRY, "awards": AWARD,
}  # fmt: skip
CARE_MACHINES = (CASE, REFERRAL, GLASS, BOOKING, CLAIM)
