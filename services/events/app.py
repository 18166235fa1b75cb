"""The events service: it serves its health and an empty OpenAPI until its first capability comes."""

from fastapi import FastAPI

from services.kit.http.app import create_service


def create_app() -> FastAPI:
    return create_service(
        "events",
        title="Kakehashi: overseas events",
        description="海外行事。まだ何も提供していません。\n\nOverseas events. Nothing is offered here yet.",
        schema="events",
        routers=[],
        matrix={},
        constraints={},
    )
