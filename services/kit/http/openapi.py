"""What every operation tells of itself: its problem answers, its scope and roles, and an example."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from services.kit.auth.scope import Rule
from services.kit.http.examples import example
from services.kit.http.problem import MEDIA_TYPE

PROBLEM: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
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
                "additionalProperties": False,
                "required": ["pointer", "code", "message", "remedy"],
                "properties": {
                    **{name: {"type": "string"} for name in ("pointer", "code", "message", "remedy")},
                    # of a cell of the workbook that was sent
                    "sheet": {"type": "string"},
                    "row": {"type": "integer"},
                    "column": {"type": "string"},
                },
            },
        },
        "trace_id": {"type": "string"},
        "support_code": {"type": "string", "minLength": 6, "maxLength": 6},
    },
    "examples": [
        {
            "type": "/problems/invalid_content",
            "code": "invalid_content",
            "title": "内容に誤りがあります",
            "status": 422,
            "detail": "示された各項目を直して、もう一度送ってください。",
            "errors": [
                {
                    "pointer": "/jet_number",
                    "code": "jet_number_malformed",
                    "message": "JET番号が10桁です",
                    "remedy": "「20」で始まる11桁の数字を入力してください。",
                }
            ],
            "trace_id": "0af7651916cd43dd8448eb211c80319c",
            "support_code": "K7M2QX",
        }
    ],
}
KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "maxLength": 255},
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
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    schemes = components.setdefault("securitySchemes", {})
    schemes["token"] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    document["info"]["contact"] = {"name": "Kakehashi"}
    document["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    document["servers"] = [{"url": "/"}]
    for methods in document.get("paths", {}).values():
        for method, operation in methods.items():
            rule = matrix[operation["operationId"]]
            if method == "post" and not rule.public:
                _keyed(operation)
            if "HTTPValidationError" in str(operation["responses"].get("422")):
                del operation["responses"]["422"]  # ours says 404 for a path and 400 for a query
            # a public operation may read credentials of its own, such as an OAuth client's
            operation["security"] = operation.get("security", []) if rule.public else [{"token": []}]
            if not rule.public:
                operation["x-scope"] = rule.scope
                operation["x-roles"] = dict(sorted(rule.roles.items()))
                if rule.audited:
                    operation["x-audited"] = True
                if rule.human:
                    operation["x-human"] = True
                if rule.hidden:
                    operation["x-hidden"] = True
            _illustrate(operation, components["schemas"])
    components["schemas"].pop("HTTPValidationError", None)
    components["schemas"].pop("ValidationError", None)
    return document


def _keyed(operation: dict[str, Any]) -> None:
    """Every POST takes a key; a route need not say so."""
    parameters = operation.setdefault("parameters", [])
    if all(one["name"] != KEY["name"] for one in parameters):
        parameters.append(dict(KEY))


def _illustrate(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Give each parameter, body and answer an example where its declaration has none."""
    for parameter in operation.get("parameters", ()):
        if "example" not in parameter:
            parameter["example"] = example(parameter["schema"], schemas, parameter["name"])
    answers = [one for status, one in operation["responses"].items() if status.startswith("2")]
    for told in (operation.get("requestBody", {}), *answers):
        for media, content in told.get("content", {}).items():
            content.pop("itemSchema", None)  # of OpenAPI 3.2; ours is 3.1
            if media == "application/json" and content.get("schema") and "example" not in content:
                content["example"] = example(content["schema"], schemas)
