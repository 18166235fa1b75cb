"""How a client is known at the token endpoint: by its secret, by its key, or for a person (RFC 6749, 7523)."""

import json
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from joserfc import jwt
from joserfc.jwk import ECKey

ASSERTION_SECONDS = 120
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """The form to send, and the pair for HTTP Basic if there is one."""

    form: dict[str, str]
    basic: tuple[str, str] | None = None


class Credentials(Protocol):
    def request(self, issuer: str) -> TokenRequest: ...


@dataclass(frozen=True, slots=True)
class Secret:
    client_id: str
    client_secret: str = field(repr=False)

    def request(self, issuer: str) -> TokenRequest:
        return TokenRequest({"grant_type": "client_credentials"}, (self.client_id, self.client_secret))


@dataclass(frozen=True, slots=True)
class SigningKey:
    """private_key_jwt: the client itself, known by its key."""

    client_id: str
    key: ECKey = field(repr=False)

    def request(self, issuer: str) -> TokenRequest:
        assertion = _sign(
            self.key,
            "client-authentication+jwt",
            self.client_id,
            self.client_id,
            issuer,
        )
        return TokenRequest(
            {
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": assertion,
            }
        )


@dataclass(frozen=True, slots=True)
class ActingFor:
    """A trusted tool that acts for `person`: what it does is done in that person's role and name."""

    client_id: str
    key: ECKey = field(repr=False)
    person: str

    def request(self, issuer: str) -> TokenRequest:
        assertion = _sign(self.key, "authorization-grant+jwt", self.client_id, self.person, issuer)
        return TokenRequest({"grant_type": JWT_BEARER, "assertion": assertion})


def _sign(key: ECKey, kind: str, client_id: str, subject: str, issuer: str) -> str:
    now = int(time.time())
    claims = {
        "iss": client_id,
        "sub": subject,
        "aud": issuer,
        "iat": now,
        "exp": now + ASSERTION_SECONDS,
        "jti": str(uuid.uuid4()),
    }
    return jwt.encode({"alg": "ES256", "typ": kind, "kid": key.kid}, claims, key, algorithms=["ES256"])


def new_key() -> ECKey:
    return ECKey.generate_key("P-256", auto_kid=True)


def public_part(key: ECKey) -> dict[str, str]:
    """The JWK to register with the issuer."""
    shown = key.as_dict(private=False)
    return {name: str(shown[name]) for name in ("kty", "crv", "x", "y", "kid")}


def save_key(key: ECKey, path: Path) -> None:
    """For its owner alone from the first byte."""
    path.touch(mode=0o600)
    path.write_text(json.dumps(key.as_dict(private=True), indent=2) + "\n", encoding="utf-8")


def load_key(path: Path) -> ECKey:
    return ECKey.import_key(json.loads(path.read_text(encoding="utf-8")))
