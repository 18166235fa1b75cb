"""The registry: issuer, clients, people and the directory. One list of slices makes the service."""

from typing import Protocol

from fastapi import APIRouter, FastAPI

from services.gateway.registry import directory
from services.gateway.registry.clients import routes as clients
from services.gateway.registry.issuer import routes as issuer
from services.gateway.registry.queries import routes as queries
from services.gateway.registry.sandbox import routes as sandbox
from services.gateway.registry.sessions import letters
from services.gateway.registry.sessions import routes as sessions
from services.gateway.registry.support import routes as support
from services.kit.auth.scope import Rule
from services.kit.errors import Refusal
from services.kit.http.app import create_service


class Slice(Protocol):
    """A module with its routes and their rows of the access matrix; CONSTRAINTS where it has any."""

    @property
    def router(self) -> APIRouter: ...

    @property
    def RULES(self) -> dict[str, Rule]: ...


# what the worker takes files of
RESOURCES = (*directory.RESOURCES, *clients.RESOURCES)
works = letters.works  # and what else it does
SLICES: tuple[Slice, ...] = (issuer, clients, queries, sandbox, sessions, support, directory)
MATRIX: dict[str, Rule] = {name: rule for slice_ in SLICES for name, rule in slice_.RULES.items()}


async def _start(app: FastAPI) -> None:
    queries.start(app)
    await issuer.start(app)


def create_app() -> FastAPI:
    constraints: dict[str, Refusal] = {}
    for slice_ in SLICES:
        constraints |= getattr(slice_, "CONSTRAINTS", {})
    return create_service(
        "registry",
        title="Kakehashi registry",
        schema="identity",
        routers=[slice_.router for slice_ in SLICES],
        matrix=MATRIX,
        constraints=constraints,
        started=_start,
    )
