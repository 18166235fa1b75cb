"""What every operation tells of itself: its problem answers, its scope and roles, and an example."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from services.kit.auth.scope import Rule
from services.kit.http.problem import MEDIA_TYPE

PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "code", "title", "status", "detail", "errors", "trace_id", "support_code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "code": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message", "remedy"],
                "properties": {name: {"type": "string"} for name in ("pointer", "code", "message", "remedy")},
            },
        },
        "trace_id": {"type": "string"},
        "support_code": {"type": "string", "minLength": 6, "maxLength": 6},
    },
}
_SAID = {
    400: "The request cannot be read",
    401: "No valid token",
    403: "The scopes do not cover this",
    404: "Absent, or outside the caller's scope",
    406: "No such representation",
    409: "A rule or a state stands against it",
    412: "The version is outdated",
    413: "Too large",
    415: "Media type not taken",
    422: "The content is not valid",
    428: "If-Match is needed",
    429: "Too many requests",
    503: "Not available just now",
}
EVERY = (400, 401, 403, 406, 429, 503)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Problem answers of a route: those that every route has, and its own."""
    return {
        status: {
            "description": _SAID[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({*EVERY, *statuses})
    }


def describe(app: FastAPI, matrix: dict[str, Rule]) -> dict[str, Any]:
    """The service's OpenAPI: FastAPI's, with the shared problem, the security scheme and the access rows."""
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    schemes = components.setdefault("securitySchemes", {})
    schemes["token"] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    document["info"]["contact"] = {"name": "Kakehashi"}
    document["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    document["servers"] = [{"url": "/"}]
    for methods in document.get("paths", {}).values():
        for operation in methods.values():
            rule = matrix[operation["operationId"]]
            # a public operation may read credentials of its own, such as an OAuth client's
            operation["security"] = operation.get("security", []) if rule.public else [{"token": []}]
            if not rule.public:
                operation["x-scope"] = rule.scope
                operation["x-roles"] = dict(sorted(rule.roles.items()))
    components["schemas"].pop("HTTPValidationError", None)
    components["schemas"].pop("ValidationError", None)
    return document
