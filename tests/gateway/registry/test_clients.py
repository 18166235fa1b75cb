"""Clients as the registrar keeps them, and their secrets, which are shown once."""

import csv
import hashlib
import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.kit.auth.keys import Key, new_key, public_jwk
from tests.gateway.registry.conftest import Directory
from tests.gateway.registry.house import Registry, assertion, claims, payload, refusal


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
    "an organisation's tool that registers clients": (
        {"role": "participant", "scopes": ["identity.client:write"]},
        (409, "client_scope_ceiling"),
    ),
    "a tool for people with rights over clients": (
        {"acts_for_people": True, "scopes": ["identity.client:read"]},
        (409, "client_scope_ceiling"),
    ),
    "an auditor that reads people": (
        {"role": "auditor", "scopes": ["jet.participant:read"]},
        (409, "client_scope_ceiling"),
    ),
    "a scope of no service": ({"scopes": ["care.case:read"]}, (409, "client_scope_ceiling")),
    "a company without one": ({"role": "business"}, (409, "client_organisation")),
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
    assert secret.startswith("kk_") and len(secret) == 46
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


def works(house: Registry, client: str, *secrets: str) -> list[bool]:
    return [house.credentials(client, secret).status_code == 200 for secret in secrets]


def anew(house: Registry, client: str, overlap: int | None = None) -> str:
    """A new secret, after the overlap that a request names."""
    path = f"/identity/v1/clients/{client}/secrets" + ("" if overlap is None else f"?overlap_days={overlap}")
    answer = house.call("POST", path, "identity_client_secrets_create")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["client_secret"])


def test_the_earlier_secrets_stay_for_their_overlap_and_get_no_more_time(house: Registry) -> None:
    client, first = house.with_secret()
    second = anew(house, client)
    assert works(house, client, first, second) == [True, True]
    until = (
        "SELECT valid_to - valid_from FROM identity.client_secret WHERE valid_to < 'infinity' AND client = "
    )
    (left,) = house.rows(f"{until} (SELECT id FROM identity.client WHERE client_id = '{client}')")[0]
    assert timedelta(days=7) <= cast(timedelta, left) < timedelta(days=7, minutes=5)
    third = anew(house, client, 1)
    assert works(house, client, first, second, third) == [True, True, True]
    (longest,) = house.rows(f"SELECT max(valid_to - now()) FROM identity.client_secret WHERE valid_to < 'infinity' AND client = "
                            f"(SELECT id FROM identity.client WHERE client_id = '{client}')")[0]  # fmt: skip
    assert cast(timedelta, longest) <= timedelta(days=1)
    fourth = anew(house, client, 0)
    assert works(house, client, first, second, third, fourth) == [False, False, False, True]
    house.rows("UPDATE identity.client_secret SET valid_to = now() - interval '1 second' "
               f"WHERE client = (SELECT id FROM identity.client WHERE client_id = '{client}')")  # fmt: skip
    assert works(house, client, fourth) == [False]


def test_of_parallel_requests_for_a_secret_every_answer_works(house: Registry) -> None:
    client = house.make()
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: house.secret(client), range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert all(works(house, client, *(a.json()["client_secret"] for a in answers)))


def test_a_client_of_two_keys_keeps_both_when_something_else_of_it_changes(house: Registry) -> None:
    client = house.make(public_jwk=public_jwk(first := new_key("ES256")))
    second = public_jwk(new_key("ES256"))
    added = house.call(
        "POST", "/identity/v1/client-keys", "identity_client_keys_create",
        json={"client_id": client, "public_jwk": second},
    )  # fmt: skip
    assert added.status_code == 201, added.text
    assert change(house, client, {"name": "別名"}).status_code == 200
    ended = house.rows(
        "SELECT count(*) FROM identity.client_key AS k JOIN identity.client AS c ON c.id = k.client "
        f"WHERE c.client_id = '{client}' AND k.valid_to < 'infinity'"
    )
    assert ended == [(0,)] and str(first.kid) != second["kid"]


def test_all_secrets_are_rotated_but_whoever_has_none_gets_none(house: Registry) -> None:
    keyed = house.make(public_jwk=public_jwk(new_key("ES256")))
    answer = house.call(
        "POST", "/identity/v1/secret-rotations", "identity_secret_rotations_create", json={"overlap_days": 7}
    )
    assert answer.status_code == 201 and keyed not in {one["client_id"] for one in answer.json()["items"]}


def test_a_client_that_goes_by_keys_from_now_on_gives_its_secret_up(house: Registry) -> None:
    client, secret = house.with_secret()
    answer = house.call(
        "POST", f"/identity/v1/clients/{client}/secret-voidings", "identity_client_secret_voidings_create"
    )
    assert answer.status_code == 201 and answer.json()["has_secret"] is False
    assert works(house, client, secret) == [False]


def test_all_secrets_are_rotated_by_one_call_that_shows_them_once(house: Registry) -> None:
    made = [house.with_secret(role="coordinator", scopes=["directory:read"]) for _ in range(3)]
    apart = house.with_secret()
    keyed, _ = house.with_key(role="ministry", scopes=[])
    names = [client for client, _ in made]
    key, body = {"Idempotency-Key": str(uuid4())}, {"client_ids": names, "overlap_days": 1}
    answer = rotation(house, body, **key)
    given = {one["client_id"]: one["client_secret"] for one in answer.json()["items"]}
    assert answer.status_code == 201 and sorted(given) == sorted(names)
    for client, old in made:
        assert works(house, client, old, given[client]) == [True, True]
    assert rotation(house, body, **key).json() == {"secrets": 3}
    assert not any(secret in everything_stored(house) for secret in given.values())
    of_role = rotation(house, {"role": "coordinator", "overlap_days": 0}).json()
    given = {one["client_id"]: one["client_secret"] for one in of_role["items"]}
    assert set(names) <= set(given) and apart[0] not in given
    for client, old in made:
        assert works(house, client, old, given[client]) == [False, True]
    table = rotation(house, {"client_ids": names}, Accept="text/csv")
    assert (
        table.headers["content-type"].startswith("text/csv") and table.headers["cache-control"] == "no-store"
    )
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert works(house, rows[1][0], rows[1][1]) == [True] and len(rows) == 4
    everybody = rotation(house, {})
    assert {apart[0], *names} <= {one["client_id"] for one in everybody.json()["items"]}
    assert keyed not in everybody.text and '"registrar"' not in everybody.text
    wrong = rotation(house, {"client_ids": [names[0], keyed, "nobody-there"]})
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/client_ids/1", "/client_ids/2"]


def rotation(house: Registry, body: dict[str, Any], **headers: str) -> httpx.Response:
    path, operation = "/identity/v1/secret-rotations", "identity_secret_rotations_create"
    return house.call("POST", path, operation, json=body, headers=headers)


def test_those_known_by_their_keys_get_no_secret_not_even_past_the_api(house: Registry) -> None:
    for client, _ in (
        house.with_key(acts_for_people=True),
        house.with_key(role="ministry", scopes=[]),
        house.with_key(role="auditor", scopes=["directory:read"]),
    ):
        assert code(house.secret(client)) == (409, "action_not_available")
        closed = [one for one in read(house, client).json()["available_actions"] if "closed" in one]
        assert [one["action"] for one in closed] == ["secrets"]
        insert = f"SELECT id, {{}} FROM identity.client WHERE client_id = '{client}'"
        for columns, values in (("client, sha256", "'x'::bytea"), ("client, sha256, keys_only", "'x', true")):
            with pytest.raises(asyncpg.IntegrityConstraintViolationError):
                house.rows(f"INSERT INTO identity.client_secret ({columns}) {insert.format(values)}")


def keys_of(house: Registry, client: str) -> list[dict[str, Any]]:
    path = f"/identity/v1/client-keys?client_id={client}"
    items: list[dict[str, Any]] = house.call("GET", path, "identity_client_keys_list").json()["items"]
    return items


def add_key(house: Registry, client: str, key: Key) -> httpx.Response:
    body = {"client_id": client, "public_jwk": public_jwk(key)}
    return house.call("POST", "/identity/v1/client-keys", "identity_client_keys_create", json=body)


def test_a_second_key_is_good_beside_the_first_until_that_is_retired(house: Registry) -> None:
    client, first = house.with_key()
    second = new_key("ES256")
    assert add_key(house, client, second).status_code == 201
    for key in (first, second):
        assert payload(house.signed(assertion(key, claims(client))))
    assert refusal(house.signed(assertion(first, claims(client), kid=second.kid))) == (401, "invalid_client")
    assert refusal(house.signed(assertion(first, claims(client), kid=None))) == (401, "invalid_client")
    old = next(one for one in keys_of(house, client) if one["kid"] == first.kid)
    path, operation = (
        f"/identity/v1/client-keys/{old['id']}/retirements",
        "identity_client_key_retirements_create",
    )
    assert house.call("POST", path + "?in_days=3", operation).json()["until_instant"] is not None
    assert payload(house.signed(assertion(first, claims(client))))
    assert house.call("POST", path, operation).status_code == 201
    assert refusal(house.signed(assertion(first, claims(client)))) == (401, "invalid_client")
    assert payload(house.signed(assertion(second, claims(client), kid=None)))
    assert code(add_key(house, client, first)) == (422, "invalid_content")  # a retired key does not come back
    third = new_key("ES256")
    assert change(house, client, {"public_jwk": public_jwk(third)}).status_code == 200
    assert refusal(house.signed(assertion(second, claims(client)))) == (401, "invalid_client")
    assert payload(house.signed(assertion(third, claims(client))))
    told = set(
        house.rows("SELECT resource_id::text, action FROM identity.outbox WHERE resource = 'client-keys'")
    )
    ids = {one["kid"]: one["id"] for one in keys_of(house, client)}
    assert {(ids[second.kid], "changed"), (ids[third.kid], "created")} <= told
    assert change(house, client, {"public_jwk": None}).status_code == 200  # left out: they stay
    assert payload(house.signed(assertion(third, claims(client))))


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
