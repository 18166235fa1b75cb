"""Many requests at once, large bodies both ways, callers who give up: nothing mixes, nothing piles up."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator

import pytest

from services.gateway.door.pool import Pool
from tests.gateway.door.raw_service import (
    CHUNKED,
    GOOD,
    OK,
    asked,
    pieces_of,
    request_of,
    serving,
)


def test_two_hundred_at_once_over_ten_connections_each_get_their_own_answer() -> None:
    async def run() -> None:
        open_now = most = 0

        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal open_now, most
            open_now += 1
            most = max(most, open_now)
            try:
                while True:
                    head, body = await request_of(reader)
                    number = int(head.split()[1][1:])
                    text = b"%d:%b" % (number, body) * (1 + number % 50)
                    await asyncio.sleep(number % 7 / 1000)
                    if number % 3 == 0:
                        writer.write(OK + CHUNKED + b"\r\n")
                        for piece in (text[:5], text[5:]):
                            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b"")
                            await asyncio.sleep(0)
                        writer.write(b"0\r\n\r\n")
                    else:
                        closing = b"connection: close\r\n" if number % 5 == 0 else b""
                        writer.write(OK + closing + b"content-length: %d\r\n\r\n" % len(text) + text)
                        if closing:
                            return
            finally:
                open_now -= 1

        async def one(pool: Pool, number: int) -> None:
            sent = b"body-%d" % number
            body = pieces_of(sent[:2], sent[2:]) if number % 2 else sent
            status, text = await asked(pool, "POST", target=f"/{number}", body=body)
            assert (status, text) == (200, b"%d:%b" % (number, sent) * (1 + number % 50))

        async with serving(script) as pool:
            await asyncio.gather(*(one(pool, number) for number in range(200)))
        assert most <= 10

    asyncio.run(run())


def test_twenty_megabytes_pass_in_both_directions_in_little_memory() -> None:
    size, piece = 20 << 20, bytes(64 << 10)

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        left = size
        while left:
            left -= len(await reader.read(min(left, 64 << 10)))
        writer.write(OK + b"content-length: %d\r\n\r\n" % size)
        for _ in range(size // len(piece)):
            writer.write(piece)
            await writer.drain()

    async def run() -> int:
        async def upload() -> AsyncIterator[bytes]:
            for _ in range(size // len(piece)):
                yield piece

        async with serving(script) as pool:
            tracemalloc.start()
            answer = await pool.ask("POST", "/", [], upload(), size)
            received = 0
            while not answer.ended:
                received += len(await answer.read())
            answer.close()
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert received == size
        return peak

    assert asyncio.run(run()) < 4 << 20


def test_a_service_that_does_not_read_holds_the_upload_back() -> None:
    async def run() -> None:
        let_go = asyncio.Event()
        pulled = 0

        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await let_go.wait()
            await request_of(reader)
            writer.write(GOOD)
            await reader.read()

        async def upload() -> AsyncIterator[bytes]:
            nonlocal pulled
            for _ in range(128):
                pulled += 64 << 10
                yield bytes(64 << 10)

        async with serving(script) as pool:
            asking = asyncio.create_task(asked(pool, "POST", body=upload()))
            await asyncio.sleep(0.2)
            assert pulled < 2 << 20
            let_go.set()
            assert await asking == (200, b"good")
        assert pulled == 8 << 20

    asyncio.run(run())


def test_a_reader_who_does_not_read_holds_the_service_back() -> None:
    async def run() -> None:
        sent = 0

        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal sent
            await request_of(reader)
            writer.write(OK + CHUNKED + b"\r\n")
            for _ in range(320):
                writer.write(b"10000\r\n%b\r\n" % bytes(64 << 10))
                await writer.drain()
                sent += 64 << 10
            writer.write(b"0\r\n\r\n")
            await reader.read()

        async with serving(script) as pool:
            answer = await pool.ask("GET", "/", [])
            await asyncio.sleep(0.2)
            assert sent < 2 << 20
            received = 0
            while not answer.ended:
                received += len(await answer.read())
            answer.close()
        assert received == sent == 20 << 20

    asyncio.run(run())


@pytest.mark.parametrize("moment", ["head", "body", "upload"])
def test_a_caller_who_gives_up_leaves_no_connection_in_a_wrong_state(moment: str) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            number = head.split()[1][1:]
            if b"POST" in head:
                await reader.read()
                return
            if moment == "body" and b"slow" in head:
                writer.write(OK + b"content-length: 8\r\n\r\nhalf")
            if b"slow" in head:
                await asyncio.sleep(0.05)
                writer.write(b"evil" if moment == "body" else GOOD)
                continue
            writer.write(OK + b"content-length: %d\r\n\r\n%b" % (len(number), number))

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"a"
            await asyncio.sleep(0.005)

    async def slow_one(pool: Pool) -> None:
        if moment == "upload":
            await asked(pool, "POST", target="/slow", body=endless())
        else:
            await asked(pool, target="/slow")

    async def run() -> None:
        async with serving(script, connections=3) as pool:
            for number in range(12):
                slow = [asyncio.create_task(slow_one(pool)) for _ in range(5)]
                await asyncio.sleep(0.005)
                for task in slow:  # three at work, two that still wait for a connection
                    task.cancel()
                done = await asyncio.gather(*slow, return_exceptions=True)
                assert {type(one) for one in done} == {asyncio.CancelledError}, done
                targets = [f"{number}-{which}" for which in range(6)]
                got = await asyncio.gather(*(asked(pool, target=f"/{target}") for target in targets))
                assert [body.decode() for _, body in got] == targets

    asyncio.run(run())


@pytest.mark.parametrize("begun", [b"", OK + b"content-length: 8\r\n\r\nhalf"])
def test_the_service_sees_at_once_that_a_caller_gave_up(begun: bytes) -> None:
    async def run() -> None:
        asked_for, left = asyncio.Event(), asyncio.Event()

        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await request_of(reader)
            writer.write(begun)
            asked_for.set()
            if await reader.read() == b"":
                left.set()

        async with serving(script) as pool:
            asking = asyncio.create_task(asked(pool))
            await asked_for.wait()
            await asyncio.sleep(0.02)
            asking.cancel()
            await asyncio.wait_for(left.wait(), 1)

    asyncio.run(run())
