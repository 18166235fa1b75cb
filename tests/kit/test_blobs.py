"""Streams are cut into chunks of one size without losing or moving a byte."""

import asyncio
from collections.abc import AsyncIterator

from hypothesis import given, settings
from hypothesis import strategies as st

from services.kit.blobs import CHUNK, pieces


async def _stream(sizes: list[int]) -> AsyncIterator[bytes]:
    for place, size in enumerate(sizes):
        yield bytes([place % 256]) * size


async def _cut(sizes: list[int]) -> list[bytes]:
    return [piece async for piece in pieces(_stream(sizes))]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.one_of(st.integers(0, 10), st.integers(CHUNK - 2, CHUNK + 2), st.integers(0, 3 * CHUNK)),
        max_size=5,
    )
)
def test_pieces_are_whole_chunks_but_the_last(sizes: list[int]) -> None:
    found = asyncio.run(_cut(sizes))
    assert b"".join(found) == b"".join(bytes([place % 256]) * size for place, size in enumerate(sizes))
    assert all(len(piece) == CHUNK for piece in found[:-1])
    assert all(0 < len(piece) <= CHUNK for piece in found)
