"""The first wall: who calls, may they, and the transaction that carries their scope."""

import hashlib
import json
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import text
from starlette.responses import Response

from services.kit import audit
from services.kit.auth.principal import Principal
from services.kit.auth.scope import Rule, Scope
from services.kit.auth.tokens import INTERNAL_HEADER, TokenRefused
from services.kit.db.session import ReadSession, WriteSession
from services.kit.errors import (
    ABSENT,
    FORBIDDEN,
    KEY_IN_FLIGHT,
    KEY_REQUIRED,
    KEY_REUSED,
    MALFORMED,
    PARAMETERS,
    PERSON_REQUIRED,
    UNSIGNED,
    FieldError,
)
from services.kit.http.service import Service
from services.kit.http.validation import UNKNOWN

ANONYMOUS = Principal("anonymous", None, "anonymous", None, frozenset())
_SWEPT = 100
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


def admit(request: Request) -> Scope:
    """The caller and its reach in this operation, by the access matrix; refuses everybody else.

    The route asks before it reads anything of the request; whoever asks again is told the same.
    """
    state = request.scope["state"]
    if "admitted" not in state:
        state["admitted"] = _admitted(request)
    admitted: Scope = state["admitted"]
    return admitted


def _admitted(request: Request) -> Scope:
    scope = _caller(request)
    if b"%00" in request.scope["query_string"]:
        raise MALFORMED()
    if request.scope["query_string"] and not request.scope["route"].dependant.query_params:
        raise PARAMETERS(
            FieldError("", "field_unknown", *UNKNOWN)
        )  # a route with parameters refuses others itself
    return scope


def _caller(request: Request) -> Scope:
    service = service_of(request)
    route: str = request.scope["route"].operation_id
    rule: Rule = service.matrix[route]
    request_id: str = request.scope["state"]["request_id"]
    if rule.public:
        return Scope(ANONYMOUS, "all", request_id)
    try:
        principal = service.verifier.verify(request.headers.get(INTERNAL_HEADER, ""), route)
    except TokenRefused:
        raise ABSENT() if rule.hidden else UNSIGNED() from None
    reach = rule.roles.get(principal.role)
    if reach is None or rule.scope not in principal.scopes:
        raise ABSENT() if rule.hidden else FORBIDDEN()
    if rule.human and principal.person is None:
        raise PERSON_REQUIRED()
    return Scope(principal, reach, request_id)


async def record_session(request: Request) -> AsyncIterator[ReadSession]:
    """Of a resource's read, which notes by itself what it shows (`services.kit.http.reads`)."""
    async with service_of(request).database.reading(admit(request)) as session:
        yield session


async def read_session(request: Request) -> AsyncIterator[ReadSession]:
    """An audited read that is no resource's is noted, for good, before anything is shown."""
    scope, service = admit(request), service_of(request)
    route: str = request.scope["route"].operation_id
    if service.matrix[route].audited:
        async with service.database.writing(scope) as noting:
            await audit.entry(noting, service.schema, "read", route, after={"route": route})
    async with service.database.reading(scope) as session:
        yield session


async def counting_session(request: Request) -> AsyncIterator[ReadSession]:
    scope = admit(request)
    async with service_of(request).database.counting(scope) as session:
        yield session


async def write_session(request: Request) -> AsyncIterator[WriteSession]:
    """One transaction; with a key, the twin of an earlier request is answered from what was stored."""
    scope = admit(request)
    async with service_of(request).database.writing(scope) as session:
        if request.method in ("POST", "PATCH"):
            request.state.keyed = await Keyed.claim(request, session)
        yield session


Reading = Annotated[ReadSession, Depends(read_session, scope="request")]
OfRecord = Annotated[ReadSession, Depends(record_session, scope="request")]
Counting = Annotated[ReadSession, Depends(counting_session, scope="request")]
Writing = Annotated[WriteSession, Depends(write_session, scope="function")]


class Replay(Exception):
    """Not an error: the answer that was stored with the effect."""

    def __init__(self, response: Response) -> None:
        self.response = response


class Keyed:
    """One Idempotency-Key in its transaction. The lock is released only when the transaction ends."""

    def __init__(self, session: WriteSession, table: str, route: str, key: str, digest: bytes) -> None:
        self.session, self.table, self.route, self.key, self.digest = session, table, route, key, digest

    @classmethod
    async def claim(
        cls, request: Request, session: WriteSession, digest: bytes | None = None
    ) -> "Keyed | None":
        """`digest` stands for a body that was streamed away and cannot be read again."""
        if request.method == "PATCH" and "idempotency-key" not in request.headers:
            return None
        key = cls.key_of(request)
        route: str = request.scope["route"].operation_id
        keyed = cls(
            session, f"{service_of(request).schema}.idempotency", route, key, digest or await _digest(request)
        )
        await keyed._lock()
        stored = await keyed._stored()
        if stored is not None:
            raise Replay(stored)
        return keyed

    @staticmethod
    def key_of(request: Request) -> str:
        key = request.headers.get("idempotency-key", "")
        if not _KEY.fullmatch(key):
            raise KEY_REQUIRED()
        return key

    @property
    def _where(self) -> dict[str, Any]:
        return {"caller": self.session.scope.caller_key, "route": self.route, "key": self.key}

    async def _lock(self) -> None:
        name = f"{self.table}\0{self.session.scope.caller_key}\0{self.route}\0{self.key}"
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        taken = await self.session.scalar(
            text("SELECT pg_try_advisory_xact_lock(:number)"), {"number": number}
        )
        if not taken:
            raise KEY_IN_FLIGHT()

    async def _stored(self) -> Response | None:
        found = await self.session.execute(
            text(
                f"SELECT body_hash, status, headers, body FROM {self.table} "
                "WHERE caller = :caller AND route = :route AND key = :key AND created_at > now() - interval '7 days'"
            ),
            self._where,
        )
        row = found.one_or_none()
        if row is None:
            return None
        if bytes(row.body_hash) != self.digest:
            raise KEY_REUSED()
        headers = dict(row.headers) | {"Idempotency-Replayed": "true"}
        return Response(bytes(row.body), status_code=row.status, headers=headers)

    async def store(self, response: Response) -> None:
        """With the effect. A caller's own answers of more than seven days ago go at the same time, a few at once:
        no service needs a worker for it, and nobody's wall a gap."""
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        await self.session.execute(
            text(
                f"WITH old AS (SELECT route, key FROM {self.table} "
                "WHERE caller = :caller AND created_at < now() - interval '7 days' AND (route, key) <> (:route, :key) "
                f"LIMIT {_SWEPT} FOR UPDATE SKIP LOCKED), swept AS (DELETE FROM {self.table} AS t USING old "
                "WHERE t.caller = :caller AND t.route = old.route AND t.key = old.key) "
                f"INSERT INTO {self.table} (caller, route, key, body_hash, status, headers, body) "
                "VALUES (:caller, :route, :key, :digest, :status, CAST(:headers AS jsonb), :body) "
                # a key older than its seven days gives way to its new use
                "ON CONFLICT (caller, route, key) DO UPDATE SET body_hash = excluded.body_hash, "
                "status = excluded.status, headers = excluded.headers, body = excluded.body, created_at = now()"
            ),
            self._where
            | {
                "digest": self.digest,
                "status": response.status_code,
                "headers": json.dumps(headers),
                "body": bytes(response.body),
            },
        )


async def _digest(request: Request) -> bytes:
    said = (
        f"{request.method} {request.url.path}?{request.url.query} {request.headers.get('content-type', '')}"
    )
    service, content = service_of(request), said.encode() + b"\0" + await request.body()
    if service.matrix[request.scope["route"].operation_id].hidden:
        return service.cursors.digest(content)  # a word or two could be guessed from a plain hash
    return hashlib.sha256(content).digest()
