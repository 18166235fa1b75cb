"""The directory's routes alone, served like any service: what the tests of the kit call."""

from fastapi import FastAPI

from services.gateway.registry import directory
from services.kit.http.app import create_service


def create() -> FastAPI:
    return create_service(
        "registry",
        title="directory",
        schema="identity",
        routers=[directory.router],
        matrix=directory.RULES,
        constraints=directory.CONSTRAINTS,
    )
