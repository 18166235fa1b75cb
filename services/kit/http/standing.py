"""Files of what may be withdrawn at any moment (`Resource.revocable`).

An export reads from one snapshot, which knows nothing of a withdrawal that comes after it. So before each piece goes
out, the records of the file are asked for again: where one is gone, or is not as it was, the connection is cut, and
never a short file left that looks whole. What is asked is not older than the piece: an empty piece goes first, which
waits until the reader has taken what was sent before.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from starlette.responses import FileResponse, Response, StreamingResponse

from services.kit.errors import FieldError
from services.kit.text import Text

PIECE = 16 * 1024  # bytes: what is on its way to the reader is out of our hands


class Withdrawn(Exception):
    """Something of a file that is being sent no longer stands."""


def too_many(rows: int) -> FieldError:
    return FieldError(
        "Accept",
        "too_many_rows_at_once",
        Text(f"一度に取得できるのは{rows}行までです", f"A file has {rows} rows at most"),
        Text("条件を加えて絞り込んでください。", "Narrow it down with filters."),
    )


def file_mark(said: str) -> str:
    """The first word of a mark, which is a code, as part of a file's name."""
    return "-" + re.sub(r"[^A-Za-z0-9_-]", "_", said.split()[0])


def guarded(response: Response, stands: Callable[[], Awaitable[bool]]) -> Response:
    """The same answer, no piece of which is sent once `stands` says no."""

    async def pieces() -> AsyncIterator[bytes]:
        async for chunk in _body(response):
            for start in range(0, len(chunk), PIECE):
                yield b""
                if not await stands():
                    raise Withdrawn
                yield chunk[start : start + PIECE]

    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    return StreamingResponse(pieces(), headers=headers)


async def _body(response: Response) -> AsyncIterator[bytes]:
    """A spooled file is short: it is taken from the disk at once, and gone from there however this ends."""
    if isinstance(response, FileResponse):
        content = await asyncio.to_thread(Path(response.path).read_bytes)
        if response.background is not None:
            await response.background()
        yield content
    elif isinstance(response, StreamingResponse):
        async for chunk in response.body_iterator:
            yield chunk.encode() if isinstance(chunk, str) else bytes(chunk)
