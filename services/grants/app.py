"""The grants service: it serves its health and an empty OpenAPI until its first capability comes."""

from fastapi import FastAPI

from services.kit.http.app import create_service


def create_app() -> FastAPI:
    return create_service(
        "grants",
        title="Kakehashi: grants",
        description="助成。まだ何も提供していません。\n\nGrants. Nothing is offered here yet.",
        schema="grants",
        routers=[],
        matrix={},
        constraints={},
    )
