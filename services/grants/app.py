"""The grants service: programmes of CLAIR's sections, their editions of each year, rules, rounds, budgets and applications."""

from collections.abc import Mapping

from fastapi import FastAPI

from services.grants.applications import routes as applying
from services.grants.applications.resource import applications
from services.grants.budget_lines import routes as budgeting
from services.grants.budget_lines.resource import budget_lines
from services.grants.categories.resource import edition_categories
from services.grants.corrections import routes as correcting
from services.grants.corrections.resource import corrections
from services.grants.editions.resource import editions
from services.grants.entries.resource import ledger_entries
from services.grants.files import routes as filing
from services.grants.files import scanning
from services.grants.files.resource import application_files
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
from services.grants.submissions import routes as snapshots
from services.grants.submissions.resource import submissions
from services.kit.db.session import Database
from services.kit.http.app import create_service
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
    budget_lines,
    ledger_entries,
    applications,
    application_members,
    application_files,
    submissions,
    corrections,
    declared_relations,
    panels,
    panel_members,
    reviews,
)
COMMANDS = (
    freezing, form_routes, announcing, budgeting, recutting, applying, joining, filing, correcting, snapshots, ranking, parting, sealing,
)  # fmt: skip
slices = assemble(
    "grants",
    "grants",
    RESOURCES,
    tuple(one.router for one in COMMANDS),
    {name: rule for one in COMMANDS for name, rule in one.RULES.items()},
)


def works(database: Database) -> Mapping[str, Work]:
    """What its worker does."""
    return scanning.works(database)


def create_app() -> FastAPI:
    return create_service(
        "grants",
        title="Kakehashi: grants",
        schema="grants",
        routers=slices.routers,
        matrix=slices.matrix,
        constraints=slices.constraints,
    )
