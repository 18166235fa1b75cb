"""Signed assertions of a client (RFC 7521, RFC 7523), read with nothing left to interpretation.

An assertion is for this issuer alone (its identifier is the sole audience), lives five minutes at most and
has a `jti`, which its verifier burns. `typ` tells what it is for, so that one kind cannot pass as the other
when the sender uses the explicit types; a plain `JWT` is told apart by its subject.
"""

from dataclasses import dataclass

from services.kit.auth.keys import Algorithm, Key
from services.kit.auth.tokens import CLOCK_SKEW, Claims, TokenRefused, check_signature, read_compact

ALGORITHM: Algorithm = "ES256"
LIFETIME = 300
AUTHENTICATES, GRANTS = "client-authentication+jwt", "authorization-grant+jwt"


@dataclass(frozen=True, slots=True)
class Assertion:
    """Who claims to have signed, and about whom. To be believed only after `verify`."""

    token: str
    header: dict[str, object]
    claims: Claims
    issuer: str
    subject: str
    jti: str

    @property
    def expires_at(self) -> int:
        return self.claims.instant("exp")

    def verify(self, key: Key, audience: str, purpose: str, now: float) -> None:
        if self.header.get("alg") != ALGORITHM or not self.header.keys() <= {"alg", "typ", "kid"}:
            raise TokenRefused("header")
        if str(self.header.get("typ")).lower() not in ("jwt", purpose):
            raise TokenRefused("typ")
        check_signature(self.token, key, ALGORITHM)
        if self.claims.values.get("aud") not in (audience, [audience]):
            raise TokenRefused("aud")
        if not now < self.expires_at <= now + LIFETIME + CLOCK_SKEW:
            raise TokenRefused("exp")
        for claim in ("iat", "nbf"):
            if claim in self.claims.values and self.claims.instant(claim) > now + CLOCK_SKEW:
                raise TokenRefused(claim)


def read_assertion(token: str) -> Assertion:
    header, claims = read_compact(token)
    return Assertion(token, header, claims, *(claims.name(claim) for claim in ("iss", "sub", "jti")))
