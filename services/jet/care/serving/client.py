"""The roster, read through the door as anybody reads it: all of it, whoever is counselled."""

import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx

from services.jet.care.serving.settings import RosterSettings

SCOPE = "jet.roster:read"
_TIMEOUT = httpx.Timeout(120.0, connect=5.0)


async def roster(
    settings: RosterSettings, days: list[date], transport: Any = None
) -> AsyncIterator[dict[str, Any]]:
    """Who serves on one of these days. `httpx.HTTPError` where it cannot be read whole."""
    async with httpx.AsyncClient(base_url=settings.door, timeout=_TIMEOUT, transport=transport) as http:
        answer = await http.post(
            "/oauth/token",
            data={"grant_type": "client_credentials", "scope": SCOPE},
            auth=(settings.care_client, settings.care_secret.get_secret_value()),
        )
        answer.raise_for_status()
        headers = {
            "Authorization": f"Bearer {answer.json()['access_token']}", "Accept": "application/x-ndjson",
        }  # fmt: skip
        for day in days:
            asked = http.stream("GET", "/jet/v1/roster", params={"as_of": day.isoformat()}, headers=headers)
            async with asked as told:
                told.raise_for_status()
                async for line in told.aiter_lines():
                    yield json.loads(line)
