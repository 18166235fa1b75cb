"""Examples for the OpenAPI: made from a schema, the same at every run, with values that the house would take.

A value is chosen by its field's name first, then by its type: readers learn more from a real code than from
"string". The names are the programme's, so their values are data beside the glossary: `_code` serves every field
that ends so, `_text` any other.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

Schema = Mapping[str, Any]  # a border: JSON Schema as FastAPI writes it

FILE = Path(__file__).parents[2] / "examples.json"
ID = "01904f5e-8c00-7000-8000-000000000001"
INSTANT = "2024-07-09T10:00:00+09:00"
_BY_FORMAT = {"date": "2024-07-01", "date-time": INSTANT, "uuid": ID, "email": "clerk@example.jp"}


@cache
def _by_name() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return made


def example(schema: Schema, components: Mapping[str, Schema], name: str = "") -> Any:
    """A value that `schema` holds for; `name` is the field's."""
    schema = _plain(schema, components)
    for told in ("example", "const"):
        if told in schema:
            return schema[told]
    for told in ("examples", "enum"):
        if schema.get(told):
            return schema[told][0]
    named = _by_name()
    if name in named and _fits(named[name], schema):
        return named[name]
    return _by_type(schema, components, name)


def _plain(schema: Schema, components: Mapping[str, Schema]) -> Schema:
    """Follow a reference, and of several choices take the first that is not null."""
    nullable = False
    while True:
        if "$ref" in schema:
            schema = components[schema["$ref"].rsplit("/", 1)[1]]
        elif choices := schema.get("anyOf") or schema.get("oneOf"):
            nullable = nullable or any(one.get("type") == "null" for one in choices)
            schema = next(one for one in choices if one.get("type") != "null")
        elif "allOf" in schema:
            schema = schema["allOf"][0]
        else:
            return {**schema, "type": [schema.get("type"), "null"]} if nullable else schema


def _types(schema: Schema) -> list[str]:
    kind = schema.get("type")
    return kind if isinstance(kind, list) else [kind] if kind else []


def _fits(value: object, schema: Schema) -> bool:
    kinds = _types(schema)
    if value is None:
        return "null" in kinds
    if isinstance(value, str):
        return "string" in kinds and schema.get("format") in (None, *_format_of(value))
    return ("array" if isinstance(value, list) else "integer") in kinds


def _format_of(value: str) -> tuple[str, ...]:
    return tuple(
        name for name, sample in _BY_FORMAT.items() if len(sample) == len(value) and sample[4] == value[4]
    )


def _by_type(schema: Schema, components: Mapping[str, Schema], name: str) -> Any:
    kinds = _types(schema)
    if "object" in kinds or "properties" in schema:
        return {field: example(one, components, field) for field, one in schema.get("properties", {}).items()}
    if "array" in kinds:
        return [example(schema.get("items", {}), components, name)]
    if "boolean" in kinds:
        return False
    if "integer" in kinds or "number" in kinds:
        return int(schema.get("minimum", 1))
    if "string" in kinds:
        return _BY_FORMAT.get(schema.get("format", ""), _text(schema, name))
    return None


def _text(schema: Schema, name: str) -> Any:
    if name.endswith("_code"):
        return _by_name()["_code"]
    return _by_name()["_text"][: schema.get("maxLength", 2)]
