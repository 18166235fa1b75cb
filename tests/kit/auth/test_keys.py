"""Keys: what is saved is what is read, and nothing else passes for a key."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.kit.auth.keys import (
    Algorithm,
    KeyRefused,
    load_key,
    new_key,
    public_jwk,
    read_key,
    ring,
)


@pytest.mark.parametrize("algorithm", ["ES256", "Ed25519"])
def test_each_half_is_read_only_as_what_it_is(tmp_path: Path, algorithm: Algorithm) -> None:
    key, file = new_key(algorithm), tmp_path / "key.jwk"
    file.write_text(json.dumps(key.as_dict(private=True)), encoding="utf-8")
    assert load_key(file, algorithm, private=True).is_private
    with pytest.raises(KeyRefused):
        load_key(file, algorithm)
    file.write_text(json.dumps(public_jwk(key)), encoding="utf-8")
    assert load_key(file, algorithm).kid == key.kid
    with pytest.raises(KeyRefused):
        load_key(file, algorithm, private=True)


@pytest.mark.parametrize(
    "changed",
    [
        {"kty": "OKP"},
        {"crv": "P-384"},
        {"crv": "secp256k1"},
        {"x": ""},
        {"x": 1},
        {"y": None},
        {"x": "AAAA"},
        {"kid": ""},
        {"kid": None},
        {"d": "AAAA"},
    ],
)
def test_what_is_not_a_public_key_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(KeyRefused):
        read_key(public_jwk(new_key("ES256")) | changed, "ES256")


def test_a_kid_stands_once_in_a_ring() -> None:
    jwk = public_jwk(new_key("Ed25519"))
    assert list(ring([jwk], "Ed25519")) == [jwk["kid"]]
    with pytest.raises(KeyRefused):
        ring([jwk, jwk], "Ed25519")
