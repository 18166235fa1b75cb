"""Answers good and bad, byte for byte, and services over raw sockets that give them."""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from services.gateway.door.connection import LARGEST_HEAD, LONGEST_FIELD
from services.gateway.door.pool import Pool

GOOD = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ngood"
OK = b"HTTP/1.1 200 OK\r\n"
TWO = b"content-length: 2\r\n"
CHUNKED = b"transfer-encoding: chunked\r\n"

WHOLE: dict[str, tuple[bytes, int, bytes, bool]] = {
    "length": (GOOD, 200, b"good", True),
    "no body": (OK + b"content-length: 0\r\n\r\n", 200, b"", True),
    "chunks": (OK + CHUNKED + b"\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", 200, b"abc", True),
    "chunk extension": (OK + CHUNKED + b"\r\n2;a=b\r\nab\r\n0\r\n\r\n", 200, b"ab", True),
    "trailers are dropped": (OK + CHUNKED + b"\r\n1\r\na\r\n0\r\nx: 1\r\n\r\n", 200, b"a", True),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
    "not modified with a length": (b"HTTP/1.1 304 \r\ncontent-length: 9\r\n\r\n", 304, b"", True),
    "continue first": (b"HTTP/1.1 100 Continue\r\n\r\n" + GOOD, 200, b"good", True),
    "hints first": (b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" + GOOD, 200, b"good", True),
    "both first": (b"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 102 P\r\n\r\n" + GOOD, 200, b"good", True),
    "closing": (OK + b"connection: close\r\n" + TWO + b"\r\nab", 200, b"ab", False),
    "1.0": (b"HTTP/1.0 200 OK\r\n" + TWO + b"\r\nab", 200, b"ab", False),
    "an error": (b"HTTP/1.1 503 Busy\r\n" + TWO + b"\r\nab", 503, b"ab", True),
    "two answers": (GOOD + GOOD, 200, b"good", False),
    "half of a second": (GOOD + b"H", 200, b"good", False),
    "more than its length": (OK + TWO + b"\r\nabc", 200, b"ab", False),
    "after the last chunk": (OK + CHUNKED + b"\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n", 200, b"", False),
    "after no content": (b"HTTP/1.1 204 N\r\n\r\nleft over", 204, b"", False),
    "after the end": (OK + b"connection: close\r\n" + TWO + b"\r\nab" + GOOD, 200, b"ab", False),
}

BAD: dict[str, bytes] = {
    "nothing": b"",
    "half a status line": b"HTTP/1.1 2",
    "half a head": OK + b"content-le",
    "half a body": OK + b"content-length: 10\r\n\r\nhalf",
    "half a chunk": OK + CHUNKED + b"\r\n5\r\nab",
    "no last chunk": OK + CHUNKED + b"\r\n2\r\nab\r\n",
    "no end of trailers": OK + CHUNKED + b"\r\n0\r\n",
    "only an interim": b"HTTP/1.1 100 Continue\r\n\r\n",
    "length and coding": OK + TWO + CHUNKED + b"\r\n0\r\n\r\n",
    "coding and length": OK + CHUNKED + TWO + b"\r\n0\r\n\r\n",
    "two lengths": OK + TWO + b"content-length: 3\r\n\r\nabc",
    "the same length twice": OK + TWO + TWO + b"\r\nab",
    "a list of lengths": OK + b"content-length: 2, 2\r\n\r\nab",
    "a negative length": OK + b"content-length: -2\r\n\r\nab",
    "a length with a sign": OK + b"content-length: +2\r\n\r\nab",
    "a length in hex": OK + b"content-length: 0x2\r\n\r\nab",
    "an empty length": OK + b"content-length:\r\n\r\nab",
    "a length with a space": OK + b"content-length: 1 2\r\n\r\nab",
    "a length beyond 64 bits": OK + b"content-length: 18446744073709551618\r\n\r\nab",
    "a length beyond reason": OK + b"content-length: 1000000000000000\r\n\r\nab",
    "gzip as coding": OK + b"transfer-encoding: gzip\r\n\r\nab",
    "gzip, chunked": OK + b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked, identity": OK + b"transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunked twice": OK + CHUNKED + CHUNKED + b"\r\n0\r\n\r\n",
    "chunked, chunked": OK + b"transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "nearly chunked": OK + b"transfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked in 1.0": b"HTTP/1.0 200 OK\r\n" + CHUNKED + b"\r\n0\r\n\r\n",
    "a bad chunk size": OK + CHUNKED + b"\r\nzz\r\nab\r\n0\r\n\r\n",
    "a negative chunk size": OK + CHUNKED + b"\r\n-2\r\nab\r\n0\r\n\r\n",
    "a chunk size beyond 64 bits": OK + CHUNKED + b"\r\nfffffffffffffffff\r\nab\r\n0\r\n\r\n",
    "a chunk longer than it says": OK + CHUNKED + b"\r\n1\r\nab\r\n0\r\n\r\n",
    "a chunk ended by LF": OK + CHUNKED + b"\r\n2\nab\r\n0\r\n\r\n",
    "a space before a chunk size": OK + CHUNKED + b"\r\n 2\r\nab\r\n0\r\n\r\n",
    "a switch of protocols": b"HTTP/1.1 101 Switching\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n",
    "a bare 101": b"HTTP/1.1 101 Switching\r\n\r\n" + GOOD,
    "an unknown interim": b"HTTP/1.1 150 Odd\r\n\r\n" + GOOD,
    "status 000": b"HTTP/1.1 000 None\r\n" + TWO + b"\r\nab",
    "status 99": b"HTTP/1.1 99 Low\r\n" + TWO + b"\r\nab",
    "status 600": b"HTTP/1.1 600 High\r\n" + TWO + b"\r\nab",
    "status 2000": b"HTTP/1.1 2000 Long\r\n" + TWO + b"\r\nab",
    "status abc": b"HTTP/1.1 abc OK\r\n" + TWO + b"\r\nab",
    "no status": b"HTTP/1.1\r\n" + TWO + b"\r\nab",
    "version 2.0": b"HTTP/2.0 200 OK\r\n" + TWO + b"\r\nab",
    "version 0.9": b"HTTP/0.9 200 OK\r\n" + TWO + b"\r\nab",
    "version 1.2": b"HTTP/1.2 200 OK\r\n" + TWO + b"\r\nab",
    "version in lower case": b"http/1.1 200 OK\r\n" + TWO + b"\r\nab",
    "a request": b"GET / HTTP/1.1\r\nhost: a\r\n\r\n",
    "HTTP/2's preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(40),
    "HTML": b"<!doctype html><title>hello</title>",
    "zeros": bytes(100),
    "a folded header": OK + b"x: a\r\n b\r\n" + TWO + b"\r\nab",
    "a header without a colon": OK + b"nonsense\r\n" + TWO + b"\r\nab",
    "a space before the colon": OK + b"content-length : 2\r\n\r\nab",
    "a space before the name": OK + b" content-length: 2\r\n\r\nab",
    "a nameless header": OK + b": 1\r\n" + TWO + b"\r\nab",
    "NUL in a value": OK + b"x: a\x00b\r\n" + TWO + b"\r\nab",
    "NUL in a name": OK + b"x\x00y: a\r\n" + TWO + b"\r\nab",
    "CR in a value": OK + b"x: a\rset-cookie: b\r\n" + TWO + b"\r\nab",
    "an escape in a value": OK + b"x: a\x1b[2J\r\n" + TWO + b"\r\nab",
    "a header too long": OK + b"x: " + b"a" * LONGEST_FIELD + b"\r\n" + TWO + b"\r\nab",
    "headers too many": OK + b"x: 1234\r\n" * (LARGEST_HEAD // 5 + 1) + TWO + b"\r\nab",
    "a header without an end": OK + b"x: " + b"a" * (LARGEST_HEAD + 1),
    "interims without an end": b"HTTP/1.1 100 Continue\r\n\r\n" * (LARGEST_HEAD // 25 + 2),
    "trailers without an end": OK + CHUNKED + b"\r\n0\r\n" + b"x: 1234\r\n" * (LARGEST_HEAD // 5 + 1),
}

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def playing(script: Script) -> AsyncIterator[Script]:
    """`script` as a server calls it, once for each connection; at the end nothing of it is left."""
    tasks: list[asyncio.Task[None]] = []

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await script(reader, writer)
        writer.close()
        with suppress(OSError, asyncio.CancelledError):
            await writer.wait_closed()

    try:
        yield play
    finally:
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)


@asynccontextmanager
async def serving(script: Script, connections: int = 10) -> AsyncIterator[Pool]:
    with tempfile.TemporaryDirectory() as folder:
        async with playing(script) as play:
            server = await asyncio.start_unix_server(play, f"{folder}/s")
            pool = Pool("jet", f"unix:{folder}/s", connections)
            try:
                yield pool
            finally:
                pool.close()
                server.close()


async def request_of(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head and body of the next request, in either framing."""
    head = await reader.readuntil(b"\r\n\r\n")
    if length := re.search(rb"\r\ncontent-length: ([0-9]+)", head):
        return head, await reader.readexactly(int(length[1]))
    body = b""
    if b"transfer-encoding: chunked" in head:
        while size := int(await reader.readuntil(b"\r\n"), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readexactly(2)
    return head, body


async def asked(pool: Pool, method: str = "GET", **more: Any) -> tuple[int, bytes]:
    answer = await pool.ask(method, more.pop("target", "/"), more.pop("headers", []), **more)
    try:
        body = await answer.read()
        while not answer.ended:
            body += await answer.read()
        return answer.status, body
    finally:
        answer.close()


async def pieces_of(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def answering(*answers: bytes) -> tuple[Script, list[list[bytes]]]:
    """Gives these answers in turn; the requests of each connection."""
    seen: list[list[bytes]] = []
    left = list(answers)

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mine: list[bytes] = []
        seen.append(mine)
        while left:
            head, body = await request_of(reader)
            mine.append(head + body)
            answer = left.pop(0)
            if not answer:
                return
            writer.write(answer)
            await writer.drain()
        await reader.read()

    return script, seen
