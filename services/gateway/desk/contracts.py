"""The operations that pages call, read from the committed contracts: their paths, and who may call them."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

SERVICES = ("registry", "jet", "care", "grants", "events")
_METHODS = ("get", "post", "patch", "put", "delete")
_PARAMETER = re.compile(r"\{([a-z_]+)\}")


Schema = Mapping[str, Any]  # a border: JSON Schema in a committed contract


@dataclass(frozen=True, slots=True)
class Operation:
    """`roles` None: it is open to everybody. `body`: the schema of each field that it takes as JSON, and `required` the
    names of those that must be there. `statistics`: what may be asked of each, where it answers statistics."""

    id: str
    method: str
    template: str
    roles: frozenset[str] | None
    body: Mapping[str, Schema]
    required: frozenset[str]
    statistics: Mapping[str, Schema]

    @property
    def parameters(self) -> list[str]:
        """The names in its path."""
        return _PARAMETER.findall(self.template)

    def path(self, values: Mapping[str, object]) -> str:
        return _PARAMETER.sub(lambda found: quote(str(values[found[1]]), safe=""), self.template)


def load(folder: Path) -> dict[str, Operation]:
    """By operationId. OSError or ValueError where a contract is missing or not JSON."""
    documents = [json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in SERVICES]
    return {one.id: one for document in documents for one in _operations(document)}


def _operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    for template, methods in document["paths"].items():
        for method in methods.keys() & set(_METHODS):
            said = methods[method]
            body = _body(document, said.get("requestBody", {}))
            yield Operation(
                said["operationId"], method.upper(), template, frozenset(said["x-roles"]) if "x-roles" in said else None,
                body.get("properties", {}), frozenset(body.get("required", ())),
                said.get("x-statistics", {}),
            )  # fmt: skip


def _body(document: Mapping[str, Any], said: Mapping[str, Any]) -> Schema:
    schema: Schema = said.get("content", {}).get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        found: Schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return found
    return schema
