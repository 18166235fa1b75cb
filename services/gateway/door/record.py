"""What becomes known of one request on its way through the door; it looks at the answer as that passes."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.gateway.door.asgi import Message, Send
from services.gateway.door.routes import Operation
from services.gateway.door.trace import Trace
from services.kit import tracing
from services.kit.auth.tokens import AccessToken
from services.kit.http.problem import MEDIA_TYPE

_PROBLEM = MEDIA_TYPE.encode()
_LONGEST, _MOST_FIELDS = 64 << 10, 50
_UNKNOWN = "field_unknown"
_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_POINTER = re.compile(r"[A-Za-z0-9_./-]{0,100}")


@dataclass(frozen=True, slots=True)
class Problem:
    """`fields` are pointers with their codes. What names a field that we do not know is the caller's own word, and is
    left out."""

    code: str
    title: str
    fields: list[str]


class Record:
    __slots__ = (
        "_ended", "_onward", "_send", "_span", "began", "bytes", "complete", "method", "operation", "retries",
        "said", "status", "token", "trace",
    )  # fmt: skip

    def __init__(self, ended: "Callable[[Record], None]", method: str, send: Send, trace: Trace) -> None:
        self._ended, self.method, self._send, self.trace = ended, method, send, trace
        self.began = time.perf_counter()
        self.operation: Operation | None = None
        self.token: AccessToken | None = None
        self.status = self.bytes = self.retries = 0
        self.complete = False
        self.said: bytearray | None = None
        self._span: Any = None
        self._onward: Any = None
        if tracing.on():
            self._span = tracing.begin(method, "server", trace.traceparent if trace.continued else "")
            self.trace = trace._replace(traceparent=tracing.traceparent_of(self._span))

    def onward(self) -> Trace:
        """The trace as the service is told of it."""
        if self._span is None or self.operation is None:
            return self.trace
        self._onward = tracing.begin(f"to {self.operation.service}", "client", self.trace.traceparent)
        return self.trace._replace(traceparent=tracing.traceparent_of(self._onward))

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self.status >= 400 and (b"content-type", _PROBLEM) in message["headers"]:
                self.said = bytearray()
        else:
            body = message.get("body", b"")
            self.bytes += len(body)
            self.complete = not message.get("more_body", False)
            if self.said is not None and len(self.said) < _LONGEST:
                self.said += body
        await self._send(message)

    def end(self) -> None:
        self._ended(self)
        for span in (self._onward, self._span):
            if span is not None:
                span.set_attribute("http.response.status_code", self.status)
                span.update_name(
                    self.operation.id if self.operation and not self.operation.hidden else self.method
                )
                span.end()

    def problem(self) -> Problem:
        try:
            told = json.loads(self.said or b"")
            code, title = str(told["code"]), str(told["title"])[:200]
            fields = [
                one if one == _UNKNOWN else f"{pointer} {one}".strip()
                for each in told["errors"][:_MOST_FIELDS]
                if _CODE.fullmatch(one := str(each["code"]))
                and _POINTER.fullmatch(pointer := str(each["pointer"]))
            ]
        except (ValueError, KeyError, TypeError):
            return Problem("unreadable", "", [])
        return Problem(code if _CODE.fullmatch(code) else "unreadable", title, fields)
