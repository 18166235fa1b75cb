"""The service of counselling (相談): a process, a schema, a database role, keys and scopes of its own.

It imports nothing of the rest of JET and is imported by nothing; whoever has no scope of it finds none of its paths.
"""

from fastapi import FastAPI

from services.jet.care import keys
from services.jet.care.cases.resource import cases
from services.jet.care.claims import routes as claiming
from services.jet.care.claims.resource import allowances, claims
from services.jet.care.payments import routes as paying
from services.jet.care.payments.resource import claim_payments
from services.jet.care.rates.resource import exchange_rates, subsidy_terms
from services.jet.care.receipts import routes as receipting
from services.jet.care.receipts.resource import claim_receipts
from services.kit.http.app import create_service
from services.kit.http.slices import assemble

RESOURCES = (
    cases,
    claims,
    claim_receipts,
    allowances,
    claim_payments,
    exchange_rates,
    subsidy_terms,
)
COMMANDS = (claiming, receipting, paying)
slices = assemble(
    "care",
    "care",
    RESOURCES,
    tuple(one.router for one in COMMANDS),
    {name: rule for one in COMMANDS for name, rule in one.RULES.items()},
    hidden="protector",
)
MATRIX = slices.matrix


async def _with_its_key(_: FastAPI) -> None:
    keys.master()


def create_app() -> FastAPI:
    return create_service(
        "care",
        title="Kakehashi: care",
        description="相談。\n\nCounselling.",
        schema="care",
        routers=slices.routers,
        matrix=slices.matrix,
        constraints=slices.constraints,
        started=_with_its_key,
    )
