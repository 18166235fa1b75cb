"""Made-up requests of the served OpenAPI, for one caller, and whatever an answer has wrong.

Two kinds: single requests, half of them dressed in values that the database knows or that break careless code;
and stories, in which each request follows from the answer before it: create, retry, read, change, list, next page.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from services.kit.http.negotiate import XLSX
from tests.support.serving import Caller, Serving

CHECKS: Any = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
# bytes that are no workbook, most often
schemathesis.serializer.alias(XLSX, "application/octet-stream")
# an endless answer, OAuth's own format, and the clock of all the others: each has tests of its own
LEFT_OUT = ("_operations_events", "oauth_", "clock_moves")
HOSTILE: tuple[Any, ...] = (
    "\0", "a\0b", "\ud800", "\U0001f600", "é", "", " ", "x" * 300, "9999-12-31", "0001-01-01", "2024-02-30", 0, -1,
    2**31, 2**63, 1.5, True, None, [], {}, "NaN", "20999999999", "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
TAGS = ("*", '"1.x"', 'W/"1.x"', '"x"', "x", '"', "1, 2", "")
ENOUGH = 12
Known = Mapping[str, Sequence[Any]]


def _ascii(value: object) -> str:
    """As much of a header as the client will send."""
    return str(value).encode("ascii", "replace").decode()


def _strict(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


@dataclass
class Fuzz:
    """`known`: values by the name of the field, and by a list's name the records that stand in it."""

    service: Serving
    caller: Caller | None
    known: Known = field(default_factory=dict)
    count: int = 0
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        document = {**self.service.document, "servers": [{"url": "http://service"}]}
        found = schemathesis.openapi.from_dict(document).get_all_operations()
        every = (one.ok() for one in found)  # type: ignore[union-attr]
        self.operations: dict[str, Any] = {one.definition.raw["operationId"]: one for one in every}

    def names(self, *, allowed: bool) -> Iterator[str]:
        """The operations that the caller may call, or the others."""
        for name in self.operations:
            rule = self.service.matrix[name]
            may = rule.public or (self.caller is not None and self.caller.role in rule.roles)
            if may == allowed and not any(part in name for part in LEFT_OUT):
                yield name

    def singles(self, names: Collection[str], examples: int, number: int = 0) -> None:
        for name in names:
            self._drawn(name, examples, number, self._single, tuple(GenerationMode))

    def stories(self, names: Collection[str], examples: int, number: int = 0) -> None:
        """A story of each list among the operations."""
        for listing in [name for name in names if name.endswith("_list")]:
            create = listing.removesuffix("list") + "create"
            started = create if create in names and "imports" not in create else listing
            self._drawn(started, examples, number, partial(self._story, listing), (GenerationMode.POSITIVE,))

    def _drawn(
        self,
        name: str,
        examples: int,
        number: int,
        play: Callable[[Any, Random], object],
        modes: Sequence[GenerationMode],
    ) -> None:
        made = st.one_of([self.operations[name].as_strategy(mode) for mode in modes])

        @seed(20240701 + number)
        @settings(
            max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=made, random=st.randoms(use_true_random=True))
        def draw(case: Any, random: Random) -> None:
            if len(self.wrong) < ENOUGH:
                play(case, random)

        draw()

    def _single(self, case: Any, random: Random) -> None:
        self.send(case, dressed(case, self.known, random))

    def send(self, case: Any, body: Any = None, **headers: str) -> httpx.Response | None:
        """The answer, once it was held against the contract; None where none came. `body` stands for the case's."""
        name = case.operation.definition.raw["operationId"]
        sent: Any = case.as_transport_kwargs(base_url="http://service")
        asked = {key: sent[key] for key in ("method", "url", "params") if sent.get(key)}
        given = {key: _ascii(value) for key, value in dict(sent.get("headers") or {}).items()} | headers
        if body is not None or "json" in sent:  # in ASCII, so that half a surrogate pair can be sent at all
            asked["content"] = json.dumps(sent["json"] if body is None else body).encode()
        elif isinstance(sent.get("data"), bytes | str):
            asked["content"] = sent["data"]
        self.count += 1
        try:
            answer = self.service.call(name, self.caller, given, **asked)
        except Exception as error:  # the service's own, cut in the middle of its answer
            self.wrong.append(f"{name}: {error!r}")
            return None
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            self.wrong += [f"{name}: {type(one).__name__} {str(one)[:300]}" for one in group.exceptions]
        self.wrong += [f"{name}: {said}" for said in beyond(answer)]
        return answer

    def ask(self, name: str, headers: Mapping[str, str] = {}, **parts: Any) -> httpx.Response | None:
        return self.send(self.operations[name].Case(**parts), **headers)

    def expect(self, name: str, what: str, holds: object) -> None:
        if not holds:
            self.wrong.append(f"{name}: {what}")

    def _story(self, listing: str, case: Any, random: Random) -> None:
        base = listing.removesuffix("list")
        key = {"Idempotency-Key": str(uuid4())}
        sent = dressed(case, self.known, random)
        first = self.send(case, sent, **key)
        if first is None:
            return
        if first.status_code == 201:
            again = self.send(case, sent, **key)
            same = again is not None and (again.status_code, again.content) == (201, first.content)
            self.expect(f"{base}create", "a retry is answered otherwise", same)
            self.expect(f"{base}create", "no Location", "location" in first.headers)
            self._record(base, first.headers.get("location", "").rsplit("/", 1)[-1], first, random)
        page = self.ask(listing, query={"limit": 1})
        seen: set[str] = set()
        while page is not None and page.status_code == 200 and len(seen) < 3:
            body = page.json()
            # the feed may tell of a record again
            ids = {str(item if "changes" in base else item.get("id", item)) for item in body["items"]}
            self.expect(listing, "a page repeats another", not ids & seen)
            seen |= ids
            if "id" in next(iter(body["items"]), {}):
                self._record(base, body["items"][0]["id"], None, random)
            if not body["next"] or not ids:
                break
            page = self.ask(
                listing, query={"limit": 1, "after" if "changes" in base else "cursor": body["next"]}
            )

    def _record(self, base: str, identity: str, made: httpx.Response | None, random: Random) -> None:
        """Read it, read it again unchanged, change nothing of it, and change it on a version that is not its own."""
        place = {"path_parameters": {"ref": identity}}
        if f"{base}read" not in self.operations or "{ref}" not in self.service.routes[f"{base}read"][1]:
            return
        found = self.ask(f"{base}read", **place)
        if found is None or found.status_code != 200:
            refused = found is not None and found.status_code == 403  # a list may be open and its records not
            self.expect(f"{base}read", "what was told of is not there", refused)
            return
        self.expect(f"{base}read", "another record", str(found.json()["id"]) == str(identity))
        if made is not None:
            self.expect(f"{base}read", "not what the creation answered", found.json() == made.json())
        tag = found.headers.get("etag", "")
        self.expect(f"{base}read", "no ETag", tag)
        same = self.ask(f"{base}read", {"If-None-Match": tag}, **place)
        self.expect(
            f"{base}read", "not the same a moment later", same is not None and same.status_code == 304
        )
        if f"{base}change" in self.names(allowed=True):
            body = {"body": {}, "media_type": "application/merge-patch+json"}
            kept = self.ask(f"{base}change", {"If-Match": tag}, **place, **body)
            self.expect(
                f"{base}change", "its own version refused", kept is not None and kept.status_code == 200
            )
            stale = self.ask(f"{base}change", {"If-Match": '"999999.x"'}, **place, **body)
            self.expect(f"{base}change", "any version taken", stale is not None and stale.status_code == 412)
            self.ask(f"{base}change", {"If-Match": random.choice(TAGS)}, **place, **body)


def beyond(answer: httpx.Response) -> Iterator[str]:
    """What the contract cannot say."""
    media = answer.headers.get("content-type", "")
    if media.startswith(("application/json", "application/problem+json")):
        try:
            json.loads(answer.content.decode("utf-8", "strict"), parse_constant=_strict)
        except ValueError as error:
            yield f"not strict JSON: {error}"
    if "x-request-id" not in answer.headers:
        yield "no X-Request-Id"


def dressed(case: Any, known: Known, random: Random) -> Any:
    """Values that exist, so that rules are reached, and now and then one that breaks careless code: in the path and
    the headers of the case, and as a body that is given back."""
    raw = case.operation.definition.raw
    plural = case.operation.path.strip("/").split("/")[2:3]
    records = known.get(plural[0], ()) if plural else ()
    if records and "ref" in (case.path_parameters or {}) and random.random() < 0.7:
        case.path_parameters["ref"] = random.choice(records)
    if case.method.upper() == "PATCH" and random.random() < 0.9:
        case.headers = {
            **(case.headers or {}),
            "If-Match": random.choice(TAGS) if random.random() < 0.3 else "*",
        }
    if isinstance(case.body, dict):
        return _filled(case.body, _fields(raw, case.operation.schema.raw_schema), known, random)
    return None


def _fields(raw: dict[str, Any], document: dict[str, Any]) -> list[str]:
    for content in raw.get("requestBody", {}).get("content", {}).values():
        schema = content.get("schema", {})
        name = schema.get("$ref", "").rsplit("/", 1)[-1]
        return list((document["components"]["schemas"][name] if name else schema).get("properties", {}))
    return []


def _filled(body: dict[str, Any], fields: list[str], known: Known, random: Random) -> dict[str, Any]:
    made = {name: value for name, value in body.items() if name in fields or random.random() < 0.3}
    for name in fields:
        if name in known and random.random() < 0.8:
            made[name] = random.choice(known[name])
        elif name in made and random.random() < 0.12:
            made[name] = random.choice(HOSTILE)
    return made
