"""Door and registry together: a token opens the door until it is revoked or its client is closed."""

import base64
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.keys import rotate
from services.kit.auth.keys import new_key, public_jwk
from services.postgres import PrivatePostgres
from services.processes import Child
from tests.gateway.registry.conftest import Directory
from tests.gateway.registry.house import HTTP, ISSUER, Registry, assertion, claims, free_port, payload

WHOLE_SECONDS = 10  # a limit for slow machines; the door asks twice a second


@pytest.fixture(scope="module")
def doors(
    house: Registry, postgres: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, ...]]:
    """Two processes, each with its own reading of the issuer."""
    folder: Path = tmp_path_factory.mktemp("door")
    upstreams = {
        f"KAKEHASHI_UPSTREAM_{name}": f"unix:{folder}/{name}" for name in ("JET", "CARE", "GRANTS", "EVENTS")
    }
    environment = {
        **os.environ,
        **upstreams,
        "KAKEHASHI_UPSTREAM_REGISTRY": house.addresses[0],
        "KAKEHASHI_DATABASE_URL": postgres.url(user="door_app"),
        "DATABASE_URL": postgres.url(user="door_app"),
        "KAKEHASHI_KEYS": str(house.keys),
        "KAKEHASHI_ISSUER": ISSUER,
    }
    command = [sys.executable, "-m", "services.serve", "door"]
    with ExitStack() as stack:
        made = []
        for number in range(2):
            listen = f"127.0.0.1:{free_port()}"
            told = {**environment, "KAKEHASHI_LISTEN": listen}
            child = Child("door", command, told, folder / f"door-{number}.log", listen)
            stack.callback(child.stop)
            child.start()
            made.append((child, f"http://{listen}"))
        for child, _ in made:
            child.wait_ready(60)
            stack.callback(child.terminate)  # all of them, before each is waited for
        yield tuple(address for _, address in made)


@pytest.fixture
def door(doors: tuple[str, ...]) -> str:
    return doors[0]


def bearer(door: str, client: str, secret: str) -> dict[str, str]:
    answer = HTTP.post(
        f"{door}/oauth/token", data={"grant_type": "client_credentials"}, auth=(client, secret)
    )
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def reads(door: str, headers: dict[str, str]) -> int:
    return HTTP.get(f"{door}/identity/v1/clients?limit=1", headers=headers).status_code


def shut(door: str, headers: dict[str, str]) -> bool:
    """Whether the door refuses the token before long."""
    deadline = time.monotonic() + WHOLE_SECONDS
    while time.monotonic() < deadline:
        if reads(door, headers) == 401:
            return True
        time.sleep(0.05)
    return False


def test_the_registrar_works_through_the_door(house: Registry, door: str) -> None:
    made = json.loads((house.keys / "registrar.json").read_text())
    headers = bearer(door, made["client_id"], made["client_secret"]) | {"Idempotency-Key": str(uuid4())}
    body = {"client_id": f"c-{uuid4().hex[:12]}", "name": "窓口", "role": "service", "scopes": []}
    answer = HTTP.post(f"{door}/identity/v1/clients", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert (
        HTTP.post(f"{door}/identity/v1/clients/{body['client_id']}/secrets", headers=headers).status_code
        == 201
    )
    assert HTTP.get(f"{door}/identity/v1/clock").status_code == 200
    assert HTTP.get(f"{door}/.well-known/oauth-authorization-server").json()["issuer"] == ISSUER


def test_the_door_passes_the_issuers_refusals_on(house: Registry, door: str) -> None:
    answer = HTTP.post(f"{door}/oauth/token", data={"grant_type": "client_credentials"}, auth=("nobody", "x"))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic ")


def test_a_revoked_token_is_shut_out_and_its_sibling_is_not(house: Registry, door: str) -> None:
    client, secret = house.with_secret(role="registrar", scopes=["identity.client:read"])
    first, second = bearer(door, client, secret), bearer(door, client, secret)
    assert reads(door, first) == 200
    token = first["Authorization"].removeprefix("Bearer ")
    assert HTTP.post(f"{door}/oauth/revoke", data={"token": token}, auth=(client, secret)).status_code == 200
    assert shut(door, first)
    assert reads(door, second) == 200


Answer = httpx.Response
Changed = Callable[[Registry, str], object]


def change(house: Registry, client: str, **fields: Any) -> None:
    path, match = f"/identity/v1/clients/{client}", {"If-Match": "*"}
    answer = house.call("PATCH", path, "identity_clients_change", json=fields, headers=match)
    assert answer.status_code == 200, answer.text


def revoke_all(house: Registry, subject: str) -> None:
    said = {"subject": subject}
    answer = house.call("POST", "/identity/v1/revocations", "identity_revocations_create", json=said)
    assert answer.status_code == 201, answer.text


def statement(sql: str) -> Changed:
    return lambda house, subject: house.rows(sql.format(subject))


def all_out(doors: tuple[str, ...], answer: Answer, since: float) -> float:
    """Seconds until every door refuses the token."""
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert all(shut(door, headers) for door in doors)
    return time.monotonic() - since


def let_in(door: str, answer: Answer) -> bool:
    """Whether the door takes the token, whatever the service says then."""
    return reads(door, {"Authorization": f"Bearer {answer.json()['access_token']}"}) in (200, 403)


_OF = "(SELECT id FROM identity.client WHERE client_id = '{0}')"
OF_CLIENTS: dict[str, tuple[Changed, bool]] = {
    "closed": (lambda house, client: change(house, client, active=False), False),
    "narrowed": (lambda house, client: change(house, client, scopes=[]), True),
    "narrowed past the API": (
        statement("UPDATE identity.client SET scopes = ARRAY['directory:read'] WHERE client_id = '{0}'"),
        True,
    ),
    "of another role": (lambda house, client: change(house, client, role="coordinator", scopes=[]), True),
    "revoked": (revoke_all, True),
    "key ended": (statement(f"UPDATE identity.client_key SET valid_to = now() WHERE client = {_OF}"), False),
    "key replaced": (
        lambda house, client: change(house, client, public_jwk=public_jwk(new_key("ES256"))),
        False,
    ),
}


@pytest.mark.parametrize("case", OF_CLIENTS)
def test_every_door_refuses_what_was_issued_before_a_clients_change(
    house: Registry, doors: tuple[str, ...], case: str, record_property: Callable[[str, object], None]
) -> None:
    make, still_known = OF_CLIENTS[case]
    client, key = house.with_key(role="registrar", scopes=["identity.client:read"])
    before = house.signed(assertion(key, claims(client)))
    assert all(let_in(door, before) for door in doors)
    since = time.monotonic()
    make(house, client)
    after = house.signed(assertion(key, claims(client)))
    assert (after.status_code == 200) == still_known
    record_property("seconds", round(all_out(doors, before, since), 3))
    if still_known:  # issued in the same second
        assert all(let_in(door, after) for door in doors)


def yesterday(house: Registry) -> date:
    (today,) = house.rows("SELECT platform.today()")[0]
    assert isinstance(today, date)
    return today - timedelta(days=1)


OF_PEOPLE: dict[str, tuple[Changed, bool]] = {
    "a post ended": (
        lambda house, person: house.rows(
            f"UPDATE directory.post SET valid_to = '{yesterday(house)}' WHERE person_id = '{person}'"
        ),
        False,
    ),
    "a post deleted": (statement("DELETE FROM directory.post WHERE person_id = '{0}'"), False),
    "of another kind": (statement("UPDATE directory.person SET kind = 'staff' WHERE id = '{0}'"), False),
    "the organisation hosts no more": (
        lambda house, person: house.rows(
            f"UPDATE directory.organisation_role SET valid_to = '{yesterday(house)}' WHERE organisation_id IN "
            f"(SELECT organisation_id FROM directory.post WHERE person_id = '{person}')"
        ),
        True,
    ),
    "revoked": (revoke_all, True),
}


@pytest.mark.parametrize("case", OF_PEOPLE)
def test_every_door_refuses_what_was_issued_before_a_persons_change(
    house: Registry, directory: Directory, doors: tuple[str, ...], case: str,
    record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    make, still_known = OF_PEOPLE[case]
    client, key = house.with_key(role="service", acts_for_people=True, scopes=["directory:read"])
    person: UUID = directory.person("officer", (directory.organisation(hosts=True), "host"))
    bystander = directory.person("officer", (directory.organisation(), "host"))

    def token(whom: UUID) -> Answer:
        return house.person(assertion(key, claims(client, str(whom))))

    before, another = token(person), token(bystander)
    assert before.status_code == 200, before.text
    since = time.monotonic()
    make(house, str(person))
    after = token(person)
    assert (after.status_code == 200) == still_known
    record_property("seconds", round(all_out(doors, before, since), 3))
    assert all(let_in(door, another) for door in doors)
    if still_known:
        assert all(let_in(door, after) for door in doors)


def test_no_token_is_refused_while_the_keys_are_rotated(house: Registry, doors: tuple[str, ...]) -> None:
    client, secret = house.with_secret(role="registrar", scopes=["identity.client:read"])
    seen: list[tuple[str, int]] = []
    done = Event()

    def work(number: int) -> None:
        while not done.is_set():
            form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
            answer = HTTP.post(f"{house.addresses[number]}/oauth/token", data=form)
            kid = json.loads(_decoded(answer.json()["access_token"].split(".")[0]))["kid"]
            headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
            seen.extend((kid, reads(door, headers)) for door in doors)

    def published() -> list[str]:
        found = HTTP.get(f"{house.addresses[1]}/.well-known/jwks.json").json()["keys"]
        return [key["kid"] for key in found]

    old = json.loads((house.keys / "issuer.public.jwk").read_text())["kid"]
    following = json.loads((house.keys / "issuer.next.public.jwk").read_text())["kid"]
    assert {old, following} <= set(published())
    threads = [Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    try:
        until(lambda: any(kid == old for kid, _ in seen))
        current, unsettled = rotate(house.keys)
        assert current == following
        until(lambda: {kid for kid, _ in seen[-8:]} == {current})
        hasty, _ = rotate(house.keys)
        strange, _ = rotate(house.keys)  # too early: nobody has heard of the key that is to sign now
        until(lambda: strange in published())
        count = len(seen)
        until(lambda: len(seen) > count + 40)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert {status for _, status in seen} == {200} and len(seen) > 100
    assert hasty == unsettled and {old, current} <= set(published())
    (left,) = house.rows(f"SELECT not_after - now() FROM identity.signing_key WHERE kid = '{old}'")[0]
    assert timedelta(seconds=300) < left <= timedelta(seconds=360)  # type: ignore[operator]


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 2 * WHOLE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_a_token_for_one_resource_is_good_there_alone(house: Registry, door: str) -> None:
    client, secret = house.with_secret(role="registrar", scopes=["identity.client:read", "directory:read"])

    def status(path: str, **form: str) -> int:
        answer = house.credentials(client, secret, **form)
        headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        return HTTP.get(f"{door}{path}?limit=1", headers=headers).status_code

    clients, countries = "/identity/v1/clients", "/directory/v1/countries"
    here = {"resource": f"{ISSUER}/identity"}
    assert payload(house.credentials(client, secret, **here))["aud"] == f"{ISSUER}/identity"
    assert payload(house.credentials(client, secret))["aud"] == ISSUER
    assert (status(clients, **here), status(countries, **here)) == (200, 401)
    for whole in ({}, {"resource": ISSUER}):
        assert (status(clients, **whole), status(countries, **whole)) == (200, 200)
    for other in (
        "https://other.example",
        f"{ISSUER}/",
        f"{ISSUER}/jet/v1",
        f"{ISSUER}/desk",
        f"{ISSUER}#jet",
    ):
        refused = house.credentials(client, secret, resource=other)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_target")
