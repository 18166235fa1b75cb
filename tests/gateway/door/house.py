"""A small house behind a real door: fake services on Unix sockets, real uvicorn, real sockets, real keys."""

import asyncio
import gzip
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import uvicorn

from services.gateway.door.app import Door, create_app
from services.gateway.door.asgi import Message, Receive, Scope, Send
from services.gateway.door.protocol import DoorProtocol
from services.gateway.door.refusals import PATH
from services.gateway.door.settings import Settings
from services.gateway.door.state import State
from services.kit.auth.keys import Key, new_key, public_jwk, ring
from services.kit.auth.tokens import AccessToken, mint_access

ISSUER = "http://localhost"
ORGANISATION = UUID("0190a000-0000-7000-8000-000000000001")

PACKED = gzip.compress(b"packed")

Document = dict[str, Any]


def operation(name: str, body: str = "", **more: Any) -> Document:
    content = {"requestBody": {"content": {body: {"schema": {"$ref": "#/components/schemas/Thing"}}}}}
    return {
        "operationId": name,
        "responses": {"200": {"description": "ok"}},
        **(content if body else {}),
        **more,
    }


HIDDEN = {"x-hidden": True, "x-roles": {"counsellor": "self"}, "x-scope": "care.case:read"}


def documents() -> dict[str, Document]:
    bearer = {"bearer": {"type": "http", "scheme": "bearer"}}
    thing = {"Thing": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Thing"}}}}
    jet = {
        "/jet/v1/things": {
            "get": operation("jet_things_list"),
            "post": operation("jet_things_create", "application/json"),
        },
        "/jet/v1/things/{id}": {
            "get": operation("jet_things_read"),
            "patch": operation("jet_things_change", "application/merge-patch+json"),
            "delete": operation("jet_things_remove"),
        },
        "/jet/v1/things/special": {"get": operation("jet_things_special")},
        "/jet/v1/things/{id}/parts/{part}": {"get": operation("jet_parts_read")},
        "/jet/v1/imports": {"post": operation("jet_imports_create", "text/csv")},
        "/jet/v1/stream": {"get": operation("jet_stream")},
        "/jet/v1/broken": {"get": operation("jet_broken")},
        "/jet/v1/mute": {"get": operation("jet_mute")},
        "/jet/v1/packed": {"get": operation("jet_packed")},
        "/jet/v1/unchanged": {"get": operation("jet_unchanged")},
        "/jet/v1/odd-headers": {"get": operation("jet_odd_headers")},
        "/jet/v1/public/notice": {"get": operation("jet_public_notice", security=[])},
    }
    registry = {
        "/oauth/token": {
            "post": operation(
                "oauth_token", "application/x-www-form-urlencoded", security=[{}, {"client": []}]
            )
        },
        "/.well-known/jwks.json": {"get": operation("well_known_jwks", security=[])},
    }
    paths: dict[str, Document] = {
        "registry": registry,
        "jet": jet,
        "care": {"/care/v1/cases": {"get": operation("care_cases_list") | HIDDEN}},
        "grants": {"/grants/v1/programmes": {"get": operation("grants_programmes_list")}},
        "events": {},
    }
    schemes: dict[str, Document] = {"registry": {"client": {"type": "http", "scheme": "basic"}}, "events": {}}
    return {
        service: {
            "openapi": "3.1.0",
            "info": {"title": service, "version": "1"},
            "security": [{"bearer": []}],
            "paths": items,
            "components": {"schemas": thing, "securitySchemes": bearer | schemes.get(service, {})},
        }
        for service, items in paths.items()
    }


@dataclass
class FakeService:
    """Tells what reached it, and behaves badly where the path says so."""

    name: str
    requests: list[Document] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    gone: threading.Event = field(default_factory=threading.Event)
    sent: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        if scope["raw_path"] == PATH.encode():  # the door's own note, no caller's request
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})
            return
        size, message = 0, await receive()
        while message["type"] == "http.request":
            size += len(message["body"])
            if not message["more_body"]:
                break
            message = await receive()
        seen = {
            "service": self.name,
            "method": scope["method"],
            "raw_path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": [[name.decode(), value.decode()] for name, value in scope["headers"]],
            "size": size,
        }
        self.requests.append(seen)
        page = scope["raw_path"].rpartition(b"/")[2]
        if page == b"stream":
            await self._stream(receive, send)
        elif page == b"broken":
            await send(_start([(b"content-length", b"1000")]))
            await send({"type": "http.response.body", "body": b"half", "more_body": True})
        elif page == b"mute":
            while (await receive())["type"] != "http.disconnect":
                pass
            self.gone.set()
        elif page == b"packed":
            await send(_start([(b"content-encoding", b"gzip")]))
            await send({"type": "http.response.body", "body": PACKED})
        elif page == b"unchanged":
            await send({"type": "http.response.start", "status": 304, "headers": [(b"etag", b'"7"')]})
            await send({"type": "http.response.body"})
        else:
            odd = [
                (b"connection", b"x-hop"),
                (b"x-hop", b"1"),
                (b"x-kakehashi-secret", b"1"),
                (b"etag", b'"7"'),
            ]
            await send(_start(odd if page == b"odd-headers" else []))
            await send({"type": "http.response.body", "body": json.dumps(seen).encode()})

    async def _stream(self, receive: Receive, send: Send) -> None:
        """First a piece, then the rest only after the reader has said that it saw the first."""
        await send(_start([]))
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        await asyncio.to_thread(self.released.wait, 10)
        for _ in range(512):
            await send({"type": "http.response.body", "body": bytes(64 << 10), "more_body": True})
            self.sent += 64 << 10
        await send({"type": "http.response.body", "body": b"last"})


def _start(headers: list[tuple[bytes, bytes]]) -> Message:
    return {"type": "http.response.start", "status": 200, "headers": headers}


class StillState:
    """A reading of the issuer that a test sets by hand."""

    def __init__(self, key: Key) -> None:
        self.now = 0.0
        self.state = State(lambda: self.now)
        self.keys = ring([public_jwk(key)], "ES256")
        self.tell()

    def tell(self, denied: frozenset[str] = frozenset(), changed: Mapping[str, int] | None = None) -> None:
        self.state.update(self.keys, denied, changed or {})

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@dataclass
class House:
    port: int
    key: Key
    door_key: Key
    source: StillState
    services: dict[str, FakeService]

    def token(self, **changed: Any) -> str:
        return mint_access(access_token(**changed), self.key)

    def bearer(self, **changed: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(**changed)}"}

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)

    def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: Any = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = self.connect()
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        answer = response.status, response.headers, response.read()
        connection.close()
        return answer

    def raw(self, data: bytes) -> tuple[int, bytes]:
        """Sends bytes as they are; the status and the body of the first answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=15) as connection:
            connection.sendall(data)
            response = http.client.HTTPResponse(connection)
            response.begin()
            return response.status, response.read()

    def reached(self) -> int:
        return sum(len(service.requests) for service in self.services.values())


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def access_token(**changed: Any) -> AccessToken:
    now = int(time.time())
    claims: dict[str, Any] = {
        "issuer": ISSUER,
        "subject": "desk-tool",
        "client": "desk-tool",
        "role": "coordinator",
        "organisation": ORGANISATION,
        "person": None,
        "scopes": frozenset({"jet.things:read"}),
        "jti": "0190a000-0000-7000-8000-00000000000a",
        "issued_at": now,
        "expires_at": now + 300,
    }
    return AccessToken(**claims | changed)


@contextmanager
def serving(*configs: uvicorn.Config) -> Iterator[None]:
    """A server for each, started and ended together: each looks ten times a second whether it shall end."""
    servers = [uvicorn.Server(config) for config in configs]
    threads = [threading.Thread(target=server.run, daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    while not all(server.started for server in servers):
        if not all(thread.is_alive() for thread in threads):
            raise RuntimeError("a server did not start")
        time.sleep(0.01)
    try:
        yield
    finally:
        for server in servers:
            server.should_exit = True
        for thread in threads:
            thread.join(10)


def prepared(folder: Path) -> tuple[Key, Key]:
    """The contracts and the keys of the issuer and the door, in files; the keys."""
    for service, document in documents().items():
        (folder / f"{service}.json").write_text(json.dumps(document), encoding="utf-8")
    key, door_key = new_key("ES256"), new_key("Ed25519")
    for name, one in (("issuer", key), ("door", door_key)):
        (folder / f"{name}.jwk").write_text(json.dumps(one.as_dict(private=True)), encoding="utf-8")
    return key, door_key


def door_settings(folder: Path, **changed: Any) -> Settings:
    upstreams = {
        f"upstream_{name}": f"unix:{folder}/{name}.sock"
        for name in ("registry", "jet", "care", "grants", "events")
    }
    fixed = {"keys": folder, "api_folder": folder, "database_url": "postgresql://none"}
    return Settings.model_validate(fixed | upstreams | changed)


def free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port: int = chosen.getsockname()[1]
        return port


@contextmanager
def house(folder: Path, **settings: Any) -> Iterator[House]:
    """registry, jet, care and events run; grants does not."""
    key, door_key = prepared(folder)
    fakes = {service: FakeService(service) for service in ("registry", "jet", "care", "events")}
    source, port = StillState(key), free_port()
    app = create_app(door_settings(folder, **settings), source)
    behind = (service_config(fake, folder) for fake in fakes.values())
    with serving(*behind), serving(_front(app, port)):
        yield House(port, key, door_key, source, fakes)


def _front(app: Door, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        port=port,
        http=DoorProtocol,
        ws="none",
        lifespan="on",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_level="critical",
    )


def service_config(fake: FakeService, folder: Path) -> uvicorn.Config:
    socket_path = str(folder / f"{fake.name}.sock")
    return uvicorn.Config(fake, uds=socket_path, lifespan="off", log_level="critical", access_log=False)
