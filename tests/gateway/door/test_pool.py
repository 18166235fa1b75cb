"""The door's HTTP client before services that answer badly: a connection in doubt is never used again."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from services.gateway.door import pool as pool_module
from services.gateway.door.connection import BrokenOff
from services.gateway.door.pool import NotConnected, Pool
from tests.gateway.door.raw_service import (
    BAD,
    GOOD,
    WHOLE,
    answering,
    asked,
    pieces_of,
    playing,
    request_of,
    serving,
)


def test_a_connection_is_kept_and_the_request_is_one_write() -> None:
    async def run() -> list[list[bytes]]:
        script, seen = answering(GOOD, GOOD, GOOD)
        async with serving(script) as pool:
            assert await asked(pool, target="/a?b", headers=[(b"accept", b"*/*")]) == (200, b"good")
            assert await asked(pool, "POST", body=b"{}") == (200, b"good")
            assert await asked(pool, "DELETE") == (200, b"good")
        return seen

    assert asyncio.run(run()) == [
        [
            b"GET /a?b HTTP/1.1\r\nhost: jet\r\naccept: */*\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: jet\r\ncontent-length: 2\r\n\r\n{}",
            b"DELETE / HTTP/1.1\r\nhost: jet\r\ncontent-length: 0\r\n\r\n",
        ]
    ]


def test_a_body_in_pieces_is_framed_by_its_length_or_by_chunks() -> None:
    async def run() -> list[list[bytes]]:
        script, seen = answering(GOOD, GOOD)
        async with serving(script) as pool:
            await asked(pool, "POST", body=pieces_of(b"ab", b"c"))
            await asked(pool, "POST", body=pieces_of(b"ab", b"c"), length=3)
        return seen

    chunked, sized = asyncio.run(run())[0]
    assert b"transfer-encoding: chunked" in chunked and chunked.endswith(b"\r\n\r\nabc")
    assert b"content-length: 3" in sized and sized.endswith(b"\r\n\r\nabc")


@pytest.mark.parametrize("pieces", [(b"ab",), (b"ab", b"cd")])
def test_a_body_of_another_length_than_it_said_ends_the_exchange(pieces: tuple[bytes, ...]) -> None:
    async def run() -> list[list[bytes]]:
        script, seen = answering(GOOD, GOOD)
        async with serving(script) as pool:
            with pytest.raises(BrokenOff):
                await asked(pool, "POST", body=pieces_of(*pieces), length=3)
            assert await asked(pool) == (200, b"good")
        return seen

    first, second = asyncio.run(run())
    assert first == [] and len(second) == 1


@pytest.mark.parametrize("name", [name for name, row in WHOLE.items() if not row[3]])
def test_a_connection_is_not_used_again_where_its_answer_leaves_a_doubt(name: str) -> None:
    sent, status, body, _ = WHOLE[name]

    async def run() -> int:
        script, seen = answering(sent, GOOD)
        async with serving(script) as pool:
            assert await asked(pool) == (status, body)
            assert await asked(pool) == (200, b"good")
        return len(seen)

    assert asyncio.run(run()) == 2


@pytest.mark.parametrize("name", [name for name, sent in BAD.items() if sent])
def test_after_a_bad_answer_the_next_request_starts_clean(name: str) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, _ = await request_of(reader)
        writer.write(BAD[name] if b"/bad" in head else GOOD)
        await writer.drain()
        writer.close()

    async def run() -> None:
        async with serving(script, connections=1) as pool:
            with pytest.raises(BrokenOff):
                await asked(pool, target="/bad")
            assert await asked(pool) == (200, b"good")

    asyncio.run(run())


@pytest.mark.parametrize("uninvited", [b"\r\n", b"H", GOOD])
def test_what_nobody_asked_for_ends_an_idle_connection(uninvited: bytes) -> None:
    async def run() -> int:
        connections = 0

        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal connections
            connections += 1
            await request_of(reader)
            writer.write(GOOD)
            await asyncio.sleep(0.02)
            writer.write(uninvited)
            await reader.read()

        async with serving(script) as pool:
            for _ in range(3):
                assert await asked(pool) == (200, b"good")
                await asyncio.sleep(0.06)
        return connections

    assert asyncio.run(run()) == 3


def test_an_idle_connection_is_closed_before_the_service_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool_module, "IDLE", 0.05)

    async def run() -> None:
        closed = asyncio.Event()

        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await request_of(reader)
            writer.write(GOOD)
            assert await reader.read() == b""
            closed.set()

        async with serving(script) as pool:
            assert await asked(pool) == (200, b"good")
            await asyncio.wait_for(closed.wait(), 5)

    asyncio.run(run())


KEY = [(b"idempotency-key", b"1")]


@pytest.mark.parametrize(
    ("method", "more", "repeated"),
    [
        ("GET", {}, True),
        ("POST", {"body": b"{}", "headers": KEY}, True),
        ("POST", {"body": b"{}"}, False),
        ("DELETE", {}, False),
        ("POST", {"body": "pieces", "headers": KEY}, False),
    ],
)
def test_a_stale_connection_is_made_good_once_where_repeating_is_harmless(
    method: str, more: dict[str, Any], repeated: bool
) -> None:
    async def run() -> list[list[bytes]]:
        script, seen = answering(GOOD, b"", GOOD)
        async with serving(script) as pool:
            await asked(pool)
            given = {**more, "body": pieces_of(b"{", b"}")} if more.get("body") == "pieces" else more
            if repeated:
                assert await asked(pool, method, **given) == (200, b"good")
            else:
                with pytest.raises(BrokenOff):
                    await asked(pool, method, **given)
        return seen

    assert [len(requests) for requests in asyncio.run(run())] == ([2, 1] if repeated else [2])


def test_a_request_is_repeated_once_only_and_never_on_a_fresh_connection() -> None:
    async def run() -> list[list[bytes]]:
        script, seen = answering(GOOD, b"", b"", b"", GOOD)
        async with serving(script) as pool:
            await asked(pool)
            with pytest.raises(BrokenOff):
                await asked(pool)
            with pytest.raises(BrokenOff):
                await asked(pool)
        return seen

    assert [len(requests) for requests in asyncio.run(run())] == [2, 1, 1]


def test_a_request_that_had_a_byte_of_its_answer_is_not_repeated() -> None:
    async def run() -> None:
        script, _ = answering(GOOD, b"H", GOOD)

        async def leaving(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.ensure_future(script(reader, writer))
            await asyncio.sleep(0.05)
            task.cancel()

        async with serving(leaving) as pool:
            await asked(pool)
            with pytest.raises(BrokenOff):
                await asked(pool)

    asyncio.run(run())


def test_an_answer_before_the_body_is_in_is_told_and_ends_the_connection() -> None:
    async def run() -> None:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 413 Large\r\ncontent-length: 2\r\n\r\nno" if b"POST" in head else GOOD)
            await reader.read()

        held = asyncio.Event()

        async def endless() -> AsyncIterator[bytes]:
            yield b"a"
            await held.wait()

        async with serving(script, connections=1) as pool:
            assert await asked(pool, "POST", body=endless()) == (413, b"no")
            assert await asked(pool) == (200, b"good")

    asyncio.run(run())


def test_what_ends_the_upload_is_told_as_it_is() -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"a"
        raise KeyError("the caller left")

    async def run() -> None:
        script, seen = answering(GOOD, GOOD)
        async with serving(script, connections=1) as pool:
            with pytest.raises(KeyError):
                await asked(pool, "POST", body=failing())
            assert await asked(pool) == (200, b"good")
        assert seen[0] == []

    asyncio.run(run())


@pytest.mark.parametrize(
    ("target", "header"),
    [
        ("/a HTTP/1.1\r\nx: 1", (b"a", b"b")),
        ("/", (b"a", b"b\r\nx: 1")),
        ("/", (b"a", b"b\nx")),
        ("/", (b"a", b"b\rx")),
        ("/", (b"a: 1\r\nb", b"c")),
    ],
)
def test_a_line_break_cannot_get_into_a_request(target: str, header: tuple[bytes, bytes]) -> None:
    async def run() -> None:
        script, seen = answering(GOOD)
        async with serving(script) as pool:
            with pytest.raises(ValueError, match="line break"):
                await asked(pool, target=target, headers=[header])
        assert seen == []

    asyncio.run(run())


def test_nobody_there_is_not_connected() -> None:
    async def run() -> None:
        for address in ("unix:/nonexistent/socket", "http://127.0.0.1:9"):
            pool = Pool("jet", address, 1)
            for _ in range(2):  # the place is free again each time
                with pytest.raises(NotConnected):
                    await asked(pool)

    asyncio.run(run())


@pytest.mark.parametrize("address", ["ftp://a", "jet", "http://", "http://a:1/base"])
def test_an_address_of_another_form_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        Pool("jet", address, 1)


def _certificate(folder: Path) -> ssl.SSLContext:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def test_https_verifies_who_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = _certificate(tmp_path)
    script, seen = answering(GOOD, GOOD)

    async def run() -> None:
        async with playing(script) as play:
            server = await asyncio.start_server(play, "localhost", 0, ssl=context)
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(NotConnected):
                await asked(Pool("jet", f"https://localhost:{port}", 1))
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
            with pytest.raises(NotConnected):
                await asked(Pool("jet", f"https://127.0.0.1:{port}", 1))
            pool = Pool("jet", f"https://localhost:{port}", 1)
            assert await asked(pool) == (200, b"good")
            assert await asked(pool) == (200, b"good")
            pool.close()
            server.close()
        assert [len(requests) for requests in seen if requests] == [2]
        assert f"host: localhost:{port}".encode() in seen[-1][0]

    asyncio.run(run())


def test_a_service_that_accepts_and_is_silent_is_not_connected_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool_module, "CONNECT_TIMEOUT", 0.1)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async def run() -> None:
        async with playing(silent) as play:
            server = await asyncio.start_server(play, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(NotConnected):
                await asked(Pool("jet", f"https://127.0.0.1:{port}", 1))
            server.close()

    asyncio.run(run())
