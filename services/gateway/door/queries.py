"""Saved queries: one list each, read with HTTP Basic and a key that opens it alone (ADR 0021).

The key is known here by its digest. The registry says who its owner is today; that is kept for the life of the token
that it answers, and looked up again once the owner's rights or the key have ended.
"""

import base64
import binascii
import hashlib
import json
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from services.gateway.door.asgi import Caller, Headers, Message
from services.gateway.door.exchange import Admitted, own_token
from services.gateway.door.limits import Party, RateLimit, Slots, place, take
from services.gateway.door.problems import Refused
from services.gateway.door.refuse import Seen
from services.gateway.door.routes import Match, Routes
from services.gateway.door.settings import Settings
from services.gateway.door.state import State
from services.kit import sockets
from services.kit.auth.keys import Key
from services.kit.auth.tokens import (
    INTERNAL_HEADER,
    TokenRefused,
    verify_access,
)

PATH, ROUTE = "/identity/v1/door/query-tokens", "door_query_tokens_issue"
PAGE = 500
CHALLENGE = (b"www-authenticate", b'Basic realm="kakehashi saved query", charset="UTF-8"')
_ADDRESS = re.compile(
    r"/identity/v1/saved-queries/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/rows\.(csv|json)"
)
_MEDIA = {"csv": b"text/csv", "json": b"application/json"}
_KEY = re.compile(r"kq_[A-Za-z0-9_-]{43}")
_CURSOR = re.compile(r"\?cursor=[A-Za-z0-9._~=-]{1,2000}")
_NEXT = re.compile(rb"[?&](cursor=[^&>]+)")
_TOLD = ("access_token", "operation", "path", "query")
_MOST = 10_000


class Asked(NamedTuple):
    """A saved query by its address. `cursor` as it stands in the query string, empty for the beginning."""

    query: str
    form: str
    cursor: str


class Opened(NamedTuple):
    """What a key opens. `match` is where the saved list is today."""

    admitted: Admitted
    key: str
    match: Match
    query: str

    def target(self, asked: Asked) -> str:
        given = [self.query] if self.query else []
        if asked.form == "json" and self.match.operation.paged:
            given.append(f"limit={PAGE}")
        if asked.cursor:
            given.append(asked.cursor[1:])
        return self.match.path + ("?" + "&".join(given) if given else "")


def asked(method: str, seen: Seen) -> Asked | None:
    """None for every other path. Nothing but a cursor may stand beside what was saved."""
    found = _ADDRESS.fullmatch(seen.path)
    if found is None:
        return None
    if method != "GET":
        raise Refused("method_not_allowed", [(b"allow", b"GET")])
    if seen.has_body:
        raise Refused("body_not_allowed")
    query, form = found.groups()
    if seen.query and not (form == "json" and _CURSOR.fullmatch(seen.query)):
        raise Refused("query_is_saved")
    return Asked(query, form, seen.query)


def no_key() -> Refused:
    """One answer for no key, a wrong one, and a query that is not there."""
    return Refused("query_key_required", [CHALLENGE])


class Queries:
    def __init__(
        self,
        settings: Settings,
        state: State,
        routes: Routes,
        key: Key,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._registry, self._issuer = settings.upstream_registry, settings.issuer
        self._state, self._routes, self._key, self._clock = state, routes, key, clock
        self._keys = state.keys
        self._kept: OrderedDict[tuple[str, bytes], Opened] = OrderedDict()
        self._wrong = RateLimit("wrong_keys", settings.wrong_key_rate, settings.wrong_key_burst)
        self._each = RateLimit("key", settings.key_rate, settings.key_burst)
        self._places = Slots(
            settings.connections_per_service,
            settings.connections_per_client,
            settings.connections_per_organisation,
        )

    async def open(
        self, asked: Asked, authorization: str | None, address: str, request_id: str, own: Headers
    ) -> Opened:
        """Who tries one wrong key after the other is told to slow down; one that is known here still passes."""
        if not self._state.fresh():
            raise Refused("access_unknown", [(b"retry-after", b"1")])
        digest = _digest(authorization)
        opened = None if digest is None else self._still_good(asked.query, digest)
        if opened is not None:
            return opened
        whose = place(address)
        fields = take((self._wrong, whose))
        try:
            if digest is not None:
                with self._places.taken(Party(whose)):
                    opened = await self._exchanged(asked.query, digest, request_id)
        except Refused:
            self._wrong.give_back(whose)
            raise
        if opened is None:
            own.extend(fields)
            raise no_key()
        self._wrong.give_back(whose)
        return opened

    def policy(self, opened: Opened) -> tuple[RateLimit, str]:
        return self._each, opened.key

    def _still_good(self, query: str, digest: bytes) -> Opened | None:
        if self._keys is not self._state.keys:
            self._kept.clear()
            self._keys = self._state.keys
        opened = self._kept.get((query, digest))
        if opened is None:
            return None
        token = opened.admitted.token
        if (
            token.expires_at <= self._clock()
            or opened.key in self._state.denied
            or self._state.withdrawn(token)
        ):
            del self._kept[query, digest]
            return None
        self._kept.move_to_end((query, digest))
        return opened

    async def _exchanged(self, query: str, digest: bytes, request_id: str) -> Opened | None:
        """None for whatever the registry does not know. A saved path that leads nowhere any more is a 404."""
        headers = {
            INTERNAL_HEADER: own_token(self._key, ROUTE, self._clock()),
            "Content-Type": "application/json",
        }
        headers["X-Request-Id"] = request_id
        body = json.dumps({"query": query, "sha256": digest.hex()}).encode()
        try:
            said = await sockets.ask(self._registry, "POST", PATH, headers, body)
        except OSError as error:
            raise Refused("service_unavailable") from error
        if said.status == 404:
            return None
        if said.status != 200:
            raise Refused("service_unavailable")
        opened = self._read(said.body)
        self._kept[query, digest] = opened
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return opened

    def _read(self, body: bytes) -> Opened:
        """The saved path must lead to the operation that was saved, and the token be this issuer's for that one."""
        try:
            told = json.loads(body)
            given, operation, path, query = (str(told[name]) for name in _TOLD)
        except (ValueError, KeyError, TypeError) as error:
            raise Refused("upstream_failed") from error
        match = self._routes.match("GET", path)
        if match.operation.id != operation:
            raise Refused("not_found")
        try:
            token = verify_access(given, self._state.keys, f"{self._issuer}/{operation}", self._clock())
        except TokenRefused as error:
            raise Refused("service_unavailable") from error
        return Opened(Admitted(token), token.subject, match, query)


def _digest(authorization: str | None) -> bytes | None:
    """Of the password; the name before it may be any. None for what can be no key."""
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        _, _, key = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (ValueError, binascii.Error):
        return None
    return hashlib.sha256(key.encode()).digest() if _KEY.fullmatch(key) else None


def onward(given: Headers, asked: Asked) -> Headers:
    """The caller's headers, with the form that the address names."""
    return [*[one for one in given if one[0] != b"accept"], (b"accept", _MEDIA[asked.form])]


def answering(caller: Caller, asked: Asked) -> Caller:
    """The next page is at this address: the list's own is not the key's to open."""

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [_moved(asked, *one) for one in message["headers"]]
        await caller.send(message)

    return caller._replace(send=send)


def _moved(asked: Asked, name: bytes, value: bytes) -> tuple[bytes, bytes]:
    if name != b"link":
        return name, value
    found = _NEXT.search(value)
    cursor = b"?" + found.group(1) if found else b""
    path = f"/identity/v1/saved-queries/{asked.query}/rows.{asked.form}".encode()
    return name, b"<" + path + cursor + b'>; rel="next"'
