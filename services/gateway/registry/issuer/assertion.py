"""Signed assertions of a client (RFC 7521, RFC 7523), read with nothing left to interpretation.

An assertion is for this issuer alone (its identifier is the sole audience), lives five minutes at most and
has a `jti`, which its verifier burns. `typ` tells what it is for, so that one kind cannot pass as the other
when the sender uses the explicit types; a plain `JWT` is told apart by its subject.
"""

import json
import re
from dataclasses import dataclass

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.util import urlsafe_b64decode

from services.kit.auth.keys import Key

ALGORITHM = "ES256"
LIFETIME = 300
AUTHENTICATES, GRANTS = "client-authentication+jwt", "authorization-grant+jwt"

_LONGEST = 4096
_SKEW = 5  # seconds that a tool's clock may differ from ours
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_NAME = re.compile(r"[\x21-\x7e]{1,200}")


class AssertionRefused(Exception):
    """The reason is for tests and logs; the sender learns only that the assertion is not good."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """Who claims to have signed, and about whom. To be believed only after `verify`."""

    token: str
    header: dict[str, object]
    claims: dict[str, object]
    issuer: str
    subject: str
    jti: str

    @property
    def expires_at(self) -> int:
        return _instant(self.claims, "exp")

    def verify(self, key: Key, audience: str, purpose: str, now: float) -> None:
        if self.header.get("alg") != ALGORITHM or not self.header.keys() <= {"alg", "typ", "kid"}:
            raise AssertionRefused("header")
        if str(self.header.get("typ")).lower() not in ("jwt", purpose):
            raise AssertionRefused("typ")
        try:
            if not jws.validate_compact(jws.extract_compact(self.token.encode()), key, [ALGORITHM]):
                raise AssertionRefused("signature")
        except (JoseError, ValueError) as error:
            raise AssertionRefused("form") from error
        if self.claims.get("aud") not in (audience, [audience]):
            raise AssertionRefused("aud")
        if not now < self.expires_at <= now + LIFETIME + _SKEW:
            raise AssertionRefused("exp")
        for claim in ("iat", "nbf"):
            if claim in self.claims and _instant(self.claims, claim) > now + _SKEW:
                raise AssertionRefused(claim)


def read_assertion(token: str) -> Assertion:
    if len(token) > _LONGEST or not _COMPACT.fullmatch(token):
        raise AssertionRefused("form")
    try:
        header, claims = (_object(part) for part in token.split(".")[:2])
    except (ValueError, RecursionError) as error:
        raise AssertionRefused("form") from error
    return Assertion(token, header, claims, *(_name(claims, claim) for claim in ("iss", "sub", "jti")))


def _name(claims: dict[str, object], claim: str) -> str:
    value = claims.get(claim)
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise AssertionRefused(claim)
    return value


def _instant(claims: dict[str, object], claim: str) -> int:
    value = claims.get(claim)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**53:
        raise AssertionRefused(claim)
    return value


def _object(part: str) -> dict[str, object]:
    """A JSON object without a name given twice: two readers must not see two different assertions."""
    value = json.loads(
        urlsafe_b64decode(part.encode()), object_pairs_hook=_distinct, parse_constant=_no_constant
    )
    if not isinstance(value, dict):
        raise AssertionRefused("form")
    return value


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a name twice")
    return values


def _no_constant(constant: str) -> object:
    raise ValueError(constant)
