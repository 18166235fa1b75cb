"""Clients and their public keys as files, which the registry's own worker stores."""

import csv
import io
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from services.kit.auth.keys import new_key, public_jwk
from services.postgres import PrivatePostgres
from services.processes import Child
from tests.gateway.registry.conftest import Directory
from tests.gateway.registry.house import Registry, assertion, claims, payload


def sent(house: Registry, kind: str, content: str) -> str:
    """The receipt of a file; the worker is tested where all files are."""
    path, headers = f"/identity/v1/imports?kind={kind}", {"Content-Type": "text/csv"}
    answer = house.call(
        "POST", path, "identity_imports_create", content=content.encode(), headers=headers, scopes=IMPORTING
    )
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


IMPORTING = frozenset({"imports:write", "identity.client:write", "identity.client:read"})


def test_clients_and_keys_come_as_files(
    house: Registry, postgres: PrivatePostgres, directory: Directory, tmp_path: Path
) -> None:
    home = directory.code(directory.organisation())
    names = [f"c-{uuid4().hex[:12]}" for _ in range(3)]
    keys = {name: new_key("ES256") for name in names}
    lines = [f"{name},一括,任用団体,{home},directory:read jet.roster:read,○" for name in names[:2]]
    lines.append(f"{names[2]},府省,ministry,,jet.statistics:read,○")
    clients = "\r\n".join(["client_id,name,role,organisation_code,scopes,active", *lines])
    out = io.StringIO()
    rows = [["client_id", "public_jwk"], *([n, json.dumps(public_jwk(key))] for n, key in keys.items())]
    csv.writer(out).writerows(rows)
    with worker(house, postgres, tmp_path):
        assert ended(house, sent(house, "clients", clients))["state"] == "succeeded"
        assert ended(house, sent(house, "client-keys", out.getvalue()))["state"] == "succeeded"
        wrong = clients.replace("jet.statistics:read", "jet.participant:read")
        assert ended(house, sent(house, "clients", wrong))["state"] == "failed"
    said = {name: payload(house.signed(assertion(key, claims(name)))) for name, key in keys.items()}
    assert [said[name]["role"] for name in names] == ["organisation", "organisation", "ministry"]
    assert said[names[0]]["scope"] == "directory:read jet.roster:read"


@contextmanager
def worker(house: Registry, postgres: PrivatePostgres, folder: Path) -> Iterator[None]:
    environment = {
        **os.environ, "PYTHONUNBUFFERED": "1", "DATABASE_URL": postgres.url(user="registry_app"),
        "KAKEHASHI_KEYS": str(house.keys), "KAKEHASHI_ISSUER": "http://localhost",
        "KAKEHASHI_MAIL_FOLDER": str(folder / "mail"),
    }  # fmt: skip
    child = Child(
        "worker", [sys.executable, "-m", "services.worker", "registry"], environment, folder / "log", None
    )
    child.start()
    try:
        child.wait_ready(60)
        yield
    finally:
        child.stop()


def ended(house: Registry, operation: str) -> dict[str, Any]:
    deadline = time.monotonic() + 30
    while True:
        path = f"/identity/v1/operations/{operation}"
        said: dict[str, Any] = house.call("GET", path, "identity_operations_read", scopes=IMPORTING).json()
        if said["state"] in ("succeeded", "failed"):
            return said
        assert time.monotonic() < deadline, said
        time.sleep(0.05)
