"""Examples for the OpenAPI: made from a schema, the same at every run, with values that the house would take.

A value is chosen by its field's name first, then by its type: readers learn more from 372013 than from "string".
"""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]  # a border: JSON Schema as FastAPI writes it

ID = "01904f5e-8c00-7000-8000-000000000001"
INSTANT = "2024-07-09T10:00:00+09:00"
_BY_NAME: dict[str, Any] = {
    "id": ID,
    "ref": ID,
    "code": "372013",
    "organisation_code": "372013",
    "municipality_code": "372013",
    "host_code": "370002",
    "member_code": "372013",
    "predecessor_code": "372013",
    "successor_code": "372021",
    "home_code": "372013",
    "corporate_number": "1000020372013",
    "jet_number": "20240000001",
    "programme_year": 2024,
    "job_type": "ALT",
    "name": "高松市",
    "name_kana": "タカマツシ",
    "name_en": "Takamatsu City",
    "organisation_name": "高松市",
    "family_name": "SAMPLE",
    "given_name": "Taylor",
    "middle_name": None,
    "nationality": "US",
    "country": "US",
    "email": "clerk@example.jp",
    "supervisor_email": "clerk@example.jp",
    "phone": "087-000-0000",
    "supervisor_phone": "087-000-0000",
    "supervisor_name": "見本 花子",
    "workplace_name": "高松市立見本中学校",
    "workplace": "高松市立見本中学校",
    "starts_on": "2024-08-01",
    "ends_on": "2025-07-31",
    "valid_from": "2024-04-01",
    "valid_to": None,
    "birth_on": "1999-04-02",
    "decided_on": "2024-05-20",
    "effective_on": "2024-06-20",
    "known_at": INSTANT,
    "row_version": 1,
    "total": 1,
    "next": None,
    "cursor": "bm90IGEgcmVhbCBjdXJzb3I",
    "limit": 50,
    "q": "高松",
    "dimensions": "job_type",
    "number": "P-0001",
    "person_number": "P-0001",
    "section": "JET",
    "client_id": "takamatsu-tool",
    "scopes": ["jet.roster:read", "jet.appointment:write"],
    "ja": "参加者数",
    "en": "Participants",
    "statistic": "participants",
    "unit": "名",
    "value": 5861,
    "records": "/jet/v1/roster?programme_year=2024",
    "action": "terminate",
    "href": "/jet/v1/early-terminations",
    "closed": None,
    "If-Match": '"1.0123456789abcdef"',
    "Idempotency-Key": "6f1d2c9e-takamatsu-001",
}
_BY_FORMAT = {"date": "2024-07-01", "date-time": INSTANT, "uuid": ID, "email": "clerk@example.jp"}


def example(schema: Schema, components: Mapping[str, Schema], name: str = "") -> Any:
    """A value that `schema` holds for; `name` is the field's."""
    schema = _plain(schema, components)
    for told in ("example", "const"):
        if told in schema:
            return schema[told]
    for told in ("examples", "enum"):
        if schema.get(told):
            return schema[told][0]
    if name in _BY_NAME and _fits(_BY_NAME[name], schema):
        return _BY_NAME[name]
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


def _text(schema: Schema, name: str) -> str:
    if name.endswith("_code"):
        return "372013"
    return "見本"[: schema.get("maxLength", 2)]
