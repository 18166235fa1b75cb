"""Registries as real processes, and what a test says to them."""

import atexit
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from joserfc import jws
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64encode

from services.gateway.registry.bootstrap import bootstrap
from services.gateway.registry.issuer.service import CLIENT_CREDENTIALS, JWT_BEARER
from services.keys import create_keys
from services.kit.auth.keys import Key, load_key, new_key, public_jwk
from services.kit.auth.tokens import InternalToken, mint_internal
from services.nursery import CopyChild
from services.postgres import PrivatePostgres
from tests.support.sql import fetch

ISSUER = "https://kakehashi.example"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Claims = dict[str, Any]
# One for all: to make a client costs many times what it costs to ask with one. A line is given up before the server
# that has heard nothing on it for five seconds ends it.
HTTP = httpx.Client(timeout=30, limits=httpx.Limits(keepalive_expiry=2))
atexit.register(HTTP.close)


@dataclass(frozen=True)
class Registry:
    """`addresses` of processes on one database; requests go to the first unless told otherwise."""

    addresses: tuple[str, ...]
    database: str
    keys: Path

    def form(self, path: str, form: Any, *, at: int = 0, **more: Any) -> httpx.Response:
        return HTTP.post(f"{self.addresses[at]}{path}", data=form, **more)

    def token(self, form: dict[str, str], *, at: int = 0, auth: Any = None) -> httpx.Response:
        return self.form("/oauth/token", form, at=at, auth=auth)

    def credentials(self, client: str, secret: str, **more: str) -> httpx.Response:
        return self.token(
            {"grant_type": CLIENT_CREDENTIALS, "client_id": client, "client_secret": secret} | more
        )

    def signed(self, assertion: str, at: int = 0, **more: str) -> httpx.Response:
        more = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion} | more
        return self.token({"grant_type": CLIENT_CREDENTIALS} | more, at=at)

    def person(self, assertion: str, **more: str) -> httpx.Response:
        return self.token({"grant_type": JWT_BEARER, "assertion": assertion} | more)

    def call(self, method: str, path: str, route: str, **more: Any) -> httpx.Response:
        """As the door would send a registrar's request on."""
        role, scopes = more.pop("role", "registrar"), more.pop("scopes", ALL)
        now = int(time.time())
        internal = InternalToken("registry", route, role, role, None, None, scopes, "outer", now, now + 30)
        token = mint_internal(internal, load_key(self.keys / "door.jwk", "Ed25519", private=True))
        headers = {"X-Kakehashi-Token": token} | more.pop("headers", {})
        if method == "POST":
            headers = {"Idempotency-Key": str(uuid4())} | headers
        return HTTP.request(method, f"{self.addresses[0]}{path}", headers=headers, **more)

    def create(self, **fields: Any) -> httpx.Response:
        body = {"name": "試験", "role": "service", "scopes": ["jet.roster:read", "directory:read"]} | fields
        return self.call("POST", "/identity/v1/clients", "identity_clients_create", json=body)

    def make(self, **fields: Any) -> str:
        """A new client; its client_id."""
        client_id = f"c-{uuid4().hex[:12]}"
        answer = self.create(client_id=client_id, **fields)
        assert answer.status_code == 201, answer.text
        return client_id

    def secret(self, client: str, **more: Any) -> httpx.Response:
        return self.call(
            "POST", f"/identity/v1/clients/{client}/secrets", "identity_client_secrets_create", **more
        )

    def with_secret(self, **fields: Any) -> tuple[str, str]:
        client = self.make(**fields)
        return client, str(self.secret(client).json()["client_secret"])

    def with_key(self, **fields: Any) -> tuple[str, Key]:
        key = new_key("ES256")
        return self.make(public_jwk=public_jwk(key), **fields), key

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        return fetch(self.database, statement)


ALL = frozenset({"identity.client:read", "identity.client:write", "identity.clock:write"})


def claims(client: str, subject: str | None = None, **more: Any) -> Claims:
    now = int(time.time())
    made = {
        "iss": client,
        "sub": subject or client,
        "aud": ISSUER,
        "jti": uuid4().hex,
        "iat": now,
        "exp": now + 60,
    }
    return made | more


def assertion(key: Key, said: Claims, **header: Any) -> str:
    """A claim or header member that is None is left out."""
    said = {name: value for name, value in said.items() if value is not None}
    top = {"alg": "ES256", "typ": "JWT", "kid": str(key.kid)} | header
    top = {name: value for name, value in top.items() if value is not None}
    parts = [urlsafe_b64encode(json.dumps(part).encode()) for part in (top, said)]
    algorithm = JWSRegistry.algorithms["ES256" if key.key_type == "EC" else "Ed25519"]
    signature = algorithm.sign(
        b".".join(parts), key
    )  # past the checks of the library, so that wrong ones are signed
    return b".".join([*parts, urlsafe_b64encode(signature)]).decode()


def payload(answer: httpx.Response) -> Claims:
    assert answer.status_code == 200, answer.text
    token = jws.extract_compact(answer.json()["access_token"].encode())
    said: Claims = json.loads(token.payload)
    return said


def refusal(answer: httpx.Response) -> tuple[int, str]:
    body = answer.json()
    assert set(body) == {"error", "error_description"}
    assert answer.headers["cache-control"] == "no-store"
    assert ("www-authenticate" in answer.headers) == (answer.status_code == 401)
    return answer.status_code, body["error"]


@contextmanager
def registry(postgres: PrivatePostgres, folder: Path, database: str, processes: int) -> Iterator[Registry]:
    keys = folder / "keys"
    create_keys(keys)
    url = postgres.url(database, user="registry_app")
    bootstrap(url, keys)
    with ExitStack() as stack:
        addresses = []
        for number in range(processes):
            listen = f"127.0.0.1:{free_port()}"
            environment = {
                **os.environ,
                "DATABASE_URL": url,
                "KAKEHASHI_KEYS": str(keys),
                "KAKEHASHI_ISSUER": ISSUER,
                "KAKEHASHI_LISTEN": listen,
            }
            command = ["services.serve", "registry"]
            child = CopyChild("registry", command, environment, folder / f"registry-{number}.log", listen)
            stack.callback(child.stop)
            child.start()
            child.wait_ready(60)
            addresses.append(f"http://{listen}")
        yield Registry(tuple(addresses), postgres.url(database), keys)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
