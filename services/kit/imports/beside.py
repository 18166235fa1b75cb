"""Reading and checking a file while the database works: in a thread, and of a long file in a process of its own,
since two threads that compute hold each other up."""

import asyncio
import multiprocessing
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import aclosing, asynccontextmanager, closing
from multiprocessing.connection import Connection
from typing import Any

from services.kit.imports.checking import Checked, Checking
from services.kit.imports.source import FileRefused, Reading

LONG_BYTES = 2_000_000  # a process takes longer to start than it saves on a shorter file

Chunks = Generator[list[Checked], None, None]


@asynccontextmanager
async def checked(
    checking: Checking, size: int
) -> AsyncIterator[tuple[Reading, AsyncIterator[list[Checked]]]]:
    """The file's shape, and its checked rows in chunks of `size`, the next of which is made meanwhile.

    The reading has no rows of its own; its findings are whole once the chunks are exhausted.
    """
    long = checking.path.stat().st_size > LONG_BYTES
    reading, source = await asyncio.to_thread(_apart if long else Checking.begin, checking, size)
    async with aclosing(_ahead(source)) as chunks:
        yield reading, chunks


async def _ahead(source: Chunks) -> AsyncGenerator[list[Checked], None]:
    following = asyncio.create_task(asyncio.to_thread(next, source, None))
    try:
        while chunk := await following:
            following = asyncio.create_task(asyncio.to_thread(next, source, None))
            yield chunk
    finally:
        await asyncio.wait([following])  # its thread reads a file that goes with the import
        source.close()


def _apart(checking: Checking, size: int) -> tuple[Reading, Chunks]:
    told = _told(checking, size)
    sheet, encoding, header_row, names, length = next(told)
    columns = {column.name: column for column in checking.kind.columns}
    reading = Reading(sheet, encoding, header_row, tuple(map(columns.get, names)), iter(()), length=length)
    return reading, _chunks(told, reading)


def _chunks(told: Generator[Any, None, None], reading: Reading) -> Chunks:
    with closing(told):
        while isinstance(one := next(told), list):
            yield one
        reading.findings.extend(one)


def _told(checking: Checking, size: int) -> Generator[Any, None, None]:
    """What `_check` says in a process that lasts as long as somebody listens."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_check, args=(sending, checking, size), daemon=True)
    process.start()
    sending.close()  # here, so that the end of the process is the end of the pipe
    try:
        while True:
            one = receiving.recv()
            if isinstance(one, FileRefused):
                raise one
            yield one
    except EOFError:
        raise ConnectionError("the process that reads the file has ended") from None
    finally:
        receiving.close()
        process.kill()
        process.join()


def _check(sending: Connection, checking: Checking, size: int) -> None:
    """In its own process: the shape, the chunks as lists, and what was found in the file as a whole as a tuple."""
    with sending:
        try:
            reading, source = checking.begin(size)
            names = [column.name if column else "" for column in reading.columns]
            sending.send((reading.sheet, reading.encoding, reading.header_row, names, reading.length))
            for chunk in source:
                sending.send(chunk)
            sending.send(tuple(reading.findings))
        except FileRefused as refused:
            sending.send(refused)
        except BrokenPipeError:  # nobody waits for it any more
            return
