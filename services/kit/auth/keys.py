"""Signing keys: made, kept in files, and read back strictly. One algorithm per kind of token.

The EdDSA keys carry the fully specified algorithm name `Ed25519` of RFC 9864, which deprecates `EdDSA`.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

Algorithm = Literal["ES256", "Ed25519"]
Key = ECKey | OKPKey
KeyRing = Mapping[str, Key]

_SHAPE: dict[Algorithm, dict[str, str]] = {
    "ES256": {"kty": "EC", "crv": "P-256"},
    "Ed25519": {"kty": "OKP", "crv": "Ed25519"},
}
_POINT: dict[Algorithm, tuple[str, ...]] = {"ES256": ("x", "y"), "Ed25519": ("x",)}


class KeyRefused(ValueError):
    """Not a key of the expected kind; the message never holds key material."""


def new_key(algorithm: Algorithm) -> Key:
    if algorithm == "ES256":
        return ECKey.generate_key("P-256", auto_kid=True)
    return OKPKey.generate_key("Ed25519", auto_kid=True)


def public_jwk(key: Key) -> dict[str, str]:
    """What a JWKS publishes: the point and the kid, nothing else."""
    shown = key.as_dict(private=False)
    return {name: str(shown[name]) for name in ("kty", "crv", "x", "y", "kid") if name in shown}


def read_key(jwk: Mapping[str, object], algorithm: Algorithm, *, private: bool = False) -> Key:
    """A key of exactly this algorithm. `use`, `alg`, `key_ops`, `x5u` and the like are not looked at."""
    names = (*_POINT[algorithm], "kid", *(("d",) if private else ()))
    if any(jwk.get(name) != value for name, value in _SHAPE[algorithm].items()):
        raise KeyRefused(f"not an {algorithm} key")
    if not private and "d" in jwk:
        raise KeyRefused("a private key where a public one is expected")
    members = {name: jwk.get(name) for name in names}
    if not all(isinstance(value, str) and value for value in members.values()):
        raise KeyRefused(f"an {algorithm} key needs {', '.join(names)}")
    whole = _SHAPE[algorithm] | {name: str(value) for name, value in members.items()}
    kind: type[ECKey] | type[OKPKey] = ECKey if algorithm == "ES256" else OKPKey
    try:
        key = kind.import_key(whole)
        key.get_op_key("sign" if private else "verify")  # joserfc builds the native key only when asked
    except (JoseError, ValueError) as error:
        raise KeyRefused(f"not a usable {algorithm} key") from error
    return key


def ring(jwks: Iterable[Mapping[str, object]], algorithm: Algorithm) -> KeyRing:
    """Public keys by kid; a kid that is there twice is refused."""
    keys: dict[str, Key] = {}
    for jwk in jwks:
        key = read_key(jwk, algorithm)
        kid = str(key.kid)
        if kid in keys:
            raise KeyRefused("the same kid twice")
        keys[kid] = key
    return keys


def load_key(path: Path, algorithm: Algorithm, *, private: bool = False) -> Key:
    jwk = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(jwk, dict):
        raise KeyRefused(f"{path.name} does not hold a JWK")
    return read_key(jwk, algorithm, private=private)
