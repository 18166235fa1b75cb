"""The contracts that the door starts on, and the one that it shows."""

import copy
import json
from typing import Any

import pytest

from services.gateway.door.described import described
from services.gateway.door.openapi import BadContract, merge
from services.gateway.door.problems import KINDS, Refused
from services.gateway.door.routes import Routes
from tests.gateway.door.house import Document, House, documents, operation


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(inner) for inner in value.values()))
    if isinstance(value, list):
        return set().union(*(references(inner) for inner in value))
    return set()


def test_the_merged_contract_is_whole(a_house: House) -> None:
    status, headers, body = a_house.ask("GET", "/openapi.json")
    merged = json.loads(body)
    assert (status, headers["Content-Type"]) == (200, "application/json")
    given = documents()
    own = described()["paths"]
    assert set(merged["paths"]) == {
        path for document in (*given.values(), {"paths": own}) for path in document["paths"]
    }
    assert set(merged["components"]["schemas"]) == {f"{service}_Thing" for service in given}
    assert set(merged["components"]["securitySchemes"]) == {"bearer", "client", "query_key"}
    for reference in references(merged):
        kind, name = reference.removeprefix("#/components/").split("/")
        assert name in merged["components"][kind]
    body_of = merged["paths"]["/jet/v1/things"]["post"]["requestBody"]["content"]["application/json"]
    assert body_of["schema"] == {"$ref": "#/components/schemas/jet_Thing"}
    assert merged["paths"]["/jet/v1/things"]["get"]["security"] == [{"bearer": []}]
    assert merged["paths"]["/jet/v1/public/notice"]["get"]["security"] == []


def test_security_schemes_that_disagree_are_refused() -> None:
    given = documents()
    given["jet"]["components"]["securitySchemes"]["bearer"] = {"type": "http", "scheme": "digest"}
    with pytest.raises(BadContract):
        merge(given, "http://localhost")


def test_the_reader_of_the_contract_comes_from_inside(a_house: House) -> None:
    status, headers, page = a_house.ask("GET", "/docs")
    assert status == 200
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert b"http://" not in page and b"https://" not in page
    for part in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js"):
        assert f"/docs/{part}".encode() in page
        assert a_house.ask("GET", f"/docs/{part}")[0] == 200


def test_the_door_is_well_even_when_it_cannot_know_who_may_enter(a_house: House) -> None:
    a_house.source.now = 60.0
    assert a_house.ask("GET", "/healthz")[0] == 200


def added(service: str, path: str, **methods: Document) -> dict[str, Document]:
    given = copy.deepcopy(documents())
    given[service]["paths"][path] = methods
    return given


@pytest.mark.parametrize(
    "given",
    [
        added("grants", "/jet/v1/things", get=operation("grants_things_list")),
        added("grants", "/jet/v1/things/{code}", put=operation("grants_things_put")),
        added("grants", "/grants/v1/awards", get=operation("jet_things_list")),
        added("grants", "/grants/v1/awards/{id}.csv", get=operation("grants_awards_csv")),
        added("grants", "/grants/v1//awards", get=operation("grants_awards_list")),
        added("grants", "/grants/v1/awards", get={"responses": {}}),
        documents() | {"grants": {"paths": {"/grants/v1/awards": {"get": operation("grants_awards_list")}}}},
    ],
    ids=["same template", "same shape", "same id", "half a segment", "empty segment", "no id", "no security"],
)
def test_the_door_does_not_start_on_a_contract_it_cannot_keep(given: dict[str, Document]) -> None:
    with pytest.raises(BadContract):
        Routes(given)


def test_a_word_wins_over_a_parameter_and_a_dead_end_is_left_again() -> None:
    routes = Routes(documents())
    assert routes.match("GET", "/jet/v1/things/special").operation.id == "jet_things_special"
    assert routes.match("GET", "/jet/v1/things/other").operation.id == "jet_things_read"
    match = routes.match("GET", "/jet/v1/things/special/parts/1")
    assert (match.operation.id, match.path) == ("jet_parts_read", "/jet/v1/things/special/parts/1")
    with pytest.raises(Refused):
        routes.match("GET", "/jet/v1/things/a/b")


def test_each_refusal_is_told_in_two_languages() -> None:
    for kind in KINDS.values():
        assert kind.title.ja != kind.title.en and kind.detail.ja != kind.detail.en
        assert kind.detail.en.isascii() and not kind.detail.ja.isascii()


@pytest.mark.parametrize(
    ("security", "public", "basic"),
    [
        ([], True, False),
        ([{}], True, False),
        ([{"client": []}], True, True),
        ([{}, {"client": []}], True, True),
        ([{"bearer": []}], False, False),
        ([{"bearer": []}, {"client": []}], False, False),
        ([{"unheard-of": []}], False, False),
    ],
)
def test_an_operation_is_public_only_when_its_contract_says_so(
    security: list[dict[str, list[str]]], public: bool, basic: bool
) -> None:
    given = added("registry", "/identity/v1/things", get=operation("identity_things", security=security))
    found = Routes(given).match("GET", "/identity/v1/things").operation
    assert (found.public, found.basic) == (public, basic)
