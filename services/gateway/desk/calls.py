"""Calls through the door: as the person of a session, or as the desk itself to begin, turn and end sessions.

The desk's key alone is good for nobody: a person's token is given only while a session of theirs runs (ADR 0022).
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import httpx
from joserfc import jwt

from services.gateway.desk.contracts import Operation
from services.gateway.desk.settings import DeskSettings
from services.kit.auth.keys import load_key
from services.kit.ids import uuid7

CLIENT = "desk"
_ASSERTION_SECONDS, _RENEW_BEFORE = 60, 20.0
_ASSERTED = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_MOST_HELD = 5_000
_TIMEOUT = httpx.Timeout(60.0, connect=5.0)

Query = Mapping[str, str | int | bool | None]
Content = bytes | AsyncIterable[bytes]


class Cookie(NamedTuple):
    """A session as its browser names it: its number, and whose it is."""

    number: str
    person: str


@dataclass(frozen=True, slots=True)
class Standing:
    role: str
    organisation_code: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """A person's token with what it is for. `until`: of the desk's own clock, when to ask for the next."""

    token: str
    until: float
    person: str
    name: str
    ends_at: str
    standing: Standing
    standings: tuple[Standing, ...]


class Unreachable(Exception):
    """The door does not answer, or with nothing that is an answer of ours."""


class Calls:
    def __init__(self, settings: DeskSettings) -> None:
        self._issuer = settings.issuer
        self._key = load_key(settings.keys / "desk.jwk", "ES256", private=True)
        self._http = httpx.AsyncClient(
            base_url=settings.door, timeout=_TIMEOUT, limits=httpx.Limits(max_connections=200)
        )
        self._held: OrderedDict[bytes, Held] = OrderedDict()
        self._own: tuple[str, float] = ("", 0.0)

    async def stop(self) -> None:
        await self._http.aclose()

    async def held(self, cookie: Cookie, *, anew: bool = False) -> Held | None:
        """None where the session runs no more, or its person can come in as nobody today. What is held may be older
        than that: whoever calls a service with it is told so; whoever calls none asks `anew`."""
        name = _name(cookie)
        held = None if anew else self._held.get(name)
        if held is not None and held.until > time.monotonic():
            return held
        assertion = self._assertion("authorization-grant+jwt", cookie.person, sid=cookie.number)
        said = await self._token({"grant_type": _JWT_BEARER, "assertion": assertion})
        if said is None:
            self.forget(cookie)
            return None
        self._held[name] = held = _held(said)
        while len(self._held) > _MOST_HELD:
            self._held.popitem(last=False)
        return held

    def forget(self, cookie: Cookie) -> None:
        """What was held for this session: it has turned or ended, or its token was refused."""
        self._held.pop(_name(cookie), None)

    async def own(self) -> str:
        token, until = self._own
        if until > time.monotonic():
            return token
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTED,
            "client_assertion": self._assertion("client-authentication+jwt", CLIENT),
            "scope": "sessions:write",
        }
        said = await self._token(form)
        if said is None:
            raise Unreachable("the desk is not known to the registry")
        self._own = said["access_token"], time.monotonic() + said["expires_in"] - _RENEW_BEFORE
        return self._own[0]

    async def send(
        self,
        operation: Operation,
        token: str,
        headers: Mapping[str, str],
        *,
        path: Mapping[str, object],
        query: Query,
        json: Any = None,
        content: Content | None = None,
    ) -> httpx.Response:
        """An answer whose body is still on its way: read it or close it."""
        given = {name: value for name, value in query.items() if value is not None}
        request = self._http.build_request(
            operation.method,
            operation.path(path),
            params=given,
            json=json,
            content=content,
            headers={"Authorization": f"Bearer {token}", **headers},
        )
        if operation.method == "POST":
            request.headers.setdefault("Idempotency-Key", str(uuid7()))
        try:
            return await self._http.send(request, stream=True)
        except httpx.HTTPError as error:
            raise Unreachable(type(error).__name__) from error

    async def _token(self, form: dict[str, str]) -> dict[str, Any] | None:
        try:
            answer = await self._http.post("/oauth/token", data=form)
        except httpx.HTTPError as error:
            raise Unreachable(type(error).__name__) from error
        if answer.status_code in (400, 401):
            return None
        if answer.status_code != 200:
            raise Unreachable(str(answer.status_code))
        said: dict[str, Any] = answer.json()
        return said

    def _assertion(self, kind: str, subject: str, **claims: str) -> str:
        now = int(time.time())
        header = {"alg": "ES256", "typ": kind, "kid": self._key.kid}
        said = {"iss": CLIENT, "sub": subject, "aud": self._issuer, "jti": str(uuid7()), "iat": now}
        return jwt.encode(header, said | {"exp": now + _ASSERTION_SECONDS} | claims, self._key)


def _name(cookie: Cookie) -> bytes:
    return hashlib.sha256("~".join(cookie).encode()).digest()


def _held(said: dict[str, Any]) -> Held:
    session = said["session"]
    return Held(
        said["access_token"],
        time.monotonic() + max(1.0, said["expires_in"] - _RENEW_BEFORE),
        session["person_id"],
        session["name"] or "",
        session["until_instant"],
        Standing(**session["standing"]),
        tuple(Standing(**one) for one in session["standings"]),
    )
