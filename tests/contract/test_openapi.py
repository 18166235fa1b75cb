"""What every service promises in its OpenAPI, as it is committed; and that it is what the service serves."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from services.kit.http.openapi import EVERY
from services.openapi import SERVICES, differences, main
from tests.support.serving import contract

Operation = dict[str, Any]
# Their errors are OAuth's own (RFC 6749).
PUBLIC = ("/oauth/", "/.well-known/")
CONTENT = "application/json"


def operations() -> Iterator[tuple[str, str, str, Operation]]:
    for service in SERVICES:
        for path, methods in contract(service).get("paths", {}).items():
            for method, operation in methods.items():
                yield service, path, method, operation


OPERATIONS = [
    pytest.param(*told, id=told[3].get("operationId", f"{told[2]} {told[1]}")) for told in operations()
]
each = pytest.mark.parametrize(("service", "path", "method", "operation"), OPERATIONS)


@pytest.mark.parametrize("service", SERVICES)
def test_a_document_is_valid(service: str) -> None:
    assert [
        f"{error.instance_path}: {error.message}"
        for error in OPENAPI_31_VALIDATOR.iter_errors(contract(service))
    ] == []


@pytest.mark.parametrize("service", SERVICES)
def test_operations_are_named_once(service: str) -> None:
    names = [operation["operationId"] for one, _, _, operation in operations() if one == service]
    assert len(names) == len(set(names))


@each
def test_an_operation_is_told_whole(service: str, path: str, method: str, operation: Operation) -> None:
    assert operation["operationId"]
    assert operation["summary"]
    assert any(status.startswith("2") for status in operation["responses"])


@pytest.mark.parametrize(
    ("service", "path", "method", "operation"),
    [told for told in OPERATIONS if not str(told.values[1]).startswith(PUBLIC)],
)
def test_problems_are_told(service: str, path: str, method: str, operation: Operation) -> None:
    answers = operation["responses"]
    assert {str(status) for status in EVERY} <= answers.keys()
    for status, answer in answers.items():
        if status[0] in "45":
            assert "application/problem+json" in answer["content"], status


def left_open(schema: Any, components: dict[str, Any], place: str, seen: frozenset[str]) -> Iterator[str]:
    """The objects of a schema that allow fields besides those that they name."""
    name = str(schema.get("$ref", "")).rsplit("/", 1)[-1]
    if name:
        if name not in seen:
            yield from left_open(components[name], components, f"{place} {name}", seen | {name})
        return
    if (schema.get("type") == "object" or "properties" in schema) and schema.get(
        "additionalProperties"
    ) is not False:
        yield place
    inner = [
        *schema.get("properties", {}).items(),
        *schema.get("patternProperties", {}).items(),
        *((key, one) for key in ("anyOf", "oneOf", "allOf") for one in schema.get(key, ())),
    ]
    for key, one in [*inner, *([("items", schema["items"])] if "items" in schema else [])]:
        yield from left_open(one, components, f"{place}/{key}", seen)


@pytest.mark.parametrize(
    ("service", "path", "method", "operation"),
    [told for told in OPERATIONS if not str(told.values[1]).startswith(PUBLIC)],
)
def test_an_answer_has_no_field_that_is_not_told(
    service: str, path: str, method: str, operation: Operation
) -> None:
    components = contract(service)["components"]["schemas"]
    for status, answer in operation["responses"].items():
        for media, content in answer.get("content", {}).items():
            if media.endswith("json"):
                assert list(left_open(content.get("schema", {}), components, status, frozenset())) == []


@each
def test_the_row_of_the_access_matrix_is_told(
    service: str, path: str, method: str, operation: Operation
) -> None:
    if operation["security"] == [{"token": []}]:
        assert operation["x-scope"]
        assert operation["x-roles"]
        assert set(operation["x-roles"].values()) <= {"all", "own", "self"}
    else:
        assert "x-scope" not in operation


@each
def test_writes_take_a_key(service: str, path: str, method: str, operation: Operation) -> None:
    keyed = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "header"}
    if method == "post" and not path.startswith(PUBLIC):
        assert "Idempotency-Key" in keyed
    if method == "patch":
        assert "If-Match" in keyed


def examples(service: str) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """(place, schema, example) of every parameter, body and good answer that has a schema."""
    for one, _, _, operation in operations():
        if one != service:
            continue
        name = operation["operationId"]
        for parameter in operation.get("parameters", ()):
            yield f"{name} {parameter['name']}", parameter["schema"], parameter["example"]
        told = {"body": operation.get("requestBody", {})} | operation["responses"]
        for status, answer in told.items():
            content = answer.get("content", {}).get(CONTENT)
            if content is not None and (status == "body" or status.startswith("2")):
                yield f"{name} {status}", content.get("schema", {}), content.get("example", ...)


@each
def test_a_change_is_a_merge_patch(service: str, path: str, method: str, operation: Operation) -> None:
    """RFC 7396's own media type, which the door lets through because the document names it."""
    taken = operation.get("requestBody", {}).get("content", {})
    assert ("application/merge-patch+json" in taken) == (method == "patch")


@pytest.mark.parametrize("service", SERVICES)
def test_examples_are_what_they_illustrate(service: str) -> None:
    """Each body and answer has an example, and its schema holds for it."""
    told = list(examples(service))
    wrong = [
        f"{place}: no example"
        for place, _, example in told
        if example in (..., {}, None) and not place.endswith(("cursor", "next"))
    ]
    # one schema of all, for each that is compiled has all components
    whole = {
        "properties": {str(number): schema for number, (_, schema, _) in enumerate(told)},
        "components": contract(service).get("components", {}),
    }
    given = {str(number): example for number, (_, _, example) in enumerate(told) if example is not ...}
    validator = Draft202012Validator(whole, validate_formats=True)
    wrong += [
        f"{told[int(error.instance_path[0])][0]}: {error.instance_path[1:]} {error.message}"
        for error in validator.iter_errors(given)
    ]
    assert wrong == []


def enums(node: Any) -> Iterator[tuple[str | None, ...]]:
    if isinstance(node, dict):
        if isinstance(node.get("enum"), list):
            yield tuple(node["enum"])
        for below in node.values():
            yield from enums(below)
    elif isinstance(node, list):
        for below in node:
            yield from enums(below)


def test_the_same_choices_come_in_one_order() -> None:
    """`typing` takes Literals of the same values for one, so two orders would change places with the order of imports."""
    orders: dict[frozenset[str | None], set[tuple[str | None, ...]]] = defaultdict(set)
    for service in SERVICES:
        for one in enums(contract(service)):
            orders[frozenset(one)].add(one)
    assert [found for found in orders.values() if len(found) > 1] == []


def test_a_difference_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    assert differences({"paths": {"/a": 1, "/b": 1}}, {"paths": {"/a": 2, "/c": 1}}) == [
        "#/paths/~1a: differs",
        "#/paths/~1b: committed, no longer served",
        "#/paths/~1c: served, not committed",
    ]
    assert main(["--check"]) == 0, capsys.readouterr().out
