"""The grants service: programmes of CLAIR's sections, their editions of each year, rules, rounds, and budgets."""

from fastapi import FastAPI

from services.grants.budget_lines import routes as budgeting
from services.grants.budget_lines.resource import budget_lines
from services.grants.categories.resource import edition_categories
from services.grants.editions.resource import editions
from services.grants.entries.resource import ledger_entries
from services.grants.forms import routes as form_routes
from services.grants.forms.resource import form_versions
from services.grants.programmes.resource import programmes
from services.grants.rounds import routes as announcing
from services.grants.rounds.extensions import round_extensions
from services.grants.rounds.public import public_rounds
from services.grants.rounds.resource import rounds
from services.grants.rule_versions import routes as freezing
from services.grants.rule_versions.resource import rule_versions
from services.kit.http.app import create_service
from services.kit.http.slices import assemble

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
)
COMMANDS = (freezing, form_routes, announcing, budgeting)
slices = assemble(
    "grants",
    "grants",
    RESOURCES,
    tuple(one.router for one in COMMANDS),
    {name: rule for one in COMMANDS for name, rule in one.RULES.items()},
)


def create_app() -> FastAPI:
    return create_service(
        "grants",
        title="Kakehashi: grants",
        schema="grants",
        routers=slices.routers,
        matrix=slices.matrix,
        constraints=slices.constraints,
    )
