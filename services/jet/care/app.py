"""The service of counselling (相談): a process, a schema, a database role, keys and scopes of its own.

It imports nothing of the rest of JET and is imported by nothing; whoever has no scope of it finds none of its paths.
"""

from fastapi import FastAPI

from services.jet.care import keys
from services.jet.care.cases.resource import cases
from services.kit.http.app import create_service
from services.kit.http.slices import assemble

RESOURCES = (cases,)
slices = assemble("care", "care", RESOURCES, hidden="protector")
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
