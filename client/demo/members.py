"""A client for each of many organisations, registered from one file. They are invented, and share one key."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic_core import to_json

ANSWERING = (
    *("directory:read", "imports:write", "jet.answer:read", "jet.participant:read"),
    *("jet.request:read", "jet.request:write", "jet.statistics:read"),
)
DECIDING = (*ANSWERING, "jet.request:decide")
COLUMNS = ("client_id", "name", "role", "organisation_code", "scopes", "public_jwk")


def client_id(role: str, code: str) -> str:
    return f"{'host' if role == 'host_authority' else 'org'}-{code.lower()}"


def write_clients(path: Path, wanted: Iterable[tuple[str, str]], jwk: Mapping[str, str]) -> Path:
    """`wanted`: roles and codes of organisations, all of whose clients are known by this public key."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(COLUMNS)
        for role, code in wanted:
            scopes = " ".join(DECIDING if role == "host_authority" else ANSWERING)
            name = f"{code} の端末 A tool of {code}"
            writer.writerow((client_id(role, code), name, role, code, scopes, to_json(jwk).decode()))
    return path
