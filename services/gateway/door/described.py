"""The addresses of saved queries as the merged contract shows them: the door answers there by itself."""

from typing import Any

from services.gateway.door.openapi import Document
from services.gateway.door.queries import PAGE


def described() -> Document:
    problem = {
        "description": "A problem",
        "content": {"application/problem+json": {"schema": {"type": "object"}}},
    }
    scheme = {
        "type": "http",
        "scheme": "basic",
        "description": "Any name; the password is a key of the query.",
    }

    def operation(form: str, media: str, schema: Document, summary: str, *more: Document) -> Document:
        query: Document = {
            "name": "ref",
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid"},
        }
        return {
            "get": {
                "operationId": f"door_saved_query_{form}",
                "summary": summary,
                "tags": ["saved-queries"],
                "security": [{"query_key": []}],
                "parameters": [query, *more],
                "responses": {
                    "200": {"description": "OK", "content": {media: {"schema": schema}}},
                    **dict.fromkeys(("400", "401", "403", "404", "429", "503"), problem),
                },
            }
        }

    cursor: Document = {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}}
    base = "/identity/v1/saved-queries/{ref}/rows"
    paths: dict[str, Any] = {
        f"{base}.csv": operation(
            "csv", "text/csv", {"type": "string"}, "The rows of a saved query, all of them"
        ),
        f"{base}.json": operation(
            "json",
            "application/json",
            {"type": "object"},
            f"A saved query's answer; of a list {PAGE} rows",
            cursor,
        ),
    }
    return {"paths": paths, "components": {"securitySchemes": {"query_key": scheme}}}
