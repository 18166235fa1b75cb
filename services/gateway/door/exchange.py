"""The swap at the door: an access token is verified once, and an internal one minted per route.

Both are kept by the access token's SHA-256 in a bounded store; expiry, deny-list, closed clients and
withdrawn keys are looked up again on every request.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

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

    def admit(self, authorization: str | None) -> Admitted:
        if authorization is None:
            raise Refused("token_required", [(b"www-authenticate", b"Bearer")])
        if not self._state.fresh():
            raise Refused("access_unknown", [(b"retry-after", b"1")])
        try:
            return self._admit(authorization)
        except TokenRefused as error:
            challenge = (b"www-authenticate", b'Bearer error="invalid_token"')
            raise Refused("token_required", [challenge]) from error

    def _admit(self, authorization: str) -> Admitted:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise TokenRefused("scheme")
        if self._keys is not self._state.keys:
            self._seen.clear()
            self._keys = self._state.keys
        digest = hashlib.sha256(token.encode("ascii")).digest()
        now = self._clock()
        admitted = self._seen.get(digest)
        if admitted is None:
            admitted = Admitted(verify_access(token, self._keys, self._issuer, now))
            self._seen[digest] = admitted
            if len(self._seen) > self._size:
                self._seen.popitem(last=False)
        else:
            self._seen.move_to_end(digest)
        claims = admitted.token
        if claims.expires_at <= now:
            del self._seen[digest]
            raise TokenRefused("expired")
        if claims.jti in self._state.denied or claims.client in self._state.inactive:
            raise TokenRefused("revoked")
        return admitted

    def internal(self, admitted: Admitted, operation: Operation) -> str:
        now = self._clock()
        token, use_until = admitted.internal.get(operation.id, ("", 0.0))
        if use_until > now:
            return token
        claims = admitted.token
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
