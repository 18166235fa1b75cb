"""The events service: it serves its health and its audit alone until its first capability comes."""

from fastapi import FastAPI

from services.kit.http import audit
from services.kit.http.app import create_service
from services.kit.http.mount import router_for

router = router_for("events")
MATRIX = audit.mount("events", "events", router)


def create_app() -> FastAPI:
    return create_service(
        "events",
        title="Kakehashi: overseas events",
        description="海外行事。監査のほかは、まだ何も提供していません。\n\nOverseas events. Nothing is offered here yet but the audit.",
        schema="events",
        routers=[router],
        matrix=MATRIX,
        constraints={},
    )
