"""The service of counselling (相談): a process, a schema, a database role, keys and scopes of its own.

It imports nothing of the rest of JET and is imported by nothing; whoever has no scope of it finds none of its paths.
"""

from fastapi import FastAPI

from services.jet.care import keys
from services.jet.care.cases.resource import cases
from services.jet.care.releases import routes as release
from services.jet.care.releases.resource import figure_releases, release_readings
from services.jet.care.releases.statistics import STATISTICS
from services.jet.care.returns.resource import vendor_returns
from services.kit.http.app import create_service
from services.kit.http.figures import mount_statistics
from services.kit.http.mount import router_for
from services.kit.http.slices import assemble

RESOURCES = (cases, vendor_returns, figure_releases, release_readings)
COMMANDS = (release,)
figures = router_for("care")
slices = assemble(
    "care",
    "care",
    RESOURCES,
    (figures, *(one.router for one in COMMANDS)),
    mount_statistics(figures, STATISTICS) | {n: r for one in COMMANDS for n, r in one.RULES.items()},
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
