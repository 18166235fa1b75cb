"""Tokens: who gets one, and the many ways in which nobody does."""

import base64
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from joserfc.jwk import ECKey

from services.kit.auth.keys import new_key, read_key, ring
from services.kit.auth.tokens import verify_access
from tests.gateway.registry.conftest import Directory
from tests.gateway.registry.house import (
    ASSERTION_TYPE,
    HTTP,
    ISSUER,
    Registry,
    assertion,
    claims,
    payload,
    refusal,
)

GRANT = "client_credentials"


@pytest.mark.parametrize("way", ["post", "basic"])
def test_a_secret_gets_a_token_that_the_published_key_verifies(house: Registry, way: str) -> None:
    client, secret = house.with_secret()
    if way == "post":
        answer = house.credentials(client, secret)
    else:
        answer = house.token({"grant_type": GRANT}, auth=(client, secret))
    said = payload(answer)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] == 300 == said["exp"] - said["iat"]
    assert answer.json()["scope"] == "directory:read jet.roster:read"
    published = HTTP.get(f"{house.addresses[1]}/.well-known/jwks.json").json()["keys"]
    assert all("d" not in key for key in published)
    token = verify_access(answer.json()["access_token"], ring(published, "ES256"), ISSUER, time.time())
    assert (token.client, token.subject, token.role, token.organisation) == (client, client, "service", None)


def test_the_form_encoding_inside_basic_is_undone(house: Registry) -> None:
    client, secret = house.with_secret()
    encoded = base64.b64encode(f"%63{client[1:]}:{secret}".encode()).decode()
    answer = house.form("/oauth/token", {"grant_type": GRANT}, headers={"Authorization": f"Basic {encoded}"})
    assert payload(answer)["client_id"] == client


def test_asked_scopes_are_given_and_no_more(house: Registry) -> None:
    client, secret = house.with_secret()
    assert payload(house.credentials(client, secret, scope="directory:read"))["scope"] == "directory:read"
    for scope in (
        "jet.roster:write",
        "directory:read jet.roster:write",
        "directory:read  jet.roster:read",
        "x",
    ):
        assert refusal(house.credentials(client, secret, scope=scope)) == (400, "invalid_scope")


def test_a_token_tells_the_organisation_of_its_client(house: Registry, directory: Directory) -> None:
    home = directory.organisation()
    client, secret = house.with_secret(role="organisation", organisation_code=directory.code(home))
    said = payload(house.credentials(client, secret))
    assert (said["role"], said["org"]) == ("organisation", str(home))


@pytest.mark.parametrize("typ", ["JWT", "client-authentication+jwt"])
@pytest.mark.parametrize("audience", [ISSUER, [ISSUER]])
def test_a_registered_key_gets_a_token(house: Registry, typ: str, audience: object) -> None:
    client, key = house.with_key(role="ministry", scopes=["jet.statistics:read"])
    signed = assertion(key, claims(client, aud=audience), typ=typ)
    assert payload(house.signed(signed, client_id=client))["role"] == "ministry"


def test_every_process_of_one_assertion_but_one_refuses_it(house: Registry) -> None:
    client, key = house.with_key()
    for _ in range(5):
        signed, barrier = assertion(key, claims(client)), Barrier(8)

        def ask(number: int, signed: str = signed, barrier: Barrier = barrier) -> int:
            barrier.wait()
            return house.signed(signed, at=number % 2).status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = sorted(pool.map(ask, range(8)))
        assert statuses == [200] + [401] * 7


NOW = int(time.time())
FORGED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "for another issuer": ({"aud": "https://other.example"}, {}),
    "for the token endpoint": ({"aud": f"{ISSUER}/oauth/token"}, {}),
    "for two": ({"aud": [ISSUER, "https://other.example"]}, {}),
    "for nobody": ({"aud": None}, {}),
    "expired": ({"exp": NOW - 10}, {}),
    "living an hour": ({"exp": NOW + 3600}, {}),
    "without an end": ({"exp": None}, {}),
    "ending at a text": ({"exp": str(NOW + 60)}, {}),
    "not yet valid": ({"nbf": NOW + 3600}, {}),
    "made tomorrow": ({"iat": NOW + 86400, "exp": NOW + 60}, {}),
    "without a jti": ({"jti": None}, {}),
    "with a jti that is no text": ({"jti": 7}, {}),
    "about another": ({"sub": "somebody-else"}, {}),
    "by another": ({"iss": "somebody-else"}, {}),
    "of another type": ({}, {"typ": "at+jwt"}),
    "made to be a grant": ({}, {"typ": "authorization-grant+jwt"}),
    "without a type": ({}, {"typ": None}),
    "bringing a key": ({}, {"jwk": {"kty": "EC"}}),
    "with a crit": ({}, {"crit": ["exp"]}),
}


@pytest.mark.parametrize("case", FORGED)
def test_an_assertion_is_refused(house: Registry, keyed: tuple[str, Any], case: str) -> None:
    client, key = keyed
    wrong, header = FORGED[case]
    signed = assertion(key, claims(client, **wrong), **header)
    assert refusal(house.signed(signed)) == (401, "invalid_client")


@pytest.fixture(scope="module")
def keyed(house: Registry) -> tuple[str, Any]:
    return house.with_key()


def test_only_the_registered_key_signs(house: Registry, keyed: tuple[str, Any]) -> None:
    client, key = keyed
    thief = new_key("ES256")
    assert refusal(house.signed(assertion(thief, claims(client), kid=key.kid))) == (401, "invalid_client")
    other = new_key("Ed25519")
    assert refusal(house.signed(assertion(other, claims(client), alg="Ed25519"))) == (401, "invalid_client")
    for algorithm in ("none", "HS256"):
        assert refusal(house.signed(assertion(key, claims(client), alg=algorithm))) == (401, "invalid_client")
    assert payload(house.signed(assertion(key, claims(client))))


REQUESTS: dict[str, tuple[Callable[[str, str], dict[str, Any]], tuple[int, str]]] = {
    "no secret": (lambda c, s: {"data": {"grant_type": GRANT, "client_id": c}}, (401, "invalid_client")),
    "an empty secret": (
        lambda c, s: {"data": {"grant_type": GRANT, "client_id": c, "client_secret": ""}},
        (401, "invalid_client"),
    ),
    "a wrong secret": (
        lambda c, s: {"data": {"grant_type": GRANT, "client_id": c, "client_secret": s + "x"}},
        (401, "invalid_client"),
    ),
    "an unknown client": (
        lambda c, s: {"data": {"grant_type": GRANT, "client_id": "nobody", "client_secret": s}},
        (401, "invalid_client"),
    ),
    "nobody": (lambda c, s: {"data": {"grant_type": GRANT}}, (401, "invalid_client")),
    "a wrong basic": (
        lambda c, s: {"data": {"grant_type": GRANT}, "auth": (c, "x")},
        (401, "invalid_client"),
    ),
    "a bearer": (
        lambda c, s: {"data": {"grant_type": GRANT}, "headers": {"Authorization": f"Bearer {s}"}},
        (401, "invalid_client"),
    ),
    "a basic that is no base64": (
        lambda c, s: {"data": {"grant_type": GRANT}, "headers": {"Authorization": "Basic !!!"}},
        (401, "invalid_client"),
    ),
    "a basic without a colon": (
        lambda c, s: {"data": {"grant_type": GRANT}, "headers": {"Authorization": "Basic YWJj"}},
        (401, "invalid_client"),
    ),
    "a basic with a NUL": (
        lambda c, s: {"data": {"grant_type": GRANT}, "headers": {"Authorization": "Basic YSUwMDpi"}},
        (401, "invalid_client"),
    ),
    "two methods": (
        lambda c, s: {"data": {"grant_type": GRANT, "client_id": c, "client_secret": s}, "auth": (c, s)},
        (400, "invalid_request"),
    ),
    "another client_id beside basic": (
        lambda c, s: {"data": {"grant_type": GRANT, "client_id": "registrar"}, "auth": (c, s)},
        (401, "invalid_client"),
    ),
    "no grant": (lambda c, s: {"data": {"client_id": c, "client_secret": s}}, (400, "invalid_request")),
    "a password grant": (
        lambda c, s: {"data": {"grant_type": "password", "client_id": c, "client_secret": s}},
        (400, "unsupported_grant_type"),
    ),
    "another assertion type": (
        lambda c, s: {
            "data": {"grant_type": GRANT, "client_assertion_type": "saml", "client_assertion": "a.b.c"}
        },
        (400, "invalid_request"),
    ),
    "an assertion that is none": (
        lambda c, s: {
            "data": {
                "grant_type": GRANT,
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": "a.b.c",
            }
        },
        (401, "invalid_client"),
    ),
    "a parameter twice": (
        lambda c, s: {"data": {"grant_type": [GRANT, GRANT]}, "auth": (c, s)},
        (400, "invalid_request"),
    ),
    "credentials in the address": (
        lambda c, s: {"data": {"grant_type": GRANT}, "params": {"client_id": c, "client_secret": s}},
        (400, "invalid_request"),
    ),
    "json": (lambda c, s: {"json": {"grant_type": GRANT}, "auth": (c, s)}, (400, "invalid_request")),
    "a broken escape": (lambda c, s: _raw(b"grant_type=%zz"), (400, "invalid_request")),
    "no UTF-8": (lambda c, s: _raw(b"grant_type=%ff%fe"), (400, "invalid_request")),
    "a NUL": (lambda c, s: _raw(b"grant_type=client%00credentials"), (400, "invalid_request")),
    "no pairs": (lambda c, s: _raw(b"client_credentials"), (400, "invalid_request")),
    "far too much": (lambda c, s: _raw(b"grant_type=" + b"x" * 100_000), (400, "invalid_request")),
    "nothing": (lambda c, s: _raw(b""), (400, "invalid_request")),
}


def _raw(content: bytes) -> dict[str, Any]:
    return {"content": content, "headers": {"Content-Type": "application/x-www-form-urlencoded"}}


@pytest.fixture(scope="module")
def secretive(house: Registry) -> tuple[str, str]:
    return house.with_secret()


@pytest.mark.parametrize("case", REQUESTS)
def test_a_request_is_refused(house: Registry, secretive: tuple[str, str], case: str) -> None:
    request, expected = REQUESTS[case]
    answer = HTTP.post(f"{house.addresses[0]}/oauth/token", **request(*secretive))
    assert refusal(answer) == expected


def test_unknown_client_and_wrong_secret_are_answered_alike(
    house: Registry, secretive: tuple[str, str]
) -> None:
    known, unknown = house.credentials(secretive[0], "wrong"), house.credentials("nobody", "wrong")
    ignored = {"date", "x-request-id"}
    assert known.content == unknown.content
    assert {k: v for k, v in known.headers.items() if k not in ignored} == {
        k: v for k, v in unknown.headers.items() if k not in ignored
    }


def test_a_client_with_a_key_only_has_no_secret_to_use(house: Registry, keyed: tuple[str, Any]) -> None:
    for secret in ("", "x", "null"):
        assert refusal(house.credentials(keyed[0], secret)) == (401, "invalid_client")


def test_a_revoked_token_is_denied_once_and_by_its_own_client_only(house: Registry) -> None:
    client, secret = house.with_secret()
    other, other_secret = house.with_secret()
    answer = house.credentials(client, secret)
    jti = payload(answer)["jti"]
    form = {"token": answer.json()["access_token"]}
    denied = f"SELECT count(*) FROM identity.denied_token WHERE jti = '{jti}' AND expires_at > now()"
    assert refusal(house.form("/oauth/revoke", form, auth=(other, other_secret))) == (400, "invalid_grant")
    assert refusal(house.form("/oauth/revoke", form, auth=(client, "wrong"))) == (401, "invalid_client")
    assert refusal(house.form("/oauth/revoke", {}, auth=(client, secret))) == (400, "invalid_request")
    assert house.rows(denied) == [(0,)]
    for _ in range(2):
        assert house.form("/oauth/revoke", form, auth=(client, secret)).status_code == 200
    assert house.rows(denied) == [(1,)]
    assert house.form("/oauth/revoke", {"token": "no.such.token"}, auth=(client, secret)).status_code == 200


def test_metadata_names_the_issuer_and_what_it_takes(house: Registry) -> None:
    said = HTTP.get(f"{house.addresses[0]}/.well-known/oauth-authorization-server").json()
    assert said["issuer"] == ISSUER
    assert said["token_endpoint"] == f"{ISSUER}/oauth/token"
    assert said["jwks_uri"] == f"{ISSUER}/.well-known/jwks.json"
    assert said["revocation_endpoint"] == f"{ISSUER}/oauth/revoke"
    assert "urn:ietf:params:oauth:grant-type:jwt-bearer" in said["grant_types_supported"]
    assert said["token_endpoint_auth_signing_alg_values_supported"] == ["ES256"]
    assert {"directory:read", "identity.client:write", "audit:read"} <= set(said["scopes_supported"])
    assert f"{ISSUER}/jet" in said["protected_resources"] and ISSUER in said["protected_resources"]
    assert said["response_types_supported"] == []
    published = HTTP.get(f"{house.addresses[0]}/.well-known/jwks.json").json()["keys"]
    for key in published:
        read_key(key, "ES256")
        assert (
            key["kid"]
            == ECKey.import_key({name: key[name] for name in ("kty", "crv", "x", "y")}).thumbprint()
        )
    files = [
        json.loads((house.keys / f"{name}.public.jwk").read_text()) for name in ("issuer", "issuer.next")
    ]
    assert {key["kid"] for key in files} <= {key["kid"] for key in published}


def test_what_has_run_out_goes_with_the_next_assertion_and_the_next_revocation(house: Registry) -> None:
    client, key = house.with_key()
    for table, names in (("used_assertion", "client_id, jti"), ("denied_token", "jti")):
        values = names.replace("client_id", "'old'").replace("jti", "'old-' || n")
        house.rows(
            f"INSERT INTO identity.{table} ({names}, expires_at) "
            f"SELECT {values}, now() - interval '1 hour' FROM generate_series(1, 60) AS n"
        )

    def left(table: str) -> object:
        return house.rows(f"SELECT count(*) FROM identity.{table} WHERE jti LIKE 'old-%'")[0][0]

    token = house.signed(assertion(key, claims(client))).json()["access_token"]
    assert (left("used_assertion"), left("denied_token")) == (10, 60)
    answer = house.form(
        "/oauth/revoke",
        {
            "token": token,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion(key, claims(client)),
        },
    )
    assert answer.status_code == 200
    assert (left("used_assertion"), left("denied_token")) == (0, 10)
