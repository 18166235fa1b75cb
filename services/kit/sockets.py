"""The house's own small talk: one request per connection over a Unix socket or TCP, for processes of one installation.

What callers send goes through the door's own client; this carries figures and notes, and is not fast.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

SECONDS = 5.0
_LONGEST_HEAD = 16 << 10
_REASONS = {200: "OK", 404: "Not Found", 502: "Bad Gateway"}


class Said(NamedTuple):
    status: int
    body: bytes
    content_type: str = "text/plain; charset=utf-8"


async def ask(
    address: str, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> Said:
    """`address` as an upstream is set: `unix:/path` or `http(s)://host:port`. OSError when nobody answers."""
    async with asyncio.timeout(SECONDS):
        reader, writer = await _dial(address)
        try:
            said = {
                "Host": "house",
                "Connection": "close",
                "Content-Length": str(len(body)),
                **(headers or {}),
            }
            lines = [
                f"{method} {path} HTTP/1.1",
                *(f"{name}: {value}" for name, value in said.items()),
                "",
                "",
            ]
            writer.write("\r\n".join(lines).encode() + body)
            await writer.drain()
            head, _, answer = (await reader.read(-1)).partition(b"\r\n\r\n")
        finally:
            writer.close()
    try:
        return Said(int(head.split(b" ", 2)[1]), answer)
    except (IndexError, ValueError):
        raise ConnectionError("no answer in HTTP") from None


async def listen(address: str, answer: Callable[[str], Awaitable[Said]]) -> asyncio.Server:
    """GET alone: `answer` is given the path. `address` is `unix:/path` or `host:port`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(
            OSError, TimeoutError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError
        ):
            async with asyncio.timeout(4 * SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                method, path, _ = head.split(b"\r\n", 1)[0].decode("ascii").split(" ")
                said = await answer(path) if method == "GET" else Said(404, b"")
                writer.write(_written(said))
                await writer.drain()
        writer.close()

    if address.startswith("unix:"):
        # an old socket file gives way
        return await asyncio.start_unix_server(serve, address.removeprefix("unix:"), limit=_LONGEST_HEAD)
    host, _, port = address.rpartition(":")
    return await asyncio.start_server(serve, host.strip("[]"), int(port), limit=_LONGEST_HEAD)


def _written(said: Said) -> bytes:
    lines = [
        f"HTTP/1.1 {said.status} {_REASONS.get(said.status, 'Error')}",
        f"Content-Type: {said.content_type}",
        f"Content-Length: {len(said.body)}",
        "Connection: close",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + said.body


async def _dial(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if address.startswith("unix:"):
        return await asyncio.open_unix_connection(address.removeprefix("unix:"))
    parts = urlsplit(address)
    secure = parts.scheme == "https"
    return await asyncio.open_connection(
        parts.hostname, parts.port or (443 if secure else 80), ssl=secure or None
    )
