"""The few ASGI words the door speaks (ASGI 3, HTTP only)."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

Message = MutableMapping[str, Any]  # the border: what the server hands over has no static type
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

WIRE = "kakehashi.wire"
NO_BODY = (204, 304)


class Wire(NamedTuple):
    """What ASGI hides: the request target as it was sent, a body that is all here already (once), and a way to
    cut the connection."""

    target: bytes
    whole: Callable[[], bytes | None]
    cut: Callable[[], None]


class Caller(NamedTuple):
    """The other end of one request; `own` are the headers that the door puts on every answer to it."""

    receive: Receive
    send: Send
    wire: Wire
    own: Headers


class Answer(NamedTuple):
    status: int
    headers: Headers
    body: bytes


async def send_answer(caller: Caller, answer: Answer) -> None:
    headers = [*answer.headers, (b"content-length", b"%d" % len(answer.body)), *caller.own]
    await caller.send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await caller.send({"type": "http.response.body", "body": answer.body})


def head_of(first: bytes, headers: Headers) -> bytes:
    """The head of a message, with the line that begins it and without a way to slip in another."""
    lines = [first, *[name + b": " + value for name, value in headers], b"\r\n"]
    head = b"\r\n".join(lines)
    if head.count(b"\r") != len(lines) or head.count(b"\n") != len(lines):
        raise ValueError("a line break inside a header")
    return head
