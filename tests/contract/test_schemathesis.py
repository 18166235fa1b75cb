"""Made-up requests of the served OpenAPI, for two roles: no fault, and answers as the document states them.

The short form is part of the suite; `make fuzz` runs the longer one.
"""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.serving import Caller, Serving

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ROLES = ("coordinator", "organisation")
# an endless answer, and OAuth's own format, which have tests of their own
LEFT_OUT = ("_operations_events", "issuer_", "oauth_")


def operations(service: Serving, role: str) -> Iterator[Any]:
    """Those that the role may call, and one of the others for its refusal."""
    document = {**service.document, "servers": [{"url": "http://service"}]}
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]
        name = operation.definition.raw["operationId"]
        if role in service.matrix[name].roles and not any(part in name for part in LEFT_OUT):
            yield operation


def fuzz(service: Serving, role: str, examples: int) -> None:
    caller = Caller(role, organisation=uuid4(), person=uuid4())
    wrong: list[str] = []
    for operation in operations(service, role):
        made = st.one_of([operation.as_strategy(mode) for mode in GenerationMode])

        @seed(20240701)
        @settings(
            max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=made)
        def send(case: Case[Any]) -> None:
            name = case.operation.definition.raw["operationId"]
            sent: Any = case.as_transport_kwargs(base_url="http://service")
            asked: dict[str, Any] = {
                key: sent[key]
                for key in ("method", "url", "params", "json", "data", "headers")
                if key in sent
            }
            if isinstance(asked.get("data"), bytes | str):
                asked["content"] = asked.pop("data")
            headers = {key: str(value) for key, value in dict(asked.pop("headers") or {}).items()}
            asked["params"] = asked.get("params") or None
            answer = service.call(name, caller, headers, **asked)
            case.validate_response(answer, checks=CHECKS)

        try:
            send()
        except FailureGroup as group:
            wrong += [f"{operation.label}: {one}" for one in group.exceptions]
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ["jet", "registry"])
def test_a_few_requests_to_every_route(services: dict[str, Serving], name: str, role: str) -> None:
    fuzz(services[name], role, 5)


@pytest.mark.fuzz
@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ["jet", "registry"])
def test_many_requests_to_every_route(services: dict[str, Serving], name: str, role: str) -> None:
    fuzz(services[name], role, 60)
