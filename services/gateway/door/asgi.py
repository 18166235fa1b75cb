"""The few ASGI words the door speaks (ASGI 3, HTTP only)."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Message = MutableMapping[str, Any]  # the border: what the server hands over has no static type
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

WIRE = "kakehashi.wire"


@dataclass(frozen=True, slots=True)
class Wire:
    """What ASGI hides: the request target as it was sent, and a way to cut the connection."""

    target: bytes
    cut: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Caller:
    """The other end of one request; `own` are the headers that the door puts on every answer to it."""

    receive: Receive
    send: Send
    wire: Wire
    own: Headers


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Headers
    body: bytes


async def send_answer(caller: Caller, answer: Answer) -> None:
    headers = [*answer.headers, (b"content-length", b"%d" % len(answer.body)), *caller.own]
    await caller.send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await caller.send({"type": "http.response.body", "body": answer.body})
