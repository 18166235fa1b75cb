"""A service's ASGI app in the test's own process: its real lifespan, a real database, tokens like the door's.

Requests are named by their operationId; method and path are those of the app's routes.
"""

import asyncio
import json
import os
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute

from services.keys import CARE_KEY, create_keys
from services.kit.auth.keys import load_key
from services.kit.auth.scope import Rule
from services.kit.auth.tokens import INTERNAL_HEADER, InternalToken, mint_internal
from services.kit.ids import OrganisationId, PersonId
from services.openapi import FOLDER
from services.postgres import PrivatePostgres

ISSUER = "https://kakehashi.example"
T = TypeVar("T")


@dataclass(frozen=True)
class Caller:
    """Who asks. `scopes` None means every scope that the service knows."""

    role: str
    client: str = ""
    organisation: UUID | None = None
    person: UUID | None = None
    scopes: frozenset[str] | None = None

    def only(self, *scopes: str) -> "Caller":
        return replace(self, scopes=frozenset(scopes))


class Serving:
    def __init__(
        self, name: str, app: FastAPI, keys: Path, runner: asyncio.Runner, http: httpx.AsyncClient
    ) -> None:
        self.name, self.app, self._keys, self._runner, self._http = name, app, keys, runner, http
        self.matrix: Mapping[str, Rule] = app.state.service.matrix
        self.routes: dict[str, tuple[str, str]] = {
            route.operation_id: (method, route.path)
            for route in app.routes
            if isinstance(route, APIRoute) and route.operation_id and route.include_in_schema
            for method in route.methods or ()
        }
        self._scopes = frozenset(rule.scope for rule in self.matrix.values() if rule.scope) | {"history:load"}
        self._signer = load_key(keys / "door.jwk", "Ed25519", private=True)

    @property
    def document(self) -> dict[str, Any]:
        return contract(self.name)

    def token(self, route: str, caller: Caller, *, audience: str = "", lifetime: int = 30) -> str:
        now = int(time.time())
        claims = InternalToken(
            audience=audience or self.name, route=route, client=caller.client or caller.role, role=caller.role,
            organisation=OrganisationId(caller.organisation) if caller.organisation else None,
            person=PersonId(caller.person) if caller.person else None,
            scopes=self._scopes if caller.scopes is None else caller.scopes, outer="outer",
            issued_at=now + lifetime - 30, expires_at=now + lifetime,
        )  # fmt: skip
        return mint_internal(claims, self._signer)

    async def send(
        self, operation: str, caller: Caller | None, headers: Mapping[str, str] = {}, *, token: str | None = None,
        path: Mapping[str, object] = {}, **options: Any,
    ) -> httpx.Response:  # fmt: skip
        """`caller` None sends no token at all, unless one is given; a POST gets a fresh Idempotency-Key.

        `method` and `url` among the options stand for those that the operation names.
        """
        method, template = self.routes[operation]
        made = {"Idempotency-Key": str(uuid4())} if method == "POST" else {}
        if token is None and caller is not None:
            token = self.token(operation, caller)
        if token is not None:
            made[INTERNAL_HEADER] = token
        said = {
            "method": method,
            "url": template.format(**path) if path or "url" not in options else "",
        } | options
        return await self._http.request(headers={**made, **headers}, **said)

    def call(
        self, operation: str, caller: Caller | None, headers: Mapping[str, str] = {}, **options: Any
    ) -> httpx.Response:
        return self.run(self.send(operation, caller, headers, **options))

    def post(self, url: str, route: str, caller: Caller, body: object) -> httpx.Response:
        """To a route that the contract does not tell of."""
        headers = {INTERNAL_HEADER: self.token(route, caller)}
        return self.run(self._http.post(url, headers=headers, json=body))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """On the loop of the app; several `send` at once are requests in parallel."""
        return self._runner.run(work)


@contextmanager
def serving(
    name: str, create: Callable[[], FastAPI], postgres: PrivatePostgres, keys: Path, user: str = ""
) -> Iterator[Serving]:
    """`name` is the service as tokens name it; it connects as `<name>_app` unless told otherwise."""
    create_keys(keys)
    environment = {
        "DATABASE_URL": postgres.url(user=user or f"{name}_app"),
        "KAKEHASHI_KEYS": str(keys),
        "KAKEHASHI_ISSUER": ISSUER,
        "KAKEHASHI_CARE_KEY": (keys / CARE_KEY).read_text(),
    }
    app = create()
    with asyncio.Runner() as runner:
        lifespan = app.router.lifespan_context(app)
        with patch.dict(os.environ, environment):
            runner.run(lifespan.__aenter__())
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://service")
        try:
            yield Serving(name, app, keys, runner, http)
        finally:
            runner.run(http.aclose())
            runner.run(lifespan.__aexit__(None, None, None))


@cache
def contract(service: str) -> dict[str, Any]:
    """As it is committed, which tests/contract/test_openapi.py holds to what is served: that takes seconds to make."""
    made: dict[str, Any] = json.loads((FOLDER / f"{service}.json").read_text(encoding="utf-8"))
    return made
