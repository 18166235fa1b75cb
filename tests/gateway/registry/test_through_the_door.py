"""Door and registry together: a token opens the door until it is revoked or its client is closed."""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from services.gateway.registry.app import create_app
from services.postgres import PrivatePostgres
from services.processes import Child
from tests.gateway.registry.house import ISSUER, Registry, free_port

WHOLE_SECONDS = 10  # a limit for slow machines; the door asks twice a second


@pytest.fixture(scope="module")
def door(
    house: Registry, postgres: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("door")
    empty = {"openapi": "3.1.0", "info": {"title": "-", "version": "1"}, "paths": {}}
    for service in ("registry", "jet", "grants", "events"):
        document = create_app().openapi() if service == "registry" else empty
        (folder / f"{service}.json").write_text(json.dumps(document), encoding="utf-8")
    listen = f"127.0.0.1:{free_port()}"
    upstreams = {
        f"KAKEHASHI_UPSTREAM_{name}": f"unix:{folder}/{name}" for name in ("JET", "GRANTS", "EVENTS")
    }
    environment = {
        **os.environ,
        **upstreams,
        "KAKEHASHI_UPSTREAM_REGISTRY": house.addresses[0],
        "KAKEHASHI_DATABASE_URL": postgres.url(user="door_app"),
        "DATABASE_URL": postgres.url(user="door_app"),
        "KAKEHASHI_KEYS": str(house.keys),
        "KAKEHASHI_ISSUER": ISSUER,
        "KAKEHASHI_API_FOLDER": str(folder),
        "KAKEHASHI_LISTEN": listen,
    }
    child = Child(
        "door", [sys.executable, "-m", "services.serve", "door"], environment, folder / "door.log", listen
    )
    child.start()
    try:
        child.wait_ready(60)
        yield f"http://{listen}"
    finally:
        child.stop()


def bearer(door: str, client: str, secret: str) -> dict[str, str]:
    answer = httpx.post(
        f"{door}/oauth/token", data={"grant_type": "client_credentials"}, auth=(client, secret)
    )
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def reads(door: str, headers: dict[str, str]) -> int:
    return httpx.get(f"{door}/identity/v1/clients?limit=1", headers=headers).status_code


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
    answer = httpx.post(f"{door}/identity/v1/clients", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert (
        httpx.post(f"{door}/identity/v1/clients/{body['client_id']}/secrets", headers=headers).status_code
        == 201
    )
    assert httpx.get(f"{door}/identity/v1/clock").status_code == 200
    assert httpx.get(f"{door}/.well-known/oauth-authorization-server").json()["issuer"] == ISSUER


def test_the_door_passes_the_issuers_refusals_on(house: Registry, door: str) -> None:
    answer = httpx.post(
        f"{door}/oauth/token", data={"grant_type": "client_credentials"}, auth=("nobody", "x")
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic ")


def test_a_revoked_token_is_shut_out_and_its_sibling_is_not(house: Registry, door: str) -> None:
    client, secret = house.with_secret(role="registrar", scopes=["identity.client:read"])
    first, second = bearer(door, client, secret), bearer(door, client, secret)
    assert reads(door, first) == 200
    token = first["Authorization"].removeprefix("Bearer ")
    assert httpx.post(f"{door}/oauth/revoke", data={"token": token}, auth=(client, secret)).status_code == 200
    assert shut(door, first)
    assert reads(door, second) == 200


def test_a_closed_clients_tokens_are_shut_out(house: Registry, door: str) -> None:
    client, secret = house.with_secret(role="registrar", scopes=["identity.client:read"])
    headers = bearer(door, client, secret)
    assert reads(door, headers) == 200
    house.rows(f"UPDATE identity.client SET active = false WHERE client_id = '{client}'")
    assert shut(door, headers)
