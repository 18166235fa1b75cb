"""A request for each operation that the contract names: well-formed, and about nobody's record."""

from typing import Any
from uuid import uuid4

from tests.support.serving import Serving

KINDS = {"jet": "appointments", "directory": "officer-changes", "grants": "programmes"}


def probe(serving: Serving, operation: str) -> dict[str, Any]:
    method, template = serving.routes[operation]
    kind = KINDS.get(template.split("/")[1], "")
    known = {"name": "participants", "kind": kind}
    names = [part.strip("{}") for part in template.split("/") if part.startswith("{")]
    options: dict[str, Any] = {"path": {name: known.get(name) or str(uuid4()) for name in names}}
    content = described(serving, operation).get("requestBody", {}).get("content", {})
    if method == "PATCH" or "application/json" in content:
        options |= {"json": {}, "headers": {"If-Match": "*"} if method == "PATCH" else {}}
    elif "text/csv" in content:
        options |= {"content": b"x", "params": {"kind": kind}, "headers": {"Content-Type": "text/csv"}}
    return options


def by_a_person(serving: Serving, operation: str) -> bool:
    """Whether the request of `probe` takes a person: its row says so, or that of the kind of file."""
    return serving.matrix[operation].human or operation == "directory_imports_create"


def described(serving: Serving, operation: str) -> dict[str, Any]:
    method, template = serving.routes[operation]
    found: dict[str, Any] = serving.document["paths"][template][method.lower()]
    return found


def operations(serving: Serving, verb: str, *, public: bool = False) -> dict[str, str]:
    """Operations that end in a verb of resources, by the list (path segment) that they belong to."""
    found = {}
    for name, (_, path) in serving.routes.items():
        parts = path.strip("/").split("/")
        whole = {"list": 3, "create": 3, "read": 4, "change": 4}[verb]
        if name.endswith(f"_{verb}") and len(parts) == whole and serving.matrix[name].public == public:
            found[parts[2]] = name
    return {
        plural: name
        for plural, name in found.items()
        if plural not in ("imports", "operations", "statistics")
    }
