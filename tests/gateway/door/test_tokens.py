"""Who gets in: only the bearer of a token that this issuer signed for this house and has not withdrawn."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.door.exchange import Exchange
from services.gateway.door.problems import Refused
from services.gateway.door.routes import Routes
from services.gateway.door.state import REMEMBERED
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


def test_a_denied_token_is_out_at_once(a_house: House) -> None:
    headers = a_house.bearer(jti="j-denied")
    assert a_house.ask("GET", "/jet/v1/things", headers)[0] == 200
    a_house.source.tell(denied=frozenset({"j-denied"}))
    assert a_house.ask("GET", "/jet/v1/things", headers)[0] == 401
    a_house.source.tell()
    assert a_house.ask("GET", "/jet/v1/things", headers)[0] == 200


@pytest.mark.parametrize("whose", ["client", "person"])
def test_tokens_from_before_a_change_of_rights_are_out_and_those_after_it_are_not(whose: str) -> None:
    key, clock = new_key("ES256"), Clock()
    exchange, source, _ = exchange_of(key, clock)
    person = ORGANISATION
    subject = "desk-tool" if whose == "client" else str(person)

    def admitted(**more: Any) -> bool:
        made = access_token(issued_at=NOW, expires_at=NOW + 300, person=person, **more)
        try:
            exchange.admit("Bearer " + mint_access(made, key))
        except Refused:
            return False
        return True

    assert admitted()
    source.tell(changed={subject: 1})
    assert not admitted()
    after = {f"{whose}_version": 1}
    assert admitted(**after)  # issued in the same second
    source.tell(changed={"somebody-else": 9})
    assert not admitted() and admitted(**after)
    source.tell(changed={subject: 2})
    assert not admitted(**after)
    source.now = REMEMBERED + 1  # every token from before it has ended
    source.tell()
    assert admitted()


def test_a_token_for_one_service_opens_no_other(a_house: House) -> None:
    headers = a_house.bearer(path="jet")
    assert a_house.ask("GET", "/jet/v1/things", headers)[0] == 200
    status, said, _ = a_house.ask("GET", "/grants/v1/programmes", headers)
    assert (status, said["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')
    assert a_house.ask("GET", "/jet/v1/things", headers)[0] == 200
    assert a_house.ask("GET", "/jet/v1/things", a_house.bearer(path="grants"))[0] == 401


def test_a_storm_of_one_bad_token_costs_one_signature_check(monkeypatch: pytest.MonkeyPatch) -> None:
    key, clock = new_key("ES256"), Clock()
    exchange, source, _ = exchange_of(key, clock)
    checked: list[str] = []

    def counted(token: str, *rest: Any) -> Any:
        checked.append(token)
        return verify_access(token, *rest)

    monkeypatch.setattr("services.gateway.door.exchange.verify_access", counted)

    def refused(token: str) -> bool:
        with pytest.raises(Refused):
            exchange.admit(f"Bearer {token}")
        return True

    good = mint_access(access_token(issued_at=NOW, expires_at=NOW + 300), key)
    bad = good[:-6] + "AAAAAA"
    assert all(refused(bad) for _ in range(50)) and len(checked) == 1
    for number in range(20):
        refused(f"{bad}{number}")
    assert exchange.admit(f"Bearer {good}")
    source.keys = ring([public_jwk(new_key("ES256"))], "ES256")
    source.tell()
    checked.clear()
    assert refused(good) and refused(good) and len(checked) == 1
    source.keys = ring([public_jwk(key)], "ES256")
    source.tell()
    assert exchange.admit(f"Bearer {good}")  # the key that it was refused for want of has come
    early = mint_access(access_token(issued_at=NOW + 60, expires_at=NOW + 90), key)
    assert refused(early)
    clock.now = NOW + 60
    assert exchange.admit(f"Bearer {early}")  # what time heals is not remembered


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
