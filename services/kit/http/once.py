"""Answers that hold a secret: shown once, and stored without it."""

from typing import Any

from fastapi import Request
from starlette.responses import Response

from services.kit.http import json

_NO_STORE = {"Cache-Control": "no-store"}


def private(body: dict[str, Any]) -> Response:
    return Response(json.write(body), status_code=201, media_type="application/json", headers=_NO_STORE)


async def shown_once(request: Request, kept: dict[str, Any], shown: dict[str, Any]) -> Response:
    """What is kept for a retry lacks the secrets: a retry makes no second ones, and the table tells nobody the
    first. Who lost the answer asks again with a new Idempotency-Key."""
    await request.state.keyed.store(private(kept))
    request.state.keyed = None
    return private(shown)
