"""What the door answers itself: health, the merged OpenAPI and its reader. Nothing comes from outside."""

import asyncio
import json
import time
from collections.abc import Mapping
from importlib.resources import files

from services.gateway.door.asgi import Answer, Headers
from services.gateway.door.lines import Lines
from services.gateway.door.openapi import Document
from services.gateway.door.problems import Refused
from services.gateway.door.proxy import Upstream
from services.gateway.door.state import State

_CONTENT_SECURITY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_DOCS = """<!doctype html>
<html lang="ja">
<meta charset="utf-8">
<title>Kakehashi API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
"""
_START = 'SwaggerUIBundle({url: "/openapi.json", dom_id: "#swagger-ui", validatorUrl: null});\n'
_METHODS = ("GET", "HEAD")
_READY_FOR = 1.0


class Pages:
    def __init__(
        self, merged: Document, state: State, upstreams: Mapping[str, Upstream], lines: Lines
    ) -> None:
        swagger = files("fastapi_standalone_docs") / "static" / "swagger"
        contract = json.dumps(merged, ensure_ascii=False).encode()
        self._fixed = {
            "/healthz": _page("application/json", b'{"status":"ok"}'),
            "/openapi.json": _page("application/json", contract),
            "/docs": _page("text/html; charset=utf-8", _DOCS.encode()),
            "/docs/start.js": _page("text/javascript", _START.encode()),
            "/docs/swagger-ui.css": _page("text/css", (swagger / "swagger-ui.css").read_bytes()),
            "/docs/swagger-ui-bundle.js": _page(
                "text/javascript", (swagger / "swagger-ui-bundle.js").read_bytes()
            ),
        }
        self._state, self._upstreams, self._lines = state, upstreams, lines
        self._readiness: tuple[float, Answer] | None = None
        self._asking = asyncio.Lock()

    def paths(self) -> set[str]:
        return {*self._fixed, "/readyz"}

    async def find(self, method: str, path: str) -> Answer | None:
        fixed = self._fixed.get(path)
        if fixed is None and path != "/readyz":
            return None
        if method not in _METHODS:
            raise Refused("method_not_allowed", [(b"allow", ", ".join(_METHODS).encode())])
        if fixed is None and self._lines.draining:
            return _page("application/json", b'{"status":"stopping"}', 503)
        return fixed or await self._ready()

    async def _ready(self) -> Answer:
        """Ready as long as tokens can be checked: one service down must not take the others away."""
        async with self._asking:
            if self._readiness is None or time.monotonic() - self._readiness[0] > _READY_FOR:
                ready = await asyncio.gather(*(upstream.ready() for upstream in self._upstreams.values()))
                services = dict(zip(self._upstreams, ready, strict=True))
                fresh = self._state.fresh()
                status = {"status": "ready" if fresh else "not_ready", "services": services}
                answer = _page("application/json", json.dumps(status).encode(), 200 if fresh else 503)
                self._readiness = time.monotonic(), answer
            return self._readiness[1]


def _page(content_type: str, body: bytes, status: int = 200) -> Answer:
    headers: Headers = [
        (b"content-type", content_type.encode()),
        (b"cache-control", b"no-cache"),
        (b"content-security-policy", _CONTENT_SECURITY),
        (b"referrer-policy", b"no-referrer"),
    ]
    return Answer(status, headers, body)
