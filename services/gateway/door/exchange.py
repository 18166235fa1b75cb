"""The swap at the door: an access token is verified once, and an internal one minted per route.

Both are kept by the access token's SHA-256 in a bounded store; expiry, deny-list, changes of rights and
withdrawn keys are looked up again on every request. A bad token is remembered too, in a store of its own: a storm
of it costs no signature checks.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from services.gateway.door.asgi import Headers
from services.gateway.door.problems import Refused
from services.gateway.door.routes import Operation
from services.gateway.door.state import State
from services.kit.auth.keys import Key
from services.kit.auth.tokens import (
    INTERNAL_LIFETIME,
    AccessToken,
    InternalToken,
    TokenRefused,
    mint_internal,
    verify_access,
)

_MARGIN = 2  # seconds of life that an internal token must still have when it is sent
_HEALED_BY_TIME = ("iat", "nbf")


@dataclass(slots=True)
class Admitted:
    """A verified access token with the internal tokens minted for it so far: route → (token, use until)."""

    token: AccessToken
    internal: dict[str, tuple[str, float]] = field(default_factory=dict)


class Exchange:
    def __init__(
        self,
        state: State,
        key: Key,
        issuer: str,
        *,
        clock: Callable[[], float] = time.time,
        size: int = 10_000,
    ) -> None:
        self._state, self._key, self._issuer, self._clock, self._size = state, key, issuer, clock, size
        self._keys = state.keys
        self._seen: OrderedDict[bytes, Admitted] = OrderedDict()
        self._bad: OrderedDict[bytes, str] = OrderedDict()

    def admit(self, authorization: str | None) -> Admitted:
        if authorization is None:
            raise Refused("token_required", [(b"www-authenticate", b"Bearer")])
        if not self._state.fresh():
            raise Refused("access_unknown", [(b"retry-after", b"1")])
        try:
            return self._admit(authorization)
        except TokenRefused as error:
            raise _not_good() from error

    def opens(self, authorization: str | None, hidden: tuple[frozenset[str], str]) -> bool:
        """Whether a good token is of one of the roles, with the scope, that a hidden operation is there for."""
        roles, scope = hidden
        try:
            token = self.admit(authorization).token
        except Refused:
            return False
        return token.role in roles and scope in token.scopes

    def known(self, headers: Headers) -> AccessToken | None:
        """Whose request it is that was refused before anybody asked, if the door has let its token in: to be found
        by, no right comes of it."""
        for name, value in headers:
            if name == b"authorization":
                admitted = self._seen.get(hashlib.sha256(value[len("Bearer ") :]).digest())
                return None if admitted is None else admitted.token
        return None

    def _verified(self, token: str, digest: bytes, now: float) -> Admitted:
        if digest in self._bad:
            self._bad.move_to_end(digest)
            raise TokenRefused(self._bad[digest])
        try:
            admitted = Admitted(verify_access(token, self._keys, self._issuer, now))
        except TokenRefused as error:
            if str(error) not in _HEALED_BY_TIME:
                self._bad[digest] = str(error)
                if len(self._bad) > self._size:
                    self._bad.popitem(last=False)
            raise
        self._seen[digest] = admitted
        if len(self._seen) > self._size:
            self._seen.popitem(last=False)
        return admitted

    def _admit(self, authorization: str) -> Admitted:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise TokenRefused("scheme")
        if self._keys is not self._state.keys:
            self._seen.clear()
            self._bad.clear()  # for want of a key it may have been refused
            self._keys = self._state.keys
        digest = hashlib.sha256(token.encode("ascii")).digest()
        now = self._clock()
        admitted = self._seen.get(digest)
        if admitted is None:
            admitted = self._verified(token, digest, now)
        else:
            self._seen.move_to_end(digest)
        claims = admitted.token
        if claims.expires_at <= now:
            del self._seen[digest]
            raise TokenRefused("expired")
        if self._state.withdrawn(claims):
            raise TokenRefused("revoked")
        return admitted

    def internal(self, admitted: Admitted, operation: Operation) -> str:
        """Also where a token for another service ends: its audience is not who is asked (RFC 9068 §4)."""
        now = self._clock()
        token, use_until = admitted.internal.get(operation.id, ("", 0.0))
        if use_until > now:
            return token
        claims = admitted.token
        if claims.path is not None and claims.path != operation.template.split("/")[1]:
            raise _not_good()
        issued_at = int(now)
        minted = mint_internal(
            InternalToken(
                audience=operation.service,
                route=operation.id,
                client=claims.client,
                role=claims.role,
                organisation=claims.organisation,
                person=claims.person,
                scopes=claims.scopes,
                outer=claims.jti,
                issued_at=issued_at,
                expires_at=issued_at + INTERNAL_LIFETIME,
            ),
            self._key,
        )
        admitted.internal[operation.id] = minted, issued_at + INTERNAL_LIFETIME - _MARGIN
        return minted


def own_token(key: Key, route: str, now: float) -> str:
    """The door's own, for one thing at the registry: no access token carries its role."""
    return mint_internal(
        InternalToken(
            audience="registry",
            route=route,
            client="door",
            role="door",
            organisation=None,
            person=None,
            scopes=frozenset(),
            outer="door",
            issued_at=int(now),
            expires_at=int(now) + INTERNAL_LIFETIME,
        ),
        key,
    )


def _not_good() -> Refused:
    return Refused("token_required", [(b"www-authenticate", b'Bearer error="invalid_token"')])
