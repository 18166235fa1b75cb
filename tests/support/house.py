"""One service and its worker as real processes, called past the door with tokens like the door's own."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from services.gateway.registry import directory
from services.keys import create_keys
from services.kit.auth.keys import load_key
from services.kit.auth.tokens import INTERNAL_HEADER, InternalToken, mint_internal
from services.kit.ids import OrganisationId, PersonId
from services.nursery import CopyChild
from services.postgres import PrivatePostgres
from services.processes import Child

SCOPES = frozenset(rule.scope for rule in directory.RULES.values()) | {"directory:write", "history:load"}
READY_SECONDS = 60.0


@dataclass(frozen=True)
class Caller:
    client: str = "registrar-tool"
    role: str = "registrar"
    organisation: UUID | None = None
    person: UUID | None = None
    scopes: frozenset[str] = SCOPES


@dataclass
class House:
    folder: Path
    postgres: PrivatePostgres
    settings: Mapping[str, str] = field(default_factory=dict)
    service: str = "registry"
    worker: Child | None = None

    @property
    def socket(self) -> Path:
        return self.folder / "api.sock"

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    def _environment(self) -> dict[str, str]:
        url = self.postgres.url(user=f"{self.service}_app")
        return os.environ | {
            "PYTHONUNBUFFERED": "1",
            "DATABASE_URL": url,
            "KAKEHASHI_KEYS": str(self.keys),
            "KAKEHASHI_ISSUER": "http://localhost",
            "KAKEHASHI_MAIL_FOLDER": str(self.folder / "mail"),
            **self.settings,
        }

    def api(self) -> Child:
        command = [
            sys.executable, "-m", "uvicorn", "--factory", "tests.support.directory_app:create",
            "--uds", str(self.socket), "--log-level", "warning",
        ]  # fmt: skip
        return Child("api", command, self._environment(), self.folder / "api.log", f"unix:{self.socket}")

    def start_worker(self) -> Child:
        command = ["services.worker", self.service]
        self.worker = CopyChild("worker", command, self._environment(), self.folder / "worker.log", None)
        self.worker.start()
        self.worker.wait_ready(READY_SECONDS)
        return self.worker

    def token(self, route: str, caller: Caller) -> str:
        now = int(time.time())
        said = InternalToken(
            audience=self.service, route=route, client=caller.client, role=caller.role,
            organisation=OrganisationId(caller.organisation) if caller.organisation else None,
            person=PersonId(caller.person) if caller.person else None, scopes=caller.scopes, outer=str(uuid4()),
            issued_at=now, expires_at=now + 30,
        )  # fmt: skip
        return mint_internal(said, load_key(self.keys / "door.jwk", "Ed25519", private=True))

    def call(
        self, method: str, path: str, route: str, caller: Caller | None = None, **options: Any
    ) -> httpx.Response:
        headers = {INTERNAL_HEADER: self.token(route, caller or Caller()), **options.pop("headers", {})}
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(self.socket)), timeout=60) as client:
            return client.request(method, f"http://house{path}", headers=headers, **options)

    def send(
        self, content: Any, *, kind: str = "organisations", media: str = "text/csv", key: str | None = None,
        caller: Caller | None = None, **query: str,
    ) -> httpx.Response:  # fmt: skip
        headers = {"Content-Type": media, "Idempotency-Key": key or str(uuid4())}
        return self.call(
            "POST", "/directory/v1/imports", "directory_imports_create", caller,
            content=content, headers=headers, params={"kind": kind, **query},
        )  # fmt: skip

    def ended(
        self, sent: httpx.Response, caller: Caller | None = None, seconds: float = 60
    ) -> dict[str, Any]:
        """The operation, once it has ended."""
        assert sent.status_code == 202, sent.text
        deadline = time.monotonic() + seconds
        while True:
            answer = self.call("GET", sent.headers["location"], "directory_operations_read", caller)
            operation: dict[str, Any] = answer.json()
            if operation["state"] in ("succeeded", "failed", "cancelled"):
                return operation
            assert time.monotonic() < deadline, operation
            time.sleep(0.05)

    def done(self, content: Any, **options: Any) -> dict[str, Any]:
        return self.ended(self.send(content, **options), options.get("caller"))


@contextmanager
def house(folder: Path, postgres: PrivatePostgres, **settings: str) -> Iterator[House]:
    """The API alone; tests that need the worker start it."""
    made = House(folder, postgres, settings)
    create_keys(made.keys)
    api = made.api()
    api.start()
    try:
        api.wait_ready(READY_SECONDS)
        yield made
    finally:
        if made.worker is not None:
            made.worker.stop()
        api.stop()
