"""The committed OpenAPI files: read strictly, and merged into the one that the door shows.

Component names get their service as a prefix (02-api, Life); security schemes are shared and must agree.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Document = dict[str, Any]  # a border: JSON written by the services

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class BadContract(Exception):
    """The door does not start on a contract that it cannot keep."""


def load(folder: Path, services: tuple[str, ...]) -> dict[str, Document]:
    documents: dict[str, Document] = {}
    for service in services:
        file = folder / f"{service}.json"
        try:
            documents[service] = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BadContract(f"{file.name} is missing or not JSON") from error
    return documents


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Each (path template, METHOD, operation), with the document's default security filled in."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                operation = {**item[method]}
                operation.setdefault("security", document.get("security"))
                if operation["security"] is None:
                    raise BadContract(f"{method} {path} does not say who may call it; write [] for everybody")
                yield path, method.upper(), operation


def merge(documents: Mapping[str, Document], issuer: str) -> Document:
    merged: Document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Kakehashi（架け橋）",
            "description": "JETプログラム・助成・海外行事\n\nThe JET Programme, grants and overseas events",
            "version": "1",
        },
        "servers": [{"url": issuer}],
        "paths": {},
        "components": {},
    }
    for service, document in documents.items():
        prefixed = _prefix(document, service)
        for path, method, operation in operations(prefixed):
            merged["paths"].setdefault(path, _shared(prefixed["paths"][path]))[method.lower()] = operation
        for kind, members in prefixed.get("components", {}).items():
            _add(merged["components"].setdefault(kind, {}), members, kind)
    return merged


def add(merged: Document, own: Document) -> None:
    """What the door answers by itself."""
    _add(merged["paths"], own["paths"], "paths")
    for kind, members in own["components"].items():
        _add(merged["components"].setdefault(kind, {}), members, kind)


def _shared(item: Document) -> Document:
    return {key: value for key, value in item.items() if key not in METHODS}


def _add(known: Document, members: Document, kind: str) -> None:
    for name, member in members.items():
        if known.setdefault(name, member) != member:
            raise BadContract(f"{kind}/{name} is told in two ways")


def _prefix(document: Document, service: str) -> Document:
    renamed: Document = _rename(document, service)
    components = renamed.get("components", {})
    renamed["components"] = {
        kind: members
        if kind == "securitySchemes"
        else {f"{service}_{name}": member for name, member in members.items()}
        for kind, members in components.items()
    }
    return renamed


def _rename(value: Any, service: str) -> Any:
    """References by `$ref` and by a discriminator's mapping are the two ways to name a component."""
    if isinstance(value, dict):
        return {key: _rename(inner, service) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rename(inner, service) for inner in value]
    if isinstance(value, str) and value.startswith("#/components/"):
        kind, _, name = value.removeprefix("#/components/").partition("/")
        return value if kind == "securitySchemes" else f"#/components/{kind}/{service}_{name}"
    return value
