"""The zoo of bad tokens at the door and at each service: none gets in, none makes anything fall over."""

import asyncio
import http.client
import json
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from fastapi import FastAPI

from services.events.app import create_app as events
from services.gateway.registry.app import create_app as registry
from services.grants.app import create_app as grants
from services.jet.app import create_app as jet
from services.kit.auth.keys import load_key
from services.kit.auth.tokens import INTERNAL_HEADER, TokenRefused, mint_access
from services.postgres import PrivatePostgres
from tests.gateway.door.house import ISSUER, House, access_token
from tests.support.serving import Caller, Serving, serving
from tests.support.token_zoo import Kind, access_kind, internal_kind

PATH, OTHER = "/jet/v1/things", "/grants/v1/programmes"


def answered(connection: http.client.HTTPConnection, token: str, scheme: str = "Bearer ") -> tuple[int, str]:
    """The bytes as they are, whatever HTTP allows in a header."""
    connection.putrequest("GET", PATH)
    connection.putheader("Authorization", scheme.encode() + token.encode("utf-8"))
    connection.endheaders()
    response = connection.getresponse()
    body = response.read()
    return response.status, json.loads(body)["code"] if response.status >= 400 else ""


def test_no_bad_token_gets_past_the_door(a_house: House) -> None:
    kind = access_kind(a_house.key, ISSUER)
    zoo = {name: make() for name, make in kind.zoo().items()}
    zoo |= {f"internal: {name}": make() for name, make in inner(a_house).zoo().items()}
    zoo |= {"internal": inner(a_house).signed()} | withdrawn(a_house)
    assert len(set(zoo.values())) >= 2 * 120
    with closing(a_house.connect()) as connection:
        _refused_at(a_house, connection, kind, zoo)


def _refused_at(
    a_house: House, connection: http.client.HTTPConnection, kind: Kind, zoo: dict[str, str]
) -> None:
    for scheme in ("Bearer ", "bearer "):
        assert answered(connection, kind.signed(), scheme)[0] == 200
    reached = a_house.reached()
    told: Counter[tuple[int, str]] = Counter()
    for _ in range(2):  # the second time from the store of bad ones
        outcomes = {name: answered(connection, token) for name, token in zoo.items()}
        wrong = {name: said for name, said in outcomes.items() if said[0] not in (400, 401)}
        assert not wrong
        told.update(outcomes.values())
    assert a_house.reached() == reached
    # what is no header value never becomes a token
    assert told[400, "bad_header"] + told[401, "token_required"] == sum(told.values())
    assert answered(connection, kind.signed())[0] == 200


def inner(house: House) -> Kind:
    return internal_kind(house.door_key, "jet", "jet_things_list")


def withdrawn(house: House) -> dict[str, str]:
    """Good ones, but for what has become of them."""
    house.source.tell(denied=frozenset({"zoo-revoked"}), changed={"zoo-changed": 3})
    tokens = {
        "revoked": access_token(jti="zoo-revoked"),
        "before a change of rights": access_token(client="zoo-changed", client_version=2),
        "never changed": access_token(client="zoo-changed"),
        "for another service": access_token(path="grants"),
        "of another house": access_token(issuer="https://other.example"),
    }
    return {name: mint_access(token, house.key) for name, token in tokens.items()}


SERVICES: dict[str, tuple[Callable[[], FastAPI], str]] = {
    "jet": (jet, "jet_roster_list"),
    "registry": (registry, "directory_countries_list"),
    "grants": (grants, "grants_programmes_list"),
    "events": (events, "events_offices_list"),
}


@pytest.mark.parametrize("name", SERVICES)
def test_no_bad_token_gets_past_a_service(name: str, postgres: PrivatePostgres, tmp_path: Path) -> None:
    create, route = SERVICES[name]
    with serving(name, create, postgres, tmp_path) as service:
        key = load_key(tmp_path / "door.jwk", "Ed25519", private=True)
        kind = internal_kind(key, name, route)
        outer = access_kind(load_key(tmp_path / "issuer.jwk", "ES256", private=True), ISSUER)
        zoo = {name: make() for name, make in kind.zoo().items()}
        zoo |= {f"access: {name}": make() for name, make in outer.zoo().items()}
        zoo |= {"an access token": outer.signed(), "signed by the issuer": _by_the_issuer(kind, outer)}
        assert len(set(zoo.values())) >= 2 * 120
        verifier = service.app.state.service.verifier
        for _ in range(2):
            assert [name for name, token in zoo.items() if verified(verifier.verify, token, route)] == []
        assert verified(verifier.verify, kind.signed(), route)
        if route in service.routes:  # what a service offers nothing at, nobody can ask
            _refused_by(service, route, kind, zoo)


def _by_the_issuer(kind: Kind, outer: Kind) -> str:
    """An internal token's claims and header, with the other house key."""
    said = {"alg": "ES256", "typ": kind.typ, "kid": str(outer.key.kid)}
    return outer.signed(said, payload=kind.good())


def verified(verify: Callable[[str, str], object], token: str, route: str) -> bool:
    try:
        verify(token, route)
    except TokenRefused:
        return False
    return True


def _refused_by(service: Serving, route: str, kind: Kind, zoo: dict[str, str]) -> None:
    async def status(header: str, token: str) -> int:
        value = token.encode("utf-8", "surrogatepass")
        sent = await service.send(route, None, {header: value}, params={"programme_year": "2024"})  # type: ignore[dict-item]
        return sent.status_code

    async def statuses() -> list[tuple[str, str, int]]:
        found = []
        for header in (INTERNAL_HEADER, "Authorization"):
            prefix = "Bearer " if header == "Authorization" else ""
            told = await asyncio.gather(*(status(header, prefix + token) for token in zoo.values()))
            found += [(name, header, one) for name, one in zip(zoo, told, strict=True)]
        found.append(("good, as Authorization", "", await status("Authorization", f"Bearer {kind.signed()}")))
        return found

    wrong = [one for one in service.run(statuses()) if one[2] not in (400, 401)]
    assert not wrong
    role = next(iter(service.matrix[route].roles))
    known = service.call(route, Caller(role), params={"programme_year": "2024"})
    assert known.status_code in (200, 400), known.text
