"""Where a request goes: the services' path templates, matched on the raw path (01-architecture, 1).

What authorisation sees and what is sent on come from one match, so they cannot differ.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from services.gateway.door.openapi import BadContract, Document, operations
from services.gateway.door.problems import Refused

_LITERAL = re.compile(r"[A-Za-z0-9._~-]+")
_PARAMETER = re.compile(r"\{[A-Za-z_][A-Za-z0-9_]*\}")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one template. `id` is the route id that the internal token is bound to.

    A `public` operation needs no bearer token; with `basic` its Authorization header is the service's to read
    (OAuth client secrets), and only then is it passed on. A `paged` one answers by pages. A `hidden` one is there for
    callers of these roles with this scope alone; to anybody else its path is none.
    """

    id: str
    service: str
    method: str
    template: str
    media_types: frozenset[str]
    public: bool
    basic: bool
    paged: bool
    hidden: tuple[frozenset[str], str] | None = None

    def takes(self, media_type: str | None) -> bool:
        if media_type is None:
            return False
        major = media_type.partition("/")[0]
        return not self.media_types.isdisjoint((media_type, f"{major}/*", "*/*"))


class Match(NamedTuple):
    """`path` is what the template was matched with, segment by segment."""

    operation: Operation
    path: str


@dataclass(slots=True)
class _Node:
    literals: dict[str, "_Node"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    template: str = ""
    methods: dict[str, Operation] = field(default_factory=dict)


class Routes:
    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._root = _Node()
        self._ids: set[str] = set()
        for service, document in documents.items():
            schemes = document.get("components", {}).get("securitySchemes", {})
            for template, method, operation in operations(document):
                self._add(_operation(service, template, method, operation, schemes))

    def _add(self, operation: Operation) -> None:
        node = self._root
        for segment in operation.template[1:].split("/"):
            if _PARAMETER.fullmatch(segment):
                node.parameter = node.parameter or _Node()
                node = node.parameter
            elif _LITERAL.fullmatch(segment):
                node = node.literals.setdefault(segment, _Node())
            else:
                raise BadContract(f"{operation.template}: a segment is a word or one parameter")
        if node.methods and node.template != operation.template:
            raise BadContract(f"{operation.template} and {node.template} cannot be told apart")
        if operation.method in node.methods:
            raise BadContract(f"{operation.method} {operation.template} is declared twice")
        if operation.id in self._ids:
            raise BadContract(f"operationId {operation.id} is used twice")
        self._ids.add(operation.id)
        node.template = operation.template
        node.methods[operation.method] = operation

    def match(self, method: str, path: str) -> Match:
        node = _walk(self._root, path[1:].split("/"))
        if node is None:
            raise Refused("not_found")
        operation = node.methods.get(method)
        if operation is None and any(one.hidden for one in node.methods.values()):
            raise Refused("not_found")
        if operation is None:
            allowed = ", ".join(sorted(node.methods))
            raise Refused("method_not_allowed", [(b"allow", allowed.encode())])
        return Match(operation, path)


def _walk(node: _Node, segments: list[str], depth: int = 0) -> _Node | None:
    """A word wins over a parameter; when it leads nowhere the parameter is tried."""
    while depth < len(segments):
        segment = segments[depth]
        word, other = node.literals.get(segment), node.parameter if segment else None
        depth += 1
        if word and other and (found := _walk(word, segments, depth)):
            return found
        following = other or word
        if following is None:
            return None
        node = following
    return node if node.methods else None


def _operation(service: str, template: str, method: str, declared: Document, schemes: Document) -> Operation:
    if "operationId" not in declared or not template.startswith("/"):
        raise BadContract(f"{service}: {method} {template} needs an operationId and a path from the root")
    body = declared.get("requestBody", {})
    if "$ref" in body:
        raise BadContract(f"{declared['operationId']}: write the request body out, the door follows no $ref")
    security: list[dict[str, list[str]]] = declared["security"]
    named = {name for requirement in security for name in requirement}
    basic = {name for name in named if schemes.get(name, {}).get("scheme", "").lower() == "basic"}
    public = {} in security or named == basic
    return Operation(
        id=declared["operationId"],
        service=service,
        method=method,
        template=template,
        media_types=frozenset(media_type.lower() for media_type in body.get("content", {})),
        public=public,
        basic=public and bool(basic),
        paged=any(parameter["name"] == "limit" for parameter in declared.get("parameters", ())),
        hidden=(frozenset(declared["x-roles"]), declared["x-scope"]) if declared.get("x-hidden") else None,
    )
