"""The outermost layer of a service: request id, trace and deadline, and a 500 that says nothing but its support code."""

import asyncio
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit import tracing
from services.kit.db.session import DEADLINE
from services.kit.errors import FAULT, UNAVAILABLE, Refused
from services.kit.http import problem
from services.kit.ids import uuid7
from services.kit.log import REQUEST, log
from services.kit.metrics import Timed

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TRACE = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_MILLISECONDS = re.compile(r"[0-9]{1,9}")
_AHEAD = 0.1  # seconds before the deadline, so that the answer still reaches the door in time
DEADLINE_HEADER = b"x-kakehashi-deadline"


def header(scope: Scope, name: bytes) -> str:
    for found, value in scope["headers"]:
        if found == name:
            return str(value, "latin-1")
    return ""


class Context:
    """Pure ASGI, so that streams stay streams and cancellation reaches the handler."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app, self.service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        timed, given, traceparent = Timed(), header(scope, b"x-request-id"), header(scope, b"traceparent")
        request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid7())
        traced = _TRACE.fullmatch(traceparent)
        state: dict[str, Any] = scope.setdefault("state", {})
        state["request_id"] = request_id
        state["trace_id"] = traced.group(1) if traced else request_id.replace("-", "")[:32]
        REQUEST.set({"request_id": request_id, "trace_id": state["trace_id"]})
        tracing.TRACEPARENT.set(traceparent if traced else "")
        status = 0
        with tracing.span(scope["method"], "server", tracing.TRACEPARENT.get()) as span:
            try:
                status = await self._answer(scope, receive, send, request_id)
            finally:
                route = route_of(scope)
                timed.end(self.service, route, status)
                if span is not None:
                    span.update_name(route)
                    span.set_attribute("http.response.status_code", status)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> int:
        """The status that was answered. Work that has not begun to answer ends at the deadline."""
        status, timer = 0, asyncio.timeout(None)
        waiting, deadline = True, _deadline(scope)
        DEADLINE.set(deadline)

        async def tagged(message: Message) -> None:
            nonlocal status, waiting
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
                if waiting:
                    waiting = False
                    timer.reschedule(None)  # a stream that has begun runs to its end
                    deadline.clear()
            await send(message)

        try:
            async with timer:
                timer.reschedule(min(deadline, default=None))
                await self.app(scope, receive, tagged)
        except Exception as error:
            waiting = False
            if isinstance(error, TimeoutError) and timer.expired():
                await refuse(Request(scope), UNAVAILABLE())(scope, receive, tagged)
                return status
            log.exception(
                "request_failed", support_code=problem.support_code(request_id), route=route_of(scope)
            )
            if status:  # cut the connection: never a short file that looks whole
                raise
            await refuse(Request(scope), FAULT())(scope, receive, tagged)
        finally:
            deadline.clear()
        return status


def _deadline(scope: Scope) -> list[float]:
    """By the loop's clock, none or one. A list, so that it also ends for the tasks that a stream has begun."""
    said = header(scope, DEADLINE_HEADER)
    if not _MILLISECONDS.fullmatch(said):
        return []
    seconds = int(said) / 1000
    return [asyncio.get_running_loop().time() + max(seconds - _AHEAD, seconds / 2)]


def route_of(scope: Scope) -> str:
    """The operation's id, never the path: that may hold a name. Of a hidden one not even that."""
    operation = getattr(scope.get("route"), "operation_id", None)
    if operation is None:
        return "-"
    rule = scope["app"].state.service.matrix.get(operation)
    return "-" if rule is not None and rule.hidden else str(operation)


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
        route=route_of(request.scope),
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
