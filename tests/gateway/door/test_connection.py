"""A service's answer, read strictly: what is not one answer is never taken for one, wherever it is split."""

import asyncio
import itertools
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.door.connection import LARGEST_HEAD, BrokenOff, Connection
from tests.gateway.door.raw_service import (
    BAD,
    CHUNKED,
    GOOD,
    OK,
    TWO,
    WHOLE,
)

Outcome = tuple[int, bytes, bool, bool]


class StillTransport(asyncio.Transport):
    """Goes nowhere; notes whether it was cut."""

    cut = False

    def write(self, data: Any) -> None: ...

    def abort(self) -> None:
        self.cut = True

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


async def told(pieces: list[bytes], method: str = "GET") -> Outcome:
    """(status, body, whole, reusable) of what a connection makes of these packets, then the end."""
    connection, transport = Connection(), StillTransport()
    connection.connection_made(transport)
    asking = asyncio.create_task(connection.ask(method, b"", None, 0))
    await asyncio.sleep(0)
    for piece in pieces:
        if not transport.cut:
            connection.data_received(piece)
    reusable = connection.reusable
    if not transport.cut:
        connection.eof_received()
    connection.connection_lost(None)
    body = b""
    try:
        await asking
        while not connection.ended:
            body += await connection.read()
    except BrokenOff:
        return connection.status, body, False, reusable
    return connection.status, body, True, reusable


@pytest.mark.parametrize("name", WHOLE)
def test_an_answer_is_the_same_wherever_it_is_split(name: str) -> None:
    sent, status, body, reusable = WHOLE[name]

    async def every_split() -> None:
        expected = status, body, True, reusable
        assert await told([sent]) == expected
        assert await told([sent[at : at + 1] for at in range(len(sent))]) == expected
        for at in range(1, len(sent)):
            assert await told([sent[:at], sent[at:]]) == expected, at

    asyncio.run(every_split())


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_one_answer_is_refused_wherever_it_is_split(name: str) -> None:
    sent = BAD[name]

    async def every_split() -> None:
        step = max(1, len(sent) // 150)
        for at in range(0, len(sent) + 1, step):
            _, _, whole, reusable = await told([part for part in (sent[:at], sent[at:]) if part])
            assert not whole and not reusable, at
        if len(sent) < 1000:
            _, _, whole, reusable = await told([sent[at : at + 1] for at in range(len(sent))])
            assert not whole and not reusable

    asyncio.run(every_split())


@pytest.mark.parametrize("more", [b"a" * 100, b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_a_head_without_an_end_is_not_waited_for(more: bytes) -> None:
    async def drip() -> None:
        connection, transport = Connection(), StillTransport()
        connection.connection_made(transport)
        asking = asyncio.create_task(connection.ask("GET", b"", None, 0))
        await asyncio.sleep(0)
        connection.data_received(OK + b"x: " if more[:1] == b"a" else more)
        for _ in range(LARGEST_HEAD // len(more) + 1):
            connection.data_received(more)
        assert transport.cut
        with pytest.raises(BrokenOff):
            await asking

    asyncio.run(drip())


@pytest.mark.parametrize("control", [*range(9), *range(10, 32), 127])
def test_no_control_character_passes_in_a_header(control: int) -> None:
    sent = OK + b"x: a" + bytes([control]) + b"b\r\n" + TWO + b"\r\nab"
    assert not asyncio.run(told([sent]))[2]


def test_without_a_length_the_end_of_the_connection_is_the_end() -> None:
    assert asyncio.run(told([OK + b"\r\n", b"until ", b"closed"])) == (200, b"until closed", True, False)


def test_an_answer_to_head_has_no_body_whatever_it_says() -> None:
    sent = OK + b"content-length: 10\r\n\r\n"
    assert asyncio.run(told([sent], "HEAD")) == (200, b"", True, False)
    assert asyncio.run(told([sent + b"0123456789"], "HEAD")) == (200, b"", True, False)


_PARTS = [*(sent for sent, *_ in WHOLE.values()), *(sent for sent in BAD.values() if len(sent) < 300)]
_STRICT = re.compile(rb"HTTP/1\.1 ([2-5][0-9]{2})[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n(.*)", re.DOTALL)


def _one_answer(sent: bytes) -> bool:
    """A second reader, for answers with a length: exactly one answer, empty lines around it, nothing else."""
    sent = sent.lstrip(b"\r\n")
    while found := re.match(rb"HTTP/1\.1 10[023][^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n", sent):
        sent = sent[found.end() :].lstrip(b"\r\n")
    answer = _STRICT.fullmatch(sent)
    if answer is None:
        return False
    lengths = re.findall(rb"(?im)^content-length:[ \t]*([0-9]+)[ \t]*\r$", answer[2])
    if answer[1] in (b"204", b"304"):
        return not answer[3].strip(b"\r\n")
    return len(lengths) == 1 and not answer[3][int(lengths[0]) :].strip(b"\r\n")


@st.composite
def _spoilt(draw: st.DrawFn) -> bytes:
    sent = draw(st.sampled_from(_PARTS))
    for _ in range(draw(st.integers(0, 3))):
        at, end = sorted((draw(st.integers(0, len(sent))), draw(st.integers(0, len(sent)))))
        odd = st.sampled_from(
            [b"", b"\r\n", b"\n", b" ", b"\x00", b"0", b":", GOOD, TWO, CHUNKED, sent[at:end]]
        )
        sent = sent[:at] + draw(odd | st.binary(max_size=4)) + sent[draw(st.sampled_from([at, end])) :]
    return sent


@settings(max_examples=600, deadline=None)
@given(_spoilt(), st.lists(st.integers(0, 400), max_size=6))
def test_spoilt_answers_end_and_mean_the_same_in_every_split(sent: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(sent), *(cut for cut in cuts if cut < len(sent))})
    pieces = [sent[start:end] for start, end in itertools.pairwise(places)]

    async def both() -> None:
        whole = await asyncio.wait_for(told([sent] if sent else []), 5)
        assert await asyncio.wait_for(told(pieces), 5) == whole
        if whole[3] and b"chunked" not in sent.lower():
            assert _one_answer(sent), sent

    asyncio.run(both())
