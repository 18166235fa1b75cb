"""What can be saved: the address of a list or a statistic, read against the committed contracts of all services."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode
from uuid import UUID

from services.kit.findings import Finding
from services.kit.text import Text

SERVICES = ("registry", "jet", "grants", "events")
LONGEST = 2000
# of the moment or of the client's paging, not of the query
_OF_PAGES = frozenset({"cursor", "limit", "include"})
_SEGMENT = r"([A-Za-z0-9._~-]{1,80})"

Schema = Mapping[str, Any]  # a border: JSON Schema in a committed contract

NO_LIST = Finding(
    "query_no_list",
    Text("一覧または統計のURLではありません", "This is no address of a list or a statistic"),
    Text(
        "「/jet/v1/roster?programme_year=2024」のように、一覧または統計のパスと検索条件を入力してください。",
        "Enter the path of a list or a statistic with its parameters, such as /jet/v1/roster?programme_year=2024.",
    ),
)
NOT_OPEN = Finding(
    "query_not_open",
    Text("この一覧を読む権限がありません", "This list is not open to you"),
    Text(
        "権限のある一覧を指定してください。必要なときは CLAIR に連絡してください。",
        "Name a list that you may read. Ask CLAIR where you need this one.",
    ),
)
UNKNOWN = Finding(
    "query_parameter_unknown",
    Text("保存できない検索条件があります", "A parameter cannot be saved"),
    Text(
        "その一覧にある検索条件を一つずつ指定し、cursor・limit・include を外してください。",
        "Use the list's own parameters, each once, and leave out cursor, limit and include.",
    ),
)
NO_VALUE = Finding(
    "query_value_wrong",
    Text("検索条件の値が正しくありません", "The value of a parameter is wrong"),
    Text(
        "API文書（/docs）でその検索条件の書き方を確認してください。",
        "See how the parameter is written in the API documents (/docs).",
    ),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A GET that answers JSON and CSV: a list or a statistic. `needs`: parameters that must be given."""

    service: str
    operation: str
    scope: str
    roles: frozenset[str]
    path: re.Pattern[str]
    parameters: Mapping[str, Schema]
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Query:
    """A query in its one spelling: parameters by name, what need not be encoded is not."""

    service: str
    operation: str
    path: str
    query: str


class Refused(ValueError):
    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def load(folder: Path) -> dict[str, Listed]:
    """By operationId. OSError or ValueError where a contract is missing or not JSON."""
    documents = {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in SERVICES}
    return {one.operation: one for name, document in documents.items() for one in listed(name, document)}


def listed(service: str, document: Mapping[str, Any]) -> Iterator[Listed]:
    for template, methods in document.get("paths", {}).items():
        operation = methods.get("get", {})
        content = operation.get("responses", {}).get("200", {}).get("content", {})
        scope = operation.get("x-scope", "")
        if not scope or scope.startswith("care.") or not {"application/json", "text/csv"} <= content.keys():
            continue
        given = [one for one in operation.get("parameters", []) if one["in"] == "query"]
        words = [_SEGMENT if part.startswith("{") else re.escape(part) for part in template.split("/")]
        yield Listed(
            service,
            operation["operationId"],
            scope,
            frozenset(operation.get("x-roles", {})),
            re.compile("/".join(words)),
            {one["name"]: one["schema"] for one in given if one["name"] not in _OF_PAGES},
            frozenset(one["name"] for one in given if one.get("required")),
        )


def read(address: str, known: Iterable[Listed], role: str, scopes: frozenset[str]) -> Query:
    """The query that an address stands for, in the rights of who would save it."""
    path, _, asked = address.partition("?")
    found = next((one for one in known if one.path.fullmatch(path)), None)
    if found is None:
        raise Refused(NO_LIST)
    if role not in found.roles or found.scope not in scopes:
        raise Refused(NOT_OPEN)
    try:
        pairs = parse_qsl(asked, True, strict_parsing=bool(asked), errors="strict", max_num_fields=50)
    except ValueError:
        raise Refused(NO_VALUE) from None
    given = dict(pairs)
    if len(given) != len(pairs) or given.keys() - found.parameters.keys():
        raise Refused(UNKNOWN)
    if found.needs - given.keys() or not all(fits(value, found.parameters[name]) for name, value in pairs):
        raise Refused(NO_VALUE)
    return Query(found.service, found.operation, path, urlencode(sorted(pairs), quote_via=quote))


def fits(value: str, schema: Schema) -> bool:
    """Whether a parameter's text is a value of its schema, as far as the schema says it in these words."""
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return any(fits(value, one) for one in choices if one.get("type") != "null")
    if not value.isprintable() or ("enum" in schema and value not in schema["enum"]):
        return False
    if "const" in schema and value != schema["const"]:
        return False
    if not schema.get("minLength", 1) <= len(value) <= schema.get("maxLength", LONGEST):
        return False
    kind = schema.get("format") or schema.get("type")
    return kind not in _READ or _reads(_READ[kind], value)


def _boolean(value: str) -> bool:
    return {"true": True, "false": False}[value]


_READ: dict[str, Any] = {
    "integer": int, "boolean": _boolean, "date": date.fromisoformat, "date-time": datetime.fromisoformat, "uuid": UUID,
}  # fmt: skip


def _reads(reader: Any, value: str) -> bool:
    try:
        reader(value)
    except (ValueError, KeyError):
        return False
    return True
