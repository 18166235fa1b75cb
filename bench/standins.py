"""`python -m bench.standins NAME FOLDER LISTEN`: the processes that bench.gateway compares, on one core each.

The upstream is one bare ASGI app that gives the same answers to all. The door is the real one, with the
committed contracts and a real access token; only its reading of the issuer is set once and not polled.
"""

import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import httpx
import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response

from services.gateway.door.app import Door
from services.gateway.door.asgi import Receive, Scope, Send
from services.gateway.door.settings import SERVICES, Settings
from services.gateway.door.state import State
from services.kit.auth.keys import KeyRing, ring
from services.kit.auth.tokens import TokenRefused, verify_access
from services.serve import configuration

ISSUER = "http://localhost"
UPSTREAM, VERIFIER = "upstream.sock", "verifier.sock"
THING = json.dumps({"id": "0190a000-0000-7000-8000-000000000001", "note": "x" * 512}).encode()
LIST = json.dumps({"items": [json.loads(THING)] * 47}).encode()  # 27 KB
_JSON = (b"content-type", b"application/json")


async def upstream(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body", False):
        pass
    body = LIST if scope["query_string"] else THING
    headers = [_JSON, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Verifier:
    """What nginx asks: a token is verified once and then known by its SHA-256 until it expires."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys
        self._seen: dict[bytes, int] = {}

    def passes(self, authorization: bytes) -> bool:
        token = authorization.removeprefix(b"Bearer ")
        digest = hashlib.sha256(token).digest()
        if digest not in self._seen:
            try:
                verified = verify_access(token.decode("latin-1"), self._keys, ISSUER, time.time())
            except TokenRefused:
                return False
            self._seen[digest] = verified.expires_at
        return self._seen[digest] > time.time()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        status = 204 if self.passes(dict(scope["headers"]).get(b"authorization", b"")) else 401
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body"})


def usual(folder: Path) -> FastAPI:
    """What is usually written: a FastAPI route, the token verified each time, httpx behind it."""
    app, keys = FastAPI(), _keys(folder)
    client = httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(uds=str(folder / UPSTREAM)), base_url="http://jet"
    )

    def caller(authorization: Annotated[str, Header()] = "") -> str:
        try:
            return verify_access(authorization.removeprefix("Bearer "), keys, ISSUER, time.time()).client
        except TokenRefused:
            raise HTTPException(401) from None

    @app.api_route("/{path:path}", methods=["GET", "POST"])
    async def forward(request: Request, _: Annotated[str, Depends(caller)]) -> Response:
        body = await request.body()
        headers = {"content-type": request.headers["content-type"]} if body else {}
        answer = await client.request(request.method, str(request.url), content=body, headers=headers)
        return Response(answer.content, answer.status_code, media_type=answer.headers["content-type"])

    return app


class StillState:
    def __init__(self, keys: KeyRing) -> None:
        self.state = State(lambda: 0.0)
        self.state.update(keys, frozenset(), {})

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


def door(folder: Path) -> Door:
    """All limits on, none of them reached."""
    settings: dict[str, Any] = {f"upstream_{name}": f"unix:{folder / UPSTREAM}" for name in SERVICES}
    settings |= {"keys": folder, "database_url": "postgresql://none", "rate": 1e6, "burst": 10_000_000}
    return Door(Settings.model_validate(settings), StillState(_keys(folder)))


def _keys(folder: Path) -> KeyRing:
    return ring([json.loads((folder / "issuer.public.jwk").read_text())], "ES256")


def main(name: str, folder: Path, listen: str) -> None:
    if name == "door":
        config = configuration("door", listen)
        config.app, config.factory = door(folder), False
    else:
        apps: dict[str, Any] = {
            "upstream": upstream,
            "verifier": Verifier(_keys(folder)),
            "usual": usual(folder),
        }
        at: dict[str, Any] = (
            {"uds": listen[5:]} if listen.startswith("unix:") else {"port": int(listen.rpartition(":")[2])}
        )
        config = uvicorn.Config(apps[name], loop="uvloop", http="httptools", ws="none", access_log=False, proxy_headers=False,
                                log_level="critical", lifespan="off", timeout_keep_alive=60, **at)  # fmt: skip
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
