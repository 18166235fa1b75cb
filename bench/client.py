"""A keep-alive HTTP/1.1 load over Unix sockets or loopback ports; its own CPU is not counted."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

CONNECTIONS = 8


async def _worker(server: Path | int, request: bytes, turns: Iterable[object]) -> int:
    if isinstance(server, Path):
        reader, writer = await asyncio.open_unix_connection(str(server))
    else:
        reader, writer = await asyncio.open_connection("127.0.0.1", server)
    done = 0
    for _ in turns:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 20"):
            raise RuntimeError(head.split(b"\r\n")[0].decode())
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        done += 1
    writer.close()
    return done


async def load(socket: Path, path: str, headers: dict[str, str], requests: int) -> None:
    request = a_request("GET", path, headers)
    each = range(requests // CONNECTIONS)
    await asyncio.gather(*(_worker(socket, request, each) for _ in range(CONNECTIONS)))


async def load_for(seconds: float, port: int, request: bytes, connections: int) -> int:
    """How many were answered."""
    end = time.monotonic() + seconds
    done = await asyncio.gather(*(_worker(port, request, _until(end)) for _ in range(connections)))
    return sum(done)


def a_request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    sent = headers | {"Content-Length": str(len(body))} if body else headers
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: bench",
        *(f"{name}: {value}" for name, value in sent.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def _until(end: float) -> Iterator[None]:
    while time.monotonic() < end:
        yield
