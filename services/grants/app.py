"""The grants service: it serves its health and its audit alone until its first capability comes."""

from fastapi import FastAPI

from services.kit.http import audit
from services.kit.http.app import create_service
from services.kit.http.mount import router_for

router = router_for("grants")
MATRIX = audit.mount("grants", "grants", router)


def create_app() -> FastAPI:
    return create_service(
        "grants",
        title="Kakehashi: grants",
        description="助成。監査のほかは、まだ何も提供していません。\n\nGrants. Nothing is offered here yet but the audit.",
        schema="grants",
        routers=[router],
        matrix=MATRIX,
        constraints={},
    )
