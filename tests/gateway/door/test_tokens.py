"""Who gets in: only the bearer of a token that this issuer signed for this house and has not withdrawn."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from services.gateway.door.exchange import Exchange
from services.gateway.door.problems import Refused
from services.gateway.door.routes import Routes
from services.kit.auth.keys import Key, new_key, public_jwk, ring
from services.kit.auth.tokens import (
    INTERNAL_LIFETIME,
    InternalToken,
    InternalVerifier,
    TokenRefused,
    mint_access,
    mint_internal,
    verify_access,
)
from tests.gateway.door.house import ISSUER, ORGANISATION, House, StillState, access_token, documents

NOW = 1_800_000_000


def now() -> int:
    return int(time.time())


def encoded(value: object) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def claims(**changed: Any) -> dict[str, Any]:
    given = {
        "iss": ISSUER,
        "aud": "kakehashi",
        "sub": "desk-tool",
        "client_id": "desk-tool",
        "jti": "j-1",
        "iat": now(),
        "exp": now() + 300,
        "role": "coordinator",
        "scope": "jet.things:read",
    }
    return {name: value for name, value in (given | changed).items() if value is not ...}


def signed(key: Key, header: dict[str, Any] | None = None, payload: object = None) -> str:
    """Signed with the right key whatever the header says: only the strict reading can refuse it."""
    head = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid} | (header or {})
    head = {name: value for name, value in head.items() if value is not ...}
    first = f"{encoded(head)}.{encoded(claims() if payload is None else payload)}"
    return f"{first}.{encoded(jws.JWSRegistry.algorithms['ES256'].sign(first.encode(), key))}"


def _hs_with_public_key(key: Key) -> str:
    first = f"{encoded({'alg': 'HS256', 'typ': 'at+jwt', 'kid': key.kid})}.{encoded(claims())}"
    mac = hmac.digest(key.as_pem(private=False), first.encode(), "sha256")
    return f"{first}.{encoded(mac)}"


def _rsa(key: Key) -> str:
    header = {"alg": "RS256", "typ": "at+jwt", "kid": str(key.kid)}
    return jws.serialize_compact(header, json.dumps(claims()), RSAKey.generate_key(2048), ["RS256"])


def _twice(key: Key) -> str:
    return signed(key, payload=(json.dumps(claims())[:-1] + ', "role": "registrar"}').encode())


WRONG: dict[str, Callable[[Key], str]] = {
    "empty": lambda key: "",
    "not a token": lambda key: "token",
    "two parts": lambda key: "a.b",
    "four parts": lambda key: signed(key) + ".a",
    "five parts": lambda key: signed(key) + ".a.b",
    "padded": lambda key: signed(key) + "==",
    "huge": lambda key: signed(key, payload=claims(sub="a" * 5000)),
    "another key": lambda key: signed(_renamed(key)),
    "unsigned": lambda key: signed(key).rpartition(".")[0] + ".",
    "signature cut": lambda key: signed(key)[:-4],
    "signature changed": lambda key: signed(key)[:-6] + "AAAAAA",
    "payload changed": lambda key: _moved(signed(key), claims(role="registrar")),
    "alg none": lambda key: signed(key, {"alg": "none"}),
    "alg None": lambda key: signed(key, {"alg": "None"}),
    "alg missing": lambda key: signed(key, {"alg": ...}),
    "alg HS256 signed with the public key": _hs_with_public_key,
    "alg RS256": _rsa,
    "alg EdDSA": lambda key: signed(key, {"alg": "EdDSA"}),
    "alg ES384": lambda key: signed(key, {"alg": "ES384"}),
    "alg a list": lambda key: signed(key, {"alg": ["ES256"]}),
    "typ missing": lambda key: signed(key, {"typ": ...}),
    "typ JWT": lambda key: signed(key, {"typ": "JWT"}),
    "typ in capitals": lambda key: signed(key, {"typ": "AT+JWT"}),
    "typ with its media type": lambda key: signed(key, {"typ": "application/at+jwt"}),
    "typ of an internal token": lambda key: signed(key, {"typ": "kk-int+jwt"}),
    "typ of a client assertion": lambda key: signed(key, {"typ": "client-authentication+jwt"}),
    "kid missing": lambda key: signed(key, {"kid": ...}),
    "kid unknown": lambda key: signed(key, {"kid": "other"}),
    "kid a path": lambda key: signed(key, {"kid": "../../dev/null"}),
    "kid SQL": lambda key: signed(key, {"kid": "' or true --"}),
    "kid a number": lambda key: signed(key, {"kid": 1}),
    "jwk": lambda key: signed(key, {"jwk": public_jwk(key)}),
    "jku": lambda key: signed(key, {"jku": "http://evil.example/jwks"}),
    "x5u": lambda key: signed(key, {"x5u": "http://evil.example/x"}),
    "x5c": lambda key: signed(key, {"x5c": ["a"]}),
    "crit": lambda key: signed(key, {"crit": ["exp"]}),
    "b64": lambda key: signed(key, {"b64": False, "crit": ["b64"]}),
    "zip": lambda key: signed(key, {"zip": "DEF"}),
    "cty": lambda key: signed(key, {"cty": "JWT"}),
    "nested": lambda key: signed(key, payload=signed(key).encode()),
    "payload a list": lambda key: signed(key, payload=[claims()]),
    "payload not JSON": lambda key: signed(key, payload=b"{"),
    "payload not UTF-8": lambda key: signed(key, payload=b'{"a": "\xff"}'),
    "payload deep": lambda key: signed(key, payload=b"[" * 2500),
    "payload NaN": lambda key: signed(key, payload=b'{"exp": NaN}'),
    "a claim twice": _twice,
    "iss missing": lambda key: signed(key, payload=claims(iss=...)),
    "iss longer": lambda key: signed(key, payload=claims(iss=ISSUER + ".evil.example")),
    "iss with a slash": lambda key: signed(key, payload=claims(iss=ISSUER + "/")),
    "iss a list": lambda key: signed(key, payload=claims(iss=[ISSUER])),
    "aud missing": lambda key: signed(key, payload=claims(aud=...)),
    "aud of a service": lambda key: signed(key, payload=claims(aud="jet")),
    "aud a list": lambda key: signed(key, payload=claims(aud=["kakehashi"])),
    "exp missing": lambda key: signed(key, payload=claims(exp=...)),
    "exp over": lambda key: signed(key, payload=claims(iat=now() - 300, exp=now() - 1)),
    "exp text": lambda key: signed(key, payload=claims(exp=str(now() + 300))),
    "exp a fraction": lambda key: signed(key, payload=claims(exp=now() + 299.5)),
    "exp true": lambda key: signed(key, payload=claims(exp=True)),
    "exp null": lambda key: signed(key, payload=claims(exp=None)),
    "life too long": lambda key: signed(key, payload=claims(exp=now() + 301)),
    "iat missing": lambda key: signed(key, payload=claims(iat=...)),
    "iat to come": lambda key: signed(key, payload=claims(iat=now() + 600, exp=now() + 700)),
    "nbf to come": lambda key: signed(key, payload=claims(nbf=now() + 200)),
    "sub missing": lambda key: signed(key, payload=claims(sub=...)),
    "client_id missing": lambda key: signed(key, payload=claims(client_id=...)),
    "client_id a line break": lambda key: signed(key, payload=claims(client_id="a\nb")),
    "jti missing": lambda key: signed(key, payload=claims(jti=...)),
    "role missing": lambda key: signed(key, payload=claims(role=...)),
    "scope missing": lambda key: signed(key, payload=claims(scope=...)),
    "scope a list": lambda key: signed(key, payload=claims(scope=["jet.things:read"])),
    "org not a UUID": lambda key: signed(key, payload=claims(org="13101")),
    "org null": lambda key: signed(key, payload=claims(org=None)),
    "person an object": lambda key: signed(key, payload=claims(person={})),
}


def _renamed(key: Key) -> Key:
    """Another key that claims the kid of the right one."""
    return ECKey.import_key(new_key("ES256").as_dict(private=True) | {"kid": str(key.kid)})


def _moved(token: str, payload: dict[str, Any]) -> str:
    header, _, signature = token.split(".")
    return f"{header}.{encoded(payload)}.{signature}"


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_token_is_refused_at_the_door(a_house: House, wrong: Callable[[Key], str]) -> None:
    token = wrong(a_house.key)
    status, headers, body = a_house.ask("GET", "/jet/v1/things", {"Authorization": f"Bearer {token}"})
    assert status == 401
    assert headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert json.loads(body)["code"] == "token_required"
    assert a_house.reached() == 0


def test_the_same_helper_makes_a_token_that_is_let_in(a_house: House) -> None:
    headers = {"Authorization": f"Bearer {signed(a_house.key)}"}
    assert a_house.ask("GET", "/jet/v1/things", headers)[0] == 200


@pytest.mark.parametrize("value", ["", "Bearer", "Basic {}", "bearer  {}", "Token {}", "{}", "Bearer {},{}"])
def test_only_one_bearer_token_counts(a_house: House, value: str) -> None:
    token = a_house.token()
    status, headers, _ = a_house.ask("GET", "/jet/v1/things", {"Authorization": value.format(token, token)})
    assert status == 401
    assert headers["WWW-Authenticate"].startswith("Bearer")


def test_without_a_token_the_challenge_is_bare(a_house: House) -> None:
    status, headers, _ = a_house.ask("GET", "/jet/v1/things")
    assert (status, headers["WWW-Authenticate"]) == (401, "Bearer")


def test_an_internal_token_is_no_access_token(a_house: House) -> None:
    assert a_house.ask("GET", "/jet/v1/things", a_house.bearer())[0] == 200
    inner = dict(a_house.services["jet"].requests[0]["headers"])["x-kakehashi-token"]
    assert a_house.ask("GET", "/jet/v1/things", {"Authorization": f"Bearer {inner}"})[0] == 401


def test_a_denied_token_and_a_closed_client_are_out_at_once(a_house: House) -> None:
    headers = a_house.bearer(jti="j-denied")
    assert a_house.ask("GET", "/jet/v1/things", headers)[0] == 200
    a_house.source.tell(denied=frozenset({"j-denied"}))
    assert a_house.ask("GET", "/jet/v1/things", headers)[0] == 401
    a_house.source.tell(inactive=frozenset({"desk-tool"}))
    assert a_house.ask("GET", "/jet/v1/things", headers)[0] == 401
    a_house.source.tell()
    assert a_house.ask("GET", "/jet/v1/things", headers)[0] == 200


def test_an_old_reading_shuts_out_tokens_but_not_the_public(a_house: House) -> None:
    headers = a_house.bearer()
    a_house.source.now = 5.1
    status, answered, body = a_house.ask("GET", "/jet/v1/things", headers)
    assert (status, json.loads(body)["code"]) == (503, "access_unknown")
    assert answered["Retry-After"] == "1"
    assert a_house.ask("GET", "/jet/v1/public/notice")[0] == 200


class Clock:
    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


def exchange_of(key: Key, clock: Clock) -> tuple[Exchange, StillState, Key]:
    source, door_key = StillState(key), new_key("Ed25519")
    return Exchange(source.state, door_key, ISSUER, clock=clock, size=2), source, door_key


def test_a_kept_token_ends_with_its_expiry() -> None:
    key, clock = new_key("ES256"), Clock()
    exchange, _, _ = exchange_of(key, clock)
    bearer = "Bearer " + mint_access(access_token(issued_at=NOW, expires_at=NOW + 60), key)
    exchange.admit(bearer)
    clock.now = NOW + 59.9
    exchange.admit(bearer)
    clock.now = NOW + 60.0
    with pytest.raises(Refused):
        exchange.admit(bearer)


def test_a_withdrawn_key_takes_its_kept_tokens_along() -> None:
    key, clock = new_key("ES256"), Clock()
    exchange, source, _ = exchange_of(key, clock)
    bearer = "Bearer " + mint_access(access_token(issued_at=NOW, expires_at=NOW + 300), key)
    exchange.admit(bearer)
    source.keys = ring([public_jwk(new_key("ES256"))], "ES256")
    source.tell()
    with pytest.raises(Refused):
        exchange.admit(bearer)


def test_one_internal_token_per_route_for_its_life() -> None:
    key, clock = new_key("ES256"), Clock()
    exchange, _, door_key = exchange_of(key, clock)
    routes = Routes(documents())
    listing = routes.match("GET", "/jet/v1/things").operation
    reading = routes.match("GET", "/jet/v1/things/1").operation
    admitted = exchange.admit("Bearer " + mint_access(access_token(issued_at=NOW, expires_at=NOW + 300), key))
    first = exchange.internal(admitted, listing)
    assert exchange.internal(admitted, listing) == first
    assert exchange.internal(admitted, reading) != first
    verifier = InternalVerifier("jet", ring([public_jwk(door_key)], "Ed25519"), clock=clock)
    principal = verifier.verify(first, "jet_things_list")
    assert (principal.client, principal.role) == ("desk-tool", "coordinator")
    assert principal.scopes == {"jet.things:read"}
    clock.now = NOW + INTERNAL_LIFETIME - 1.0
    assert exchange.internal(admitted, listing) != first


def internal(key: Key, **changed: Any) -> str:
    given: dict[str, Any] = {
        "audience": "jet",
        "route": "jet_things_list",
        "client": "desk-tool",
        "role": "coordinator",
        "organisation": None,
        "person": None,
        "scopes": frozenset(),
        "outer": "j-1",
        "issued_at": NOW,
        "expires_at": NOW + 30,
    }
    return mint_internal(InternalToken(**given | changed), key)


@pytest.mark.parametrize(
    "changed",
    [
        {"audience": "grants"},
        {"route": "jet_things_read"},
        {"expires_at": NOW + 31},
        {"issued_at": NOW - 30, "expires_at": NOW},
        {"outer": ""},
        {"role": ""},
    ],
)
def test_a_service_refuses_what_is_not_for_it(changed: dict[str, Any]) -> None:
    key, clock = new_key("Ed25519"), Clock()
    verifier = InternalVerifier("jet", ring([public_jwk(key)], "Ed25519"), clock=clock)
    assert verifier.verify(internal(key), "jet_things_list").client == "desk-tool"
    with pytest.raises(TokenRefused):
        verifier.verify(internal(key, **changed), "jet_things_list")


def test_a_service_counts_expiry_and_route_on_kept_tokens_too() -> None:
    key, clock = new_key("Ed25519"), Clock()
    verifier = InternalVerifier("jet", ring([public_jwk(key)], "Ed25519"), clock=clock, size=1)
    token = internal(key)
    verifier.verify(token, "jet_things_list")
    with pytest.raises(TokenRefused):
        verifier.verify(token, "jet_things_read")
    clock.now = NOW + 30.0
    with pytest.raises(TokenRefused):
        verifier.verify(token, "jet_things_list")


def test_a_service_refuses_the_outer_token(a_house: House) -> None:
    verifier = InternalVerifier("jet", ring([public_jwk(a_house.door_key)], "Ed25519"))
    with pytest.raises(TokenRefused):
        verifier.verify(a_house.token(), "jet_things_list")


@given(
    st.text(max_size=300) | st.from_regex(r"[A-Za-z0-9_-]{1,80}\\.[A-Za-z0-9_-]{1,80}\\.[A-Za-z0-9_-]{1,80}")
)
def test_no_text_is_a_token_and_none_breaks_the_reader(text: str) -> None:
    with pytest.raises(TokenRefused):
        verify_access(text, {}, ISSUER, NOW)


def test_what_is_minted_is_what_is_verified() -> None:
    key = new_key("ES256")
    token = access_token(person=ORGANISATION, issued_at=NOW, expires_at=NOW + 300)
    assert verify_access(mint_access(token, key), ring([public_jwk(key)], "ES256"), ISSUER, NOW) == token
