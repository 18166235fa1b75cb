"""A small client of the public API: tokens renewed in time, keyed writes that are safe to repeat, pages, imports."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from pydantic_core import from_json

from client.credentials import Credentials
from client.problem import Problem

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA_TYPES = {
    ".xlsx": XLSX,
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".ndjson": "application/x-ndjson",
}
TRIES = 6
RENEW_BEFORE = 30.0  # seconds of a token's life that are left unused
LONGEST_WAIT = 30.0
ENDED = ("succeeded", "failed", "cancelled")

Query = Mapping[str, str | int | bool]
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What came of a file. `stored` is false for a trial, and for a file that was refused."""

    id: str
    service: str
    rows: int
    created: int
    changed: int
    unchanged: int
    refused: int
    problems: int
    stored: bool

    @property
    def path(self) -> str:
        return f"/{self.service}/v1/imports/{self.id}"


class ImportFailed(Exception):
    """The file could not be taken at all; nothing of it was stored."""

    def __init__(self, problem: Mapping[str, str] | None) -> None:
        said = problem or {"title": "cancelled", "detail": "", "code": "cancelled"}
        self.code = said["code"]
        super().__init__(f"{said['title']}: {said['detail']}")


class Api:
    """One caller. `language` is the one that problems are told in."""

    def __init__(
        self,
        url: str,
        credentials: Credentials,
        *,
        language: str = "ja",
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._credentials = credentials
        self._sleep = sleep
        self._http = httpx.Client(
            base_url=url,
            timeout=60.0,
            transport=transport,
            headers={"Accept-Language": language},
        )
        self._token = ""
        self._renew_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    @property
    def url(self) -> str:
        return str(self._http.base_url).rstrip("/")

    def get(self, path: str, query: Query | None = None) -> Any:
        return self.request("GET", path, query=query).json()

    def post(self, path: str, body: Any = None) -> Any:
        return self.request("POST", path, json=body).json()

    def download(self, path: str, to: Path, query: Query | None = None, accept: str = "*/*") -> Path:
        """Whole or not at all: a broken answer leaves no file that looks complete."""
        answer = self.request("GET", path, query=query, headers={"Accept": accept})
        unfinished = to.with_name(to.name + ".part")
        unfinished.write_bytes(answer.content)
        return unfinished.replace(to)

    def iterate(self, path: str, query: Query | None = None) -> Iterator[dict[str, Any]]:
        """Every record of a list, page after page."""
        asked = dict(query or {}) | {"limit": 500}
        while True:
            page = self.get(path, asked)
            yield from page["items"]
            if page["next"] is None:
                return
            asked["cursor"] = page["next"]

    def lines(self, path: str, query: Query | None = None) -> Iterator[dict[str, Any]]:
        """Every record of a list from one snapshot, as it comes in; a list that breaks off raises."""
        sent = {"Accept": MEDIA_TYPES[".ndjson"], "Authorization": f"Bearer {self._valid_token()}"}
        with self._http.stream("GET", path, params=_said(query), headers=sent) as answer:
            if not answer.is_success:
                answer.read()
            _accepted(answer)
            rest = b""
            for piece in answer.iter_bytes():
                *whole, rest = (rest + piece).split(b"\n")
                yield from map(from_json, whole)

    def submit(
        self, service: str, kind: str, path: Path, *,
        mode: str = "atomic", dry_run: bool = False, history: bool = False, progress: Progress | None = None,
    ) -> ImportResult:  # fmt: skip
        """Send a file and wait for what comes of it."""
        receipt = self.upload(service, kind, path, mode=mode, dry_run=dry_run, history=history)
        return self.follow(service, receipt["id"], progress)

    def upload(
        self, service: str, kind: str, path: Path, *,
        mode: str = "atomic", dry_run: bool = False, history: bool = False, key: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Send a file; returns its receipt. Sent again with its `key`, it is the same import."""
        query: dict[str, str | bool] = {"kind": kind, "mode": mode, "dry_run": dry_run}
        if history:
            query["history"] = True
        sent = {"Content-Type": MEDIA_TYPES[path.suffix.lower()]}
        if key is not None:
            sent["Idempotency-Key"] = key
        answer = self.request("POST", f"/{service}/v1/imports", query=query, content=path, headers=sent)
        receipt: dict[str, Any] = answer.json()
        return receipt

    def follow(self, service: str, identity: str, progress: Progress | None = None) -> ImportResult:
        """Wait for what comes of a file that has arrived."""
        ended = self._wait(f"/{service}/v1/operations/{identity}", progress)
        if ended["result"] is None:
            raise ImportFailed(ended["problem"])
        summary = {name: value for name, value in ended["result"].items() if name != "import"}
        return ImportResult(ended["id"], service, **summary)

    def _wait(self, operation: str, progress: Progress | None) -> dict[str, Any]:
        pause = 0.05
        while True:
            state: dict[str, Any] = self.get(operation)
            if progress is not None:
                progress(state["done"], state["total"])
            if state["state"] in ENDED:
                return state
            self._sleep(pause)
            pause = min(pause * 1.3, 0.5)

    def request(
        self, method: str, path: str, *,
        query: Query | None = None, json: Any = None, content: Path | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:  # fmt: skip
        """One request, repeated while the answer is "not now". A POST keeps its key, so it has one effect."""
        sent = dict(headers or {})
        if method == "POST":
            sent.setdefault("Idempotency-Key", str(uuid.uuid4()))
        for left in reversed(range(TRIES)):
            try:
                return self._send(method, path, query, json, content, sent)
            except (httpx.TransportError, Problem) as error:
                if not left or not _passing(error):
                    raise
                self._sleep(_pause(error, TRIES - 1 - left))
        raise AssertionError("the last try returns or raises")

    def _send(
        self,
        method: str,
        path: str,
        query: Query | None,
        json: Any,
        content: Path | None,
        headers: dict[str, str],
    ) -> httpx.Response:
        headers["Authorization"] = f"Bearer {self._valid_token()}"
        if content is None:
            response = self._http.request(method, path, params=_said(query), json=json, headers=headers)
        else:
            with content.open("rb") as file:
                response = self._http.request(
                    method, path, params=_said(query), content=file, headers=headers
                )
        return _accepted(response)

    def _valid_token(self) -> str:
        if time.monotonic() >= self._renew_at:
            described = _accepted(self._http.get("/.well-known/oauth-authorization-server"))
            asked = self._credentials.request(described.json()["issuer"])
            basic = httpx.BasicAuth(*asked.basic) if asked.basic else httpx.Auth()
            answer = _accepted(self._http.post("/oauth/token", data=asked.form, auth=basic)).json()
            self._token = answer["access_token"]
            self._renew_at = time.monotonic() + answer["expires_in"] - RENEW_BEFORE
        return self._token


def _accepted(response: httpx.Response) -> httpx.Response:
    if not response.is_success:
        raise Problem(response)
    return response


def _said(query: Query | None) -> dict[str, str] | None:
    """None leaves the query of a link that the service gave as it is; an empty one would take it away."""
    if not query:
        return None
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in query.items()
    }


def _passing(error: httpx.TransportError | Problem) -> bool:
    """Whether the same request may go better in a while."""
    if isinstance(error, Problem):
        return error.status in (429, 503) or error.code == "idempotency_key_in_flight"
    return True


def _pause(error: httpx.TransportError | Problem, done: int) -> float:
    """What the server asks for; else longer from try to try."""
    asked = error.retry_after if isinstance(error, Problem) else None
    return min(0.2 * 2**done if asked is None else asked, LONGEST_WAIT)
