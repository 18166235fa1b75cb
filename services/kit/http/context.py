"""The outermost layer of a service: request id and trace, and a 500 that says nothing but its support code."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit.errors import FAULT, Refused
from services.kit.http import problem
from services.kit.ids import uuid7
from services.kit.log import log

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TRACE = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def header(scope: Scope, name: bytes) -> str:
    for found, value in scope["headers"]:
        if found == name:
            return str(value, "latin-1")
    return ""


class Context:
    """Pure ASGI, so that streams stay streams and cancellation reaches the handler."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = header(scope, b"x-request-id")
        request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid7())
        traced = _TRACE.fullmatch(header(scope, b"traceparent"))
        state: dict[str, Any] = scope.setdefault("state", {})
        state["request_id"] = request_id
        state["trace_id"] = traced.group(1) if traced else request_id.replace("-", "")[:32]
        started = False

        async def tagged(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, tagged)
        except Exception:
            log.exception(
                "request_failed",
                request_id=request_id,
                support_code=problem.support_code(request_id),
                path=scope["path"],
            )
            if started:  # cut the connection: never a short file that looks whole
                raise
            await refuse(Request(scope), FAULT())(scope, receive, tagged)


RETRY = {"Retry-After": "2"}


def refuse(request: Request, refused: Refused) -> Response:
    """The answer, and a line in the log under the code that the caller may read out to us."""
    state = request.scope["state"]
    status = problem.STATUS[refused.refusal.sort]
    log.info(
        "refused",
        status=status,
        code=refused.refusal.code,
        method=request.method,
        path=request.url.path,
        request_id=state["request_id"],
        support_code=problem.support_code(state["request_id"]),
    )
    return Response(
        problem.body(
            refused,
            request_id=state["request_id"],
            trace_id=state["trace_id"],
            spoken=problem.language(request.headers.get("accept-language", "")),
        ),
        status_code=status,
        media_type=problem.MEDIA_TYPE,
        headers={"Cache-Control": "no-store", "Vary": "Accept, Accept-Language, Authorization"}
        | (RETRY if status in (429, 503) else {}),
    )
