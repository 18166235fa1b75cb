"""What the worker does once a day it does again after a while where it failed."""

import asyncio
from unittest.mock import patch

from services import worker


def test_what_failed_does_not_wait_for_the_next_day() -> None:
    done: list[str] = []

    async def work() -> None:
        done.append("try")
        if len(done) < 3:
            raise OSError("the door is not open yet")

    async def run() -> None:
        async with worker.beside(worker.each_day("work", work)):
            await asyncio.sleep(0.2)

    with patch.object(worker, "_AGAIN", 0.001):
        asyncio.run(run())
    assert len(done) == 3
