"""The two tokens of the house, minted and verified with nothing left to interpretation.

Access token: RFC 9068 (`at+jwt`, ES256, at most 300 s), from the registry to a caller. Internal token
(`kk-int+jwt`, Ed25519, at most 30 s): from the door to one service, for one route. Everything that
RFC 8725 warns of is refused: the header may hold alg, typ and kid and nothing more.
"""

import hashlib
import json
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.util import urlsafe_b64decode

from services.kit.auth.keys import Algorithm, Key, KeyRing
from services.kit.auth.principal import ROLES, Principal
from services.kit.ids import OrganisationId, PersonId

ACCESS_TYPE, ACCESS_LIFETIME = "at+jwt", 300
ACCESS_ALGORITHM: Algorithm = "ES256"
INTERNAL_TYPE, INTERNAL_LIFETIME = "kk-int+jwt", 30
INTERNAL_ALGORITHM: Algorithm = "Ed25519"
INTERNAL_HEADER = "X-Kakehashi-Token"

_LONGEST = 4096
CLOCK_SKEW = 5  # seconds that two machines of one cluster may differ; never added to exp
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_NAME = re.compile(r"[\x21-\x7e]{1,200}")
_SCOPES = re.compile(r"(?:[a-z0-9_.:-]+(?: [a-z0-9_.:-]+)*)?")
_PATH = re.compile(r"[a-z]{1,30}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class TokenRefused(Exception):
    """The reason is for logs and tests; a caller only ever learns that the token is not good."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """`path`: the first word of the paths that it is for (RFC 8707), None for the whole installation.

    The versions are those of the client's and the person's rights, as they were read for this token.
    """

    issuer: str
    subject: str
    client: str
    role: str
    organisation: OrganisationId | None
    person: PersonId | None
    scopes: frozenset[str]
    jti: str
    issued_at: int
    expires_at: int
    path: str | None = None
    client_version: int = 0
    person_version: int = 0


@dataclass(frozen=True, slots=True)
class InternalToken:
    """`outer` is the jti of the access token that it stands for."""

    audience: str
    route: str
    client: str
    role: str
    organisation: OrganisationId | None
    person: PersonId | None
    scopes: frozenset[str]
    outer: str
    issued_at: int
    expires_at: int


def mint_access(token: AccessToken, key: Key) -> str:
    claims = {
        "iss": token.issuer,
        "aud": token.issuer if token.path is None else f"{token.issuer}/{token.path}",
        "sub": token.subject,
        "client_id": token.client,
        "jti": token.jti,
        "iat": token.issued_at,
        "exp": token.expires_at,
    }
    versions = {"cv": token.client_version, "pv": token.person_version}
    claims |= {name: version for name, version in versions.items() if version}
    return _seal(ACCESS_TYPE, ACCESS_ALGORITHM, key, claims | _rights(token))


def mint_internal(token: InternalToken, key: Key) -> str:
    claims = {
        "aud": token.audience,
        "route": token.route,
        "client": token.client,
        "tok": token.outer,
        "iat": token.issued_at,
        "exp": token.expires_at,
    }
    return _seal(INTERNAL_TYPE, INTERNAL_ALGORITHM, key, claims | _rights(token))


def verify_access(token: str, keys: KeyRing, issuer: str, now: float) -> AccessToken:
    claims = _open(token, ACCESS_TYPE, ACCESS_ALGORITHM, keys)
    claims.exactly("iss", issuer)
    issued_at, expires_at = claims.life(now, ACCESS_LIFETIME)
    return AccessToken(
        issuer=issuer,
        subject=claims.name("sub"),
        client=claims.name("client_id"),
        role=claims.choice("role", ROLES),
        organisation=claims.organisation(),
        person=claims.person(),
        scopes=claims.scopes(),
        jti=claims.name("jti"),
        issued_at=issued_at,
        expires_at=expires_at,
        path=claims.path(issuer),
        client_version=claims.version("cv"),
        person_version=claims.version("pv"),
    )


def verify_internal(token: str, keys: KeyRing, audience: str, now: float) -> InternalToken:
    claims = _open(token, INTERNAL_TYPE, INTERNAL_ALGORITHM, keys)
    claims.exactly("aud", audience)
    issued_at, expires_at = claims.life(now, INTERNAL_LIFETIME)
    return InternalToken(
        audience=audience,
        route=claims.name("route"),
        client=claims.name("client"),
        role=claims.name("role"),
        organisation=claims.organisation(),
        person=claims.person(),
        scopes=claims.scopes(),
        outer=claims.name("tok"),
        issued_at=issued_at,
        expires_at=expires_at,
    )


class InternalVerifier:
    """What a service asks at the start of each request: is this from the door, for me and this route?

    The signature is checked once per token, kept by the token's SHA-256 in a bounded store.
    """

    def __init__(
        self, service: str, keys: KeyRing, *, clock: Callable[[], float] = time.time, size: int = 10_000
    ) -> None:
        self._service, self._keys, self._clock, self._size = service, keys, clock, size
        self._seen: OrderedDict[bytes, tuple[InternalToken, Principal]] = OrderedDict()

    def verify(self, token: str, route: str) -> Principal:
        now = self._clock()
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        seen = self._seen.get(digest)
        if seen is None:
            seen = self._remember(digest, verify_internal(token, self._keys, self._service, now))
        else:
            self._seen.move_to_end(digest)
        claims, principal = seen
        if claims.expires_at <= now:
            del self._seen[digest]
            raise TokenRefused("expired")
        if claims.route != route:
            raise TokenRefused("another route")
        return principal

    def _remember(self, digest: bytes, claims: InternalToken) -> tuple[InternalToken, Principal]:
        principal = Principal(claims.client, claims.person, claims.role, claims.organisation, claims.scopes)
        self._seen[digest] = claims, principal
        if len(self._seen) > self._size:
            self._seen.popitem(last=False)
        return claims, principal


@dataclass(frozen=True, slots=True)
class Claims:
    """A payload, read claim by claim; whatever is absent or of another type is refused."""

    values: dict[str, object]

    def exactly(self, claim: str, expected: str) -> None:
        if self.values.get(claim) != expected:
            raise TokenRefused(claim)

    def name(self, claim: str) -> str:
        value = self.values.get(claim)
        if not isinstance(value, str) or not _NAME.fullmatch(value):
            raise TokenRefused(claim)
        return value

    def choice(self, claim: str, choices: tuple[str, ...]) -> str:
        value = self.name(claim)
        if value not in choices:
            raise TokenRefused(claim)
        return value

    def path(self, issuer: str) -> str | None:
        """`aud` is the issuer, or the address of one of its services below it; one of them, never a list."""
        value = self.name("aud")
        if value == issuer:
            return None
        path = value.removeprefix(f"{issuer}/")
        if path == value or not _PATH.fullmatch(path):
            raise TokenRefused("aud")
        return path

    def version(self, claim: str) -> int:
        """Absent means before the first change."""
        return self.instant(claim) if claim in self.values else 0

    def uuid(self, claim: str) -> UUID | None:
        if claim not in self.values:
            return None
        value = self.values[claim]
        if not isinstance(value, str) or not _UUID.fullmatch(value):
            raise TokenRefused(claim)
        return UUID(value)

    def person(self) -> PersonId | None:
        found = self.uuid("person")
        return None if found is None else PersonId(found)

    def organisation(self) -> OrganisationId | None:
        found = self.uuid("org")
        return None if found is None else OrganisationId(found)

    def scopes(self) -> frozenset[str]:
        value = self.values.get("scope")
        if not isinstance(value, str) or not _SCOPES.fullmatch(value):
            raise TokenRefused("scope")
        return frozenset(value.split())

    def life(self, now: float, longest: int) -> tuple[int, int]:
        issued_at, expires_at = self.instant("iat"), self.instant("exp")
        if expires_at <= now:
            raise TokenRefused("expired")
        if issued_at > now + CLOCK_SKEW:
            raise TokenRefused("iat")
        if not 0 < expires_at - issued_at <= longest:
            raise TokenRefused("exp")
        if "nbf" in self.values and self.instant("nbf") > now + CLOCK_SKEW:
            raise TokenRefused("nbf")
        return issued_at, expires_at

    def instant(self, claim: str) -> int:
        value = self.values.get(claim)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**53:
            raise TokenRefused(claim)
        return value


def _rights(token: AccessToken | InternalToken) -> dict[str, object]:
    rights: dict[str, object] = {"role": token.role, "scope": " ".join(sorted(token.scopes))}
    if token.organisation is not None:
        rights["org"] = str(token.organisation)
    if token.person is not None:
        rights["person"] = str(token.person)
    return rights


def _seal(typ: str, algorithm: Algorithm, key: Key, claims: dict[str, object]) -> str:
    header = {"alg": algorithm, "typ": typ, "kid": str(key.kid)}
    return jws.serialize_compact(header, json.dumps(claims, separators=(",", ":")), key, [algorithm])


def _open(token: str, typ: str, algorithm: Algorithm, keys: KeyRing) -> Claims:
    header, claims = read_compact(token)
    if header.keys() != {"alg", "typ", "kid"} or header["typ"] != typ or header["alg"] != algorithm:
        raise TokenRefused("header")
    key = keys.get(str(header["kid"]))
    if key is None:
        raise TokenRefused("kid")
    check_signature(token, key, algorithm)
    return claims


def read_compact(token: str) -> tuple[dict[str, object], Claims]:
    """Header and payload as they are said, by whomever: believe them after `check_signature` alone."""
    if len(token) > _LONGEST or not _COMPACT.fullmatch(token):
        raise TokenRefused("form")
    try:
        header, payload = (_object(part) for part in token.split(".")[:2])
    except (ValueError, RecursionError) as error:
        raise TokenRefused("form") from error
    return header, Claims(payload)


def check_signature(token: str, key: Key, algorithm: Algorithm) -> None:
    try:
        if not jws.validate_compact(jws.extract_compact(token.encode("ascii")), key, [algorithm]):
            raise TokenRefused("signature")
    except (JoseError, ValueError) as error:
        raise TokenRefused("form") from error


def _object(part: str) -> dict[str, object]:
    """A JSON object without a name given twice: two readers must not see two different tokens."""
    text = urlsafe_b64decode(part.encode("ascii")).decode("utf-8")
    value = json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_constant)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a name twice")
    return values


def _no_constant(constant: str) -> object:
    raise ValueError(constant)
