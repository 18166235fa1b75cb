"""A service that takes imports, small enough to be a model: keyed uploads, work that is done late, lost answers."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import httpx

from client.api import Api
from client.credentials import Secret
from client.load import Loader, Outcome
from tests.client.fake import URL, problem

# before the request acts, or after; the caller dies, or only its connection does
Fault = Literal["fine", "busy", "unreached", "lost", "killed before", "killed after"]
BAD = b"bad"


class Killed(BaseException):
    """The loader's process is no more."""


@dataclass
class Import:
    id: str
    kind: str
    query: dict[str, str]
    content: bytes
    ended: bool = False

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def wrong_rows(self) -> list[int]:
        return [row for row, line in enumerate(self.content.splitlines(), 1) if BAD in line]

    @property
    def bad(self) -> int:
        return len(self.wrong_rows)

    @property
    def stored(self) -> bool:
        return self.query["dry_run"] == "false" and (self.query["mode"] == "partial" or not self.bad)


@dataclass
class Service:
    """`faults` are those of the next requests; `stored` what was stored, in its order."""

    kinds: tuple[str, ...] = ("countries", "organisations", "people")
    faults: list[Fault] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    keys: dict[str, Import] = field(default_factory=dict)
    stored: list[tuple[str, bytes]] = field(default_factory=list)
    posts: list[httpx.Request] = field(default_factory=list)
    polls: int = 1

    def api(self) -> Api:
        transport = httpx.MockTransport(self._answer)
        return Api(URL, Secret("tool", "s3cret"), transport=transport, sleep=lambda _: None)

    def drain(self) -> None:
        """All that is still waiting is worked on, the newest first."""
        for one in reversed(self.imports):
            self._work(one)

    def _work(self, one: Import) -> None:
        if not one.ended and one.stored:
            self.stored.append((one.kind, one.content))
        one.ended = True

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/.well-known/oauth-authorization-server":
            return httpx.Response(200, json={"issuer": URL})
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 300})
        request.read()
        fault = self.faults.pop(0) if self.faults else "fine"
        if fault == "busy":
            return problem(503, "unavailable")
        if fault == "unreached":
            raise httpx.ConnectError("unreached")
        if fault == "killed before":
            raise Killed
        answer = self._routed(request)
        if fault == "lost":
            raise httpx.ReadError("lost")
        if fault == "killed after":
            raise Killed
        return answer

    def _routed(self, request: httpx.Request) -> httpx.Response:
        for pattern, handler in self._routes():
            if found := re.fullmatch(f"{request.method} /directory/v1/{pattern}", _said(request)):
                return handler(request, *found.groups())
        return problem(404, "not_found")

    def _routes(self) -> tuple[tuple[str, Callable[..., httpx.Response]], ...]:
        return (
            ("imports/kinds", self._kinds),
            ("imports", lambda r: self._arrive(r) if r.method == "POST" else self._list(r)),
            ("operations/(.+)", self._operation),
            ("imports/([^/]+)", self._import),
            ("imports/([^/]+)/problems", self._problems),
            ("imports/([^/]+)/marked-workbook", lambda *_: httpx.Response(200, content=b"PK marked")),
        )

    def _kinds(self, _: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"items": [{"kind": kind} for kind in self.kinds], "next": None})

    def _arrive(self, request: httpx.Request) -> httpx.Response:
        self.posts.append(request)
        query, key = dict(request.url.params), request.headers["Idempotency-Key"]
        one = self.keys.get(key)
        if one is None:
            one = Import(str(len(self.imports)), query["kind"], query, request.content)
            self.imports.append(one)
            self.keys[key] = one
        elif (one.query, one.content) != (query, request.content):
            return problem(422, "idempotency_key_reused")
        receipt = {"id": one.id, "sha256": one.sha256, "receipt_number": f"R-{one.id}"}
        return httpx.Response(202, json=receipt)

    def _list(self, request: httpx.Request) -> httpx.Response:
        items = [
            {"id": one.id, "sha256": one.sha256, "receipt_number": f"R-{one.id}"}
            for one in reversed(self.imports)
            if one.kind == request.url.params["kind"]
        ]
        return httpx.Response(200, json={"items": items, "next": None})

    def _operation(self, _: httpx.Request, identity: str) -> httpx.Response:
        one = self._found(identity)
        if one is None:
            return problem(404, "not_found")
        rows = len(one.content.splitlines()) - 1
        told = {"id": identity, "done": 0, "total": rows, "result": None, "problem": None}
        if not one.ended and self.polls:
            self.polls -= 1
            return httpx.Response(200, json=told | {"state": "running"})
        self._work(one)
        if not rows:
            said = {"code": "empty", "title": "空です", "detail": "行がありません"}
            return httpx.Response(200, json=told | {"state": "failed", "problem": said})
        result = {
            "import": "", "rows": rows, "created": rows - one.bad, "changed": 0, "unchanged": 0,
            "refused": one.bad, "problems": one.bad, "stored": one.stored,
        }  # fmt: skip
        return httpx.Response(200, json=told | {"state": "succeeded", "done": rows, "result": result})

    def _import(self, _: httpx.Request, identity: str) -> httpx.Response:
        one = self._found(identity)
        if one is None:
            return problem(404, "not_found")
        return httpx.Response(200, json={"marked_workbook": "/m" if one.bad else None})

    def _problems(self, _: httpx.Request, identity: str) -> httpx.Response:
        one = self._found(identity)
        assert one is not None
        words = {"message": {"ja": "誤り", "en": "Wrong"}, "remedy": {"ja": "直す。", "en": "Mend it."}}
        items = [{"row": row, "column": "A", "severity": "error"} | words for row in one.wrong_rows]
        return httpx.Response(200, json={"items": items[:100], "next": None})

    def _found(self, identity: str) -> Import | None:
        return next((one for one in self.imports if one.id == identity), None)


def _said(request: httpx.Request) -> str:
    return f"{request.method} {request.url.path}"


def load(service: Service, folder: Path, *, mode: str = "atomic", dry_run: bool = False) -> list[Outcome]:
    """One run of the loader over a folder."""
    with service.api() as api:
        return list(Loader(api, folder, mode=mode, dry_run=dry_run).run())
