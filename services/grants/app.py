"""The grants service: programmes of CLAIR's sections, their editions of each year, rules, rounds, budgets and applications."""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import FastAPI

from services.grants.adoptions.resource import public_awards
from services.grants.adoptions.statistics import STATISTICS
from services.grants.application_papers import routes as printing
from services.grants.applications import routes as applying
from services.grants.applications.resource import applications
from services.grants.awards import routes as awarding
from services.grants.awards.resource import awards
from services.grants.budget_lines import routes as budgeting
from services.grants.budget_lines.resource import budget_lines
from services.grants.categories.resource import edition_categories
from services.grants.corrections import routes as correcting
from services.grants.corrections.resource import corrections
from services.grants.documents import routes as papers
from services.grants.documents.resource import documents
from services.grants.documents.sections import Sections
from services.grants.editions.resource import editions
from services.grants.entries.resource import ledger_entries
from services.grants.files import routes as filing
from services.grants.files import scanning
from services.grants.files.resource import application_files
from services.grants.form_publications import routes as publishing
from services.grants.forms import routes as form_routes
from services.grants.forms.resource import form_versions
from services.grants.members import routes as joining
from services.grants.members.resource import application_members
from services.grants.panels import conflicts as parting
from services.grants.panels import routes as ranking
from services.grants.panels.resource import panel_members, panels
from services.grants.programmes.resource import programmes
from services.grants.recuts import routes as recutting
from services.grants.relations.resource import declared_relations
from services.grants.reviews import routes as sealing
from services.grants.reviews.resource import reviews
from services.grants.rounds import routes as announcing
from services.grants.rounds.extensions import round_extensions
from services.grants.rounds.public import public_rounds
from services.grants.rounds.resource import rounds
from services.grants.rule_versions import routes as freezing
from services.grants.rule_versions.resource import rule_versions
from services.grants.selections import routes as deciding
from services.grants.selections.resource import selection_entries, selections
from services.grants.selections.telling import tell_due
from services.grants.submissions import routes as snapshots
from services.grants.submissions.resource import submissions
from services.kit.db.session import Database
from services.kit.http.app import create_service
from services.kit.http.figures import mount_statistics
from services.kit.http.mount import router_for
from services.kit.http.slices import assemble
from services.kit.jobs import Work

RESOURCES = (
    programmes,
    editions,
    edition_categories,
    rule_versions,
    form_versions,
    rounds,
    round_extensions,
    public_rounds,
    public_awards,
    budget_lines,
    ledger_entries,
    applications,
    application_members,
    application_files,
    submissions,
    documents,
    corrections,
    declared_relations,
    panels,
    panel_members,
    reviews,
    selections,
    selection_entries,
    awards,
)
COMMANDS = (
    freezing, form_routes, announcing, publishing, budgeting, recutting, applying, joining, filing, correcting, snapshots,
    printing, ranking, parting, sealing, deciding, awarding, papers,
)  # fmt: skip
figures = router_for("grants")
slices = assemble(
    "grants",
    "grants",
    RESOURCES,
    (figures, *(one.router for one in COMMANDS)),
    mount_statistics(figures, STATISTICS)
    | {name: rule for one in COMMANDS for name, rule in one.RULES.items()},
)


def works(database: Database) -> Mapping[str, Work]:
    """What its worker does."""
    return scanning.works(database)


def minutely(database: Database) -> Mapping[str, Callable[[], Awaitable[None]]]:
    """Beside its jobs."""
    return {"tell_results": lambda: tell_due(database)}


def create_app() -> FastAPI:
    Sections()  # a setting that cannot be read is told now, not to whoever applies
    return create_service(
        "grants",
        title="Kakehashi: grants",
        schema="grants",
        routers=slices.routers,
        matrix=slices.matrix,
        constraints=slices.constraints,
    )
