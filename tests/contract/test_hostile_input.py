"""Whatever is sent, to whichever route: a refusal in our shape and the caller's language, never a fault or an echo."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar
from uuid import uuid4

import httpx
import pytest

from services.kit.http.problem import MEDIA_TYPE
from tests.support.serving import Caller, Serving

T = TypeVar("T")
MARK = "Zq9<script>"
LONG = MARK + "x" * 100_000
SHAPE = {"type", "code", "title", "status", "detail", "errors", "trace_id", "support_code"}
KEY = {"Idempotency-Key": "hostile"}
JSON = {"Content-Type": "application/json"}

# Not JSON, or not strict JSON: malformed, whatever the route
MALFORMED = {
    "not json": b"{" + MARK.encode(),
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "lone surrogate": rb'{"a": "\ud800"}',
    "lone surrogate in a name": rb'{"\udfff": 1}',
    "NUL": rb'{"a": "\u0000"}',
    "bare NUL": b'{"a": "\x00"}',
    "deep lists": b"[" * 10_000 + b"]" * 10_000,
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "endless": b"[" * 10_000,
    "a name twice": b'{"a": 1, "a": 2}',
    "invalid UTF-8": b'{"a": "\xff\xfe"}',
    "overlong UTF-8": b'{"a": "\xc0\x80"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "two values": b"{}{}",
}
# JSON, but nothing that any of our bodies is
WRONG = {
    "nothing": b"",
    "list": b"[]",
    "text": json.dumps(MARK).encode(),
    "true": b"true",
    "null": b"null",
    "unknown fields": json.dumps({MARK: MARK}).encode(),
    "long text": json.dumps({"name": LONG, "family_name": LONG, "workplace_name": LONG}).encode(),
    "huge integer": b'{"programme_year": 1' + b"0" * 4000 + b"}",
    "large integer": b'{"programme_year": 9223372036854775808, "housing_rent_yen": 4294967296}',
    "deep, but not too deep": b'{"a":' * 50 + b"1" + b"}" * 50,
}
MEDIA = ("", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", MARK)
QUERIES = (
    f"unknown={MARK}", "a=%00", "limit=0", "limit=501", "limit=-1", "limit=1.5", "limit=" + "9" * 400, f"limit={MARK}",
    f"cursor={MARK}", "cursor=%FF%FE", "cursor=" + "A" * 3000, "sort=nothing", "include=all", "q=%00",
    "programme_year=99999999999", "programme_year=-99999999999999999999999", "known_at=9999-12-31",
    "known_at=0000-00-00", f"known_at={MARK}", "as_of=today", "as_of=20240101", "on=2024-02-30", f"after={MARK}",
    "dimensions=nothing", "top=0", "top=99999999999999999999", "limit=1&limit=x", "q=" + "x" * 5000,
)  # fmt: skip
PLACES = (
    "%00", "a%00b", "%FF", "%ED%A0%80", "-1", "0", "9" * 200, "x" * 65, "x" * 5000, "00000000-0000-0000-0000-000000000000",
    "%7B%7D", "%27%3B--", "Zq9%3Cscript%3E", "%F0%9F%98%80", "%E2%80%AE",
)  # fmt: skip
KEYS = ("", "x" * 256, "two words", "tab\there")
# each case goes to every route in the long form alone (make fuzz)
shares = pytest.mark.parametrize("share", [3, pytest.param(1, marks=pytest.mark.fuzz)])


def refusal(answer: httpx.Response, spoken: str) -> str:
    """What is wrong with an answer that should be a refusal; nothing if it is one."""
    if not 400 <= answer.status_code < 500:
        return f"status {answer.status_code}"
    if answer.headers["content-type"] != MEDIA_TYPE:
        return f"media type {answer.headers['content-type']}"
    said = json.loads(answer.content.decode("utf-8", "strict"))
    named = [
        error.pop("pointer") for error in said["errors"]
    ]  # where it is wrong is said by its name, as a pointer
    if MARK in json.dumps(said) or "\x00" in answer.text or any(len(name) > 200 for name in named):
        return "echo"
    if set(said) != SHAPE or said["status"] != answer.status_code or len(said["support_code"]) != 6:
        return f"shape {sorted(said)}"
    if said["title"].isascii() != (spoken == "en") or said["detail"].isascii() != (spoken == "en"):
        return f"not in {spoken}: {said['title']}"
    if any(set(error) != {"code", "message", "remedy"} for error in said["errors"]):
        return "shape of an error"
    if any(error["message"].isascii() != (spoken == "en") for error in said["errors"]):
        return f"an error not in {spoken}"
    return ""


class Sender:
    """Sends to one route as a caller that may use it, and keeps what went wrong.

    `share`: a route gets one of so many of the cases, and the next routes the others.
    """

    def __init__(self, service: Serving, share: int = 1) -> None:
        self.service, self.wrong, self.sent = service, [], 0  # type: tuple[Serving, list[str], int]
        self._share, self._turn = share, 0

    def some(self, cases: Iterable[T]) -> Iterator[T]:
        self._turn += 1
        return (case for place, case in enumerate(cases) if (place + self._turn) % self._share == 0)

    def raw(self, operation: str, method: str, url: str, **options: Any) -> httpx.Response:
        rule = self.service.matrix[operation]
        caller = None if rule.public else Caller(sorted(rule.roles)[0], organisation=uuid4(), person=uuid4())
        headers = dict(options.pop("headers", {}))
        headers["Accept-Language"] = "en" if self.sent % 2 else "ja"
        self.sent += 1
        return self.service.call(operation, caller, headers, method=method, url=url, **options)

    def refused(self, name: str, operation: str, method: str, url: str, **options: Any) -> None:
        statuses = options.pop("statuses", range(400, 500))
        answer = self.raw(operation, method, url, **options)
        found = refusal(answer, answer.request.headers["accept-language"])
        if not found and answer.status_code not in statuses:
            found = f"status {answer.status_code}"
        if found:
            self.wrong.append(f"{operation}: {name}: {found}: {answer.text[:160]}")


def operations(service: Serving, *methods: str) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Ours: what OAuth's own error format rules has its own tests."""
    for path, found in service.document["paths"].items():
        for method, operation in found.items():
            if method.upper() in methods and not path.startswith(("/oauth", "/.well-known")):
                yield operation["operationId"], method.upper(), path, operation


def takes_json(operation: dict[str, Any]) -> bool:
    return "application/json" in operation.get("requestBody", {}).get("content", {})


def asked_for(operation: dict[str, Any]) -> dict[str, Any]:
    """The headers, the query and the body without which an operation is not looked at."""
    headers: dict[str, str] = {**KEY, "If-Match": "*"}
    if takes_json(operation):
        return {"headers": headers, "json": {}}
    needed = [one for one in operation.get("parameters", ()) if one["in"] == "query" and one.get("required")]
    media = list(operation.get("requestBody", {}).get("content", ()))
    if media and needed:
        headers["Content-Type"] = media[0]
    return {"headers": headers, "params": {one["name"]: one.get("example", "x") for one in needed} or None}


def at(path: str, place: str = "00000000-0000-7000-8000-000000000000") -> str:
    return "/".join(place if part.startswith("{") else part for part in path.split("/"))


@shares
def test_bodies_that_are_not_strict_json(service: Serving, share: int) -> None:
    sender = Sender(service, share)
    for operation, method, path, said in operations(service, "POST", "PATCH", "PUT"):
        if takes_json(said):
            for name, body in sender.some(MALFORMED.items()):
                sender.refused(
                    name, operation, method, at(path), content=body, headers=KEY | JSON, statuses=(400,)
                )
            for name, body in sender.some(WRONG.items()):
                sender.refused(name, operation, method, at(path), content=body, headers=KEY | JSON)
    assert sender.wrong == []


@shares
def test_media_types_that_are_not_taken(service: Serving, share: int) -> None:
    sender = Sender(service, share)
    for operation, method, path, said in operations(service, "POST", "PATCH", "PUT"):
        if "requestBody" in said:
            for media in sender.some(MEDIA):
                headers = KEY | {"Content-Type": media}
                sender.refused(f"type {media}", operation, method, at(path), content=b"{}", headers=headers)
    assert sender.wrong == []


@shares
def test_queries_of_every_kind(service: Serving, share: int) -> None:
    """A list refuses each as malformed; a route without that parameter refuses it as unknown, or its id as absent."""
    sender = Sender(service, share)
    for operation, method, path, _ in operations(service, "GET"):
        listed = "{" not in path
        for query in sender.some(QUERIES):
            if listed or query == "a=%00":
                sender.refused(
                    query[:40],
                    operation,
                    method,
                    f"{at(path)}?{query}",
                    statuses=(400,) if listed else range(400, 500),
                )
    assert sender.wrong == []


@shares
def test_ids_that_cannot_exist(service: Serving, share: int) -> None:
    sender = Sender(service, share)
    for operation, method, path, said in operations(service, "GET", "PATCH", "PUT", "DELETE", "POST"):
        if "{" in path:
            for place in sender.some(PLACES):
                sender.refused(
                    place[:40],
                    operation,
                    method,
                    at(path, place),
                    statuses=(404, 422, 405),
                    **asked_for(said),
                )
    assert sender.wrong == []


@shares
def test_keys_that_are_none(service: Serving, share: int) -> None:
    sender = Sender(service, share)
    for operation, method, path, said in operations(service, "POST"):
        if any(one["name"] == "Idempotency-Key" for one in said.get("parameters", ())):
            body: dict[str, Any] = {"json": {}} if takes_json(said) else {}
            for key in sender.some(KEYS):
                sender.refused(
                    f"key {key[:9]}", operation, method, at(path), headers={"Idempotency-Key": key}, **body
                )
    assert sender.wrong == []


@pytest.mark.parametrize("spoken", ["ja", "en"])
def test_a_method_that_is_not_allowed_is_answered_with_those_that_are(service: Serving, spoken: str) -> None:
    sender = Sender(service)
    methods = {"GET", "POST", "PUT", "PATCH", "DELETE"}
    for path, found in service.document["paths"].items():
        offered = {method.upper() for method in found}
        operation = next(iter(found.values()))["operationId"]
        for method in sorted(methods - offered):
            sender.sent = int(spoken == "en")
            answer = sender.raw(operation, method, at(path), headers={"Content-Type": "application/json"})
            if answer.status_code != 405:
                continue  # another route has this path and this method
            allowed = set(answer.headers["allow"].split(", "))
            assert refusal(answer, spoken) == "", (path, method)
            assert offered <= allowed and method not in allowed, (path, method, allowed)


def test_what_a_request_says_of_itself_is_not_trusted(service: Serving) -> None:
    sender = Sender(service)
    for operation, method, path, _ in operations(service, "GET"):
        headers = {"X-Request-Id": MARK, "traceparent": MARK, "If-None-Match": MARK, "Accept-Language": MARK}
        answer = sender.raw(operation, method, at(path), headers=headers)
        assert answer.status_code < 500, (operation, answer.text)
        assert MARK not in answer.text + str(answer.headers), operation
    for operation, method, path, _ in operations(service, "GET"):
        sender.refused("accept", operation, method, at(path), headers={"Accept": MARK})
    assert [one for one in sender.wrong if "status 2" not in one] == []
