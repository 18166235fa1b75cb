"""A keep-alive HTTP/1.1 load over Unix sockets; its own CPU is not counted."""

import asyncio
from pathlib import Path

CONNECTIONS = 8


async def _worker(socket: Path, request: bytes, count: int) -> None:
    reader, writer = await asyncio.open_unix_connection(str(socket))
    for _ in range(count):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.split(b"\r\n")[0].decode())
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
    writer.close()


async def load(socket: Path, path: str, headers: dict[str, str], requests: int) -> None:
    lines = [f"GET {path} HTTP/1.1", "Host: bench", *(f"{name}: {value}" for name, value in headers.items())]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    await asyncio.gather(*(_worker(socket, request, requests // CONNECTIONS) for _ in range(CONNECTIONS)))
