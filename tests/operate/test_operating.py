"""What an installation tells whoever runs it: a request found by its support code, in the log, in the figures and in
a trace; and nothing of what it was about."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx
import pytest

from client.api import Api
from client.problem import Problem
from services.system import System
from tests.operate.collector import Collector, Span

SECRET_NAME = "機密花子"
T = TypeVar("T")


def eventually(look: Callable[[], T | None], seconds: float = 10) -> T:
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)
    return found


def said_by(system: System, process: str) -> list[dict[str, Any]]:
    lines = (system.logs / f"{process}.log").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def line_of(system: System, process: str, request_id: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        return next((one for one in said_by(system, process) if one.get("request_id") == request_id), None)

    return eventually(look)


def refused(api: Api, method: str, path: str, **options: Any) -> Problem:
    with pytest.raises(Problem) as raised:
        api.request(method, path, **options)
    return raised.value


def test_a_support_code_leads_to_its_request(registrar: Api) -> None:
    request_id = f"call-{uuid4()}"
    body = {"code": "S96001", "name": SECRET_NAME, "kind": "planet"}
    problem = refused(
        registrar, "POST", "/directory/v1/organisations", json=body, headers={"X-Request-Id": request_id}
    )
    assert problem.status == 422
    read_out = f" {problem.support_code[:3].lower()}-{problem.support_code[3:]}　"

    def look() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = registrar.get(
            "/identity/v1/refused-requests", {"support_code": read_out}
        )["items"]
        return found

    (found,) = eventually(look)
    assert (found["request_id"], found["support_code"]) == (request_id, problem.support_code)
    assert (found["client"], found["role"], found["service"]) == ("registrar", "registrar", "registry")
    assert (found["route"], found["http_method"], found["http_status"]) == (
        "directory_organisations_create", "POST", 422,
    )  # fmt: skip
    assert (found["problem_code"], found["problem_title"]) == (problem.code, problem.title)
    assert any(field.startswith("/kind ") for field in found["problem_fields"])
    assert SECRET_NAME not in json.dumps(found, ensure_ascii=False) and "planet" not in json.dumps(found)


def test_what_the_door_itself_refuses_is_found_too(registrar: Api, watched: System) -> None:
    answer = httpx.get(f"{watched.url}/nowhere/{SECRET_NAME}")
    assert answer.status_code == 404
    query = {"support_code": answer.json()["support_code"]}
    (found,) = eventually(lambda: registrar.get("/identity/v1/refused-requests", query)["items"])
    assert (found["client"], found["service"], found["route"]) == (None, "door", None)
    assert SECRET_NAME not in json.dumps(found, ensure_ascii=False)


def test_whoever_is_known_is_named_though_refused_before_being_asked(registrar: Api) -> None:
    registrar.get("/directory/v1/organisations", {"limit": 1})
    problem = refused(registrar, "GET", "/nowhere")
    assert problem.status == 404
    query = {"support_code": problem.support_code}
    (found,) = eventually(lambda: registrar.get("/identity/v1/refused-requests", query)["items"])
    assert (found["client"], found["role"]) == ("registrar", "registrar")


def test_a_name_that_a_caller_made_up_is_not_kept(registrar: Api) -> None:
    problem = refused(registrar, "GET", "/directory/v1/organisations", query={"Imaginary19990101": "1"})
    query = {"support_code": problem.support_code}
    (found,) = eventually(lambda: registrar.get("/identity/v1/refused-requests", query)["items"])
    assert found["problem_fields"] == ["field_unknown"]


def test_the_note_is_the_doors_alone(watched: System, registrar: Api) -> None:
    problem = refused(registrar, "POST", "/identity/v1/door/refused-requests", json=[])
    assert problem.status == 404
    assert (
        "/identity/v1/door/refused-requests" not in httpx.get(f"{watched.url}/openapi.json").json()["paths"]
    )


def test_every_request_has_one_line_that_names_nobody(watched: System, registrar: Api) -> None:
    request_id, absent = f"log-{uuid4()}", f"log-{uuid4()}"
    registrar.request(
        "GET", "/directory/v1/organisations", query={"q": SECRET_NAME}, headers={"X-Request-Id": request_id}
    )
    problem = refused(
        registrar, "GET", f"/directory/v1/people/{SECRET_NAME}", headers={"X-Request-Id": absent}
    )
    line = line_of(watched, "door", request_id)
    assert line.items() >= {
        "event": "request", "client": "registrar", "service": "registry", "route": "directory_organisations_list",
        "method": "GET", "status": 200, "retries": 0, "complete": True,
    }.items()  # fmt: skip
    assert line["bytes"] > 10 and line["ms"] > 0 and re.fullmatch(r"[0-9a-f]{32}", line["trace_id"])
    assert "support_code" not in line
    line = line_of(watched, "door", absent)
    assert (line["status"], line["code"], line["support_code"]) == (404, "not_found", problem.support_code)
    assert line_of(watched, "registry", absent)["support_code"] == problem.support_code
    told = "".join((watched.logs / f"{name}.log").read_text("utf-8") for name in watched.children)
    assert told.count(request_id) == 1
    for hidden in (SECRET_NAME, "%E6%A9%9F", "Bearer", "client_secret", '"path"'):
        assert hidden not in told


def connected(spans: list[Span]) -> bool:
    ids = {span.span_id for span in spans}
    return len([span for span in spans if span.parent not in ids]) == 1


def test_an_import_is_one_trace_from_the_door_to_the_worker(
    watched: System, registrar: Api, collector: Collector, tmp_path: Path
) -> None:
    file, trace_id, request_id = tmp_path / "organisations.csv", uuid4().hex, f"import-{uuid4()}"
    file.write_text(f"code,name,kind\nS96100,{SECRET_NAME},school_corporation\n", encoding="utf-8")
    sent = registrar.request(
        "POST", "/directory/v1/imports", query={"kind": "organisations"}, content=file,
        headers={"Content-Type": "text/csv", "traceparent": f"00-{trace_id}-{'1' * 16}-01", "X-Request-Id": request_id},
    )  # fmt: skip
    assert sent.status_code == 202

    def look() -> list[Span] | None:
        spans = collector.trace(trace_id)
        processes = {span.process for span in spans}
        ended = any(span.name == "job import" for span in spans)
        return spans if ended and len(processes) == 3 and connected(spans) else None

    spans = eventually(look)
    assert {span.process for span in spans} == {
        "kakehashi-door", "kakehashi-registry", "kakehashi-worker-registry",
    }  # fmt: skip
    names = {(span.process.removeprefix("kakehashi-"), span.name) for span in spans}
    assert names >= {
        ("door", "directory_imports_create"), ("registry", "directory_imports_create"),
        ("registry", "transaction write"), ("registry", "INSERT identity.operation"),
        ("worker-registry", "job import"), ("worker-registry", "UPDATE identity.operation"),
    }  # fmt: skip
    (root,) = [span for span in spans if span.parent == "1" * 16]
    assert (root.process, root.name) == ("kakehashi-door", "directory_imports_create")
    told = "".join(f"{span.name} {span.attributes}" for span in spans)
    assert SECRET_NAME not in told and "S96100" not in told
    line = line_of(watched, "worker-registry", request_id)
    assert (line["event"], line["job"], line["outcome"]) == ("job", "import", "done")


def test_figures_of_every_process_are_found_in_one_place_and_not_at_the_public_door(
    watched: System, registrar: Api
) -> None:
    registrar.get("/directory/v1/organisations")
    refused(registrar, "GET", "/directory/v1/organisations/S99999")
    door = httpx.get(str(watched.metrics_url)).text
    assert (
        'kakehashi_door_requests_total{route="directory_organisations_list",service="registry",status="2xx"}'
        in door
    )
    assert 'kakehashi_door_request_seconds_bucket{le="0.1",route="directory_organisations_list"' in door
    assert 'kakehashi_door_problems_total{code="not_found",service="registry"}' in door
    assert "kakehashi_door_in_flight 0.0" in door
    assert 'kakehashi_door_breaker_open{service="jet"} 0.0' in door
    assert 'kakehashi_door_upstream_busy{service="jet"} 0.0' in door
    assert re.search(r"^kakehashi_door_connections [1-9]", door, re.M)
    age = re.search(r"^kakehashi_door_state_age_seconds (\S+)", door, re.M)
    assert age is not None and 0 <= float(age[1]) < 5
    service = httpx.get(f"{watched.metrics_url}/registry").text
    for figure in (
        'kakehashi_requests_total{route="directory_organisations_list",service="registry",status="2xx"}',
        'kakehashi_pool_connections{pool="read",service="registry",what="waiting"} 0.0',
        'kakehashi_database_up{service="registry"} 1.0',
        'kakehashi_feed_age_seconds{service="registry"}',
        'kakehashi_queue_jobs{service="registry",state="held"} 0.0',
        "process_resident_memory_bytes",
    ):
        assert figure in service
    assert "kakehashi_job_seconds" in httpx.get(f"{watched.metrics_url}/worker-registry").text
    assert httpx.get(f"{watched.metrics_url}/nobody").status_code == 404
    for path in ("/metrics", "/metrics/registry"):
        assert httpx.get(watched.url + path).status_code == 404
