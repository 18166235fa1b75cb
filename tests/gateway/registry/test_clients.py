"""Clients as the registrar keeps them, and their secrets, which are shown once."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.kit.auth.keys import new_key, public_jwk
from tests.gateway.registry.conftest import Directory
from tests.gateway.registry.house import Registry, payload


def read(house: Registry, client: str, **more: Any) -> httpx.Response:
    return house.call("GET", f"/identity/v1/clients/{client}", "identity_clients_read", **more)


def change(house: Registry, client: str, patch: dict[str, Any]) -> httpx.Response:
    tag = read(house, client).headers["etag"]
    path = f"/identity/v1/clients/{client}"
    return house.call("PATCH", path, "identity_clients_change", json=patch, headers={"If-Match": tag})


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_client_is_created_read_listed_and_changed(house: Registry, directory: Directory) -> None:
    home = directory.code(directory.organisation())
    key = public_jwk(new_key("ES256"))
    client = house.make(role="organisation", organisation_code=home, public_jwk=key)
    said = read(house, client).json()
    assert (said["client_id"], said["role"], said["organisation_code"]) == (client, "organisation", home)
    assert (said["scopes"], said["active"], said["has_secret"]) == (
        ["jet.roster:read", "directory:read"],
        True,
        False,
    )
    assert json.loads(said["public_jwk"]) == key
    path = "/identity/v1/clients?role=organisation&limit=500"
    listed = house.call("GET", path, "identity_clients_list").json()["items"]
    assert client in [one["client_id"] for one in listed]
    assert {one["role"] for one in listed} == {"organisation"}
    changed = change(house, client, {"name": "新しい名前", "scopes": ["directory:read"]})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["name"], changed.json()["scopes"]) == ("新しい名前", ["directory:read"])
    assert json.loads(changed.json()["public_jwk"]) == key
    assert code(change(house, client, {"client_id": "another"})) == (422, "invalid_content")


@pytest.mark.parametrize("form", ["text/csv", "application/x-ndjson"])
def test_the_list_of_clients_comes_whole_in_other_formats(house: Registry, form: str) -> None:
    client = house.make()
    answer = house.call("GET", "/identity/v1/clients", "identity_clients_list", headers={"Accept": form})
    assert answer.status_code == 200
    assert client in answer.text


WRONG: dict[str, tuple[dict[str, Any], tuple[int, str]]] = {
    "a role that is none": ({"role": "king"}, (422, "invalid_content")),
    "the issuer's role": ({"role": "issuer"}, (422, "invalid_content")),
    "a scope that is none": ({"scopes": ["everything"]}, (422, "invalid_content")),
    "two scopes in one": ({"scopes": ["a:read b:write"]}, (422, "invalid_content")),
    "a client_id with a colon": ({"client_id": "a:b"}, (422, "invalid_content")),
    "a client_id like a UUID": ({"client_id": str(uuid4())}, (422, "invalid_content")),
    "an unknown field": ({"secret": "x"}, (422, "invalid_content")),
    "an unknown organisation": (
        {"role": "organisation", "organisation_code": "none"},
        (422, "invalid_content"),
    ),
    "no organisation": ({"role": "organisation"}, (409, "client_organisation")),
    "a key that is none": ({"public_jwk": {"kty": "RSA"}}, (422, "invalid_content")),
    "a private key": (
        {"public_jwk": {str(k): str(v) for k, v in new_key("ES256").as_dict(private=True).items()}},
        (422, "invalid_content"),
    ),
    "a tool without a key": ({"acts_for_people": True}, (409, "client_needs_key")),
    "a ministry without a key": ({"role": "ministry", "scopes": []}, (409, "client_needs_key")),
    "a ministry that reads people": (
        {"role": "ministry", "public_jwk": public_jwk(new_key("ES256"))},
        (409, "client_reads_figures_only"),
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_client_is_refused(house: Registry, case: str) -> None:
    fields, expected = WRONG[case]
    assert code(house.create(**{"client_id": f"c-{uuid4().hex[:12]}"} | fields)) == expected


def test_the_same_client_id_twice_is_a_conflict(house: Registry) -> None:
    assert code(house.create(client_id=house.make())) == (409, "already_exists")


def test_clients_are_the_registrars_matter(house: Registry) -> None:
    client = house.make()
    assert read(house, client, role="coordinator").status_code == 403
    assert read(house, client, scopes=frozenset()).status_code == 403
    assert house.secret(client, role="service").status_code == 403
    assert house.secret("nobody").status_code == 404


def everything_stored(house: Registry) -> str:
    tables = house.rows(
        "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables "
        "WHERE table_schema = 'identity' AND table_type = 'BASE TABLE'"
    )
    kept = [house.rows(f"SELECT to_jsonb(t)::text FROM {name} AS t") for (name,) in tables]
    bodies = house.rows("SELECT convert_from(body, 'UTF8') FROM identity.idempotency")
    return repr([*kept, bodies])


def test_a_secret_is_shown_once_and_stored_nowhere(house: Registry) -> None:
    client, key = house.make(), {"Idempotency-Key": str(uuid4())}
    first = house.secret(client, headers=key)
    assert first.status_code == 201
    assert first.headers["cache-control"] == "no-store"
    secret = first.json()["client_secret"]
    assert len(secret) == 43
    again = house.secret(client, headers=key)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert again.json() == {"client_id": client}
    assert payload(house.credentials(client, secret))  # the replay made no other
    digest = hashlib.sha256(secret.encode()).hexdigest()
    changed = change(house, client, {"name": "別名"})
    assert changed.json()["has_secret"] is True
    shown = changed.text + read(house, client).text
    shown += house.call("GET", "/identity/v1/clients?limit=500", "identity_clients_list").text
    assert secret not in shown + everything_stored(house)
    assert digest not in shown
    assert digest not in repr(house.rows("SELECT before, after FROM identity.audit_entry"))


def test_a_new_secret_voids_the_old_one(house: Registry) -> None:
    client, old = house.with_secret()
    new = house.secret(client).json()["client_secret"]
    assert house.credentials(client, old).status_code == 401
    assert payload(house.credentials(client, new))


def test_of_parallel_requests_for_a_secret_the_last_answer_works(house: Registry) -> None:
    client = house.make()
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: house.secret(client), range(6)))
    assert {answer.status_code for answer in answers} == {201}
    works = [house.credentials(client, answer.json()["client_secret"]).status_code for answer in answers]
    assert sorted(works) == [200] + [401] * 5


def test_tools_and_ministries_get_no_secret(house: Registry) -> None:
    for client, _ in (house.with_key(acts_for_people=True), house.with_key(role="ministry", scopes=[])):
        assert code(house.secret(client)) == (409, "action_not_available")
        closed = [one for one in read(house, client).json()["available_actions"] if "closed" in one]
        assert [one["action"] for one in closed] == ["secrets"]
        with pytest.raises(asyncpg.CheckViolationError, match="client_tools_use_keys"):
            house.rows(f"UPDATE identity.client SET secret_sha256 = '\\x00' WHERE client_id = '{client}'")


def test_a_client_with_a_secret_does_not_become_a_ministrys(house: Registry) -> None:
    client, _ = house.with_secret()
    patch = {"role": "ministry", "scopes": [], "public_jwk": public_jwk(new_key("ES256"))}
    assert code(change(house, client, patch)) == (409, "client_needs_key")


def test_an_inactive_client_gets_no_token(house: Registry) -> None:
    client, secret = house.with_secret()
    assert change(house, client, {"active": False}).status_code == 200
    assert house.credentials(client, secret).status_code == 401
    assert change(house, client, {"active": True}).status_code == 200
    assert payload(house.credentials(client, secret))
