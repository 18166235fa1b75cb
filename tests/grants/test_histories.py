"""Random histories of a budget line: several connections act on one line at once, each act in a transaction of its own.

While its transaction holds the line, an act notes how often that has been posted on and changed: its place in the order
in which the line took turns. A model then goes through the same acts in that order, and must take and refuse what the
database took and refused. `make histories` plays twenty thousand.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import text

from services.grants.ledger import service as ledger
from services.grants.ledger.domain import CapKey
from services.kit.auth.scope import Scope
from services.kit.errors import Refused
from services.kit.ids import uuid7
from services.postgres import PrivatePostgres
from tests.grants.budgeting import EXCHANGE, Purse, open_purse
from tests.grants.model import Cap, Line

HISTORIES = int(os.environ.get("KAKEHASHI_HISTORIES", "200"))
BATCH, ABREAST, CLERKS, ACTS, PLAN, LIMIT = 200, 16, 3, 2, 10_000, 5_000
YEN = (1_000, 2_500, 4_000, 6_000, 9_999)
PLACE = """
SELECT l.row_version + count(p.id), coalesce(bool_or(p.xmin = pg_current_xact_id()::xid), false)
FROM grants.budget_line AS l JOIN grants.ledger_posting AS p ON p.line_id = l.id WHERE l.id = :line GROUP BY l.id
"""
VERSION = (
    "SELECT row_version, false FROM grants.budget_cap WHERE edition_id = :edition AND holder_id = :holder"
)


class Done(NamedTuple):
    """An act as the database answered it, and its place among those of its line or cap."""

    act: str
    given: tuple[Any, ...]
    refused: str
    place: int
    posted: bool

    @property
    def order(self) -> tuple[int, bool]:
        """What moved nothing came after what had moved the line to where it found it."""
        return self.place, not self.posted and (bool(self.refused) or self.act != "appropriate")


@pytest.fixture(scope="module")
def purse(postgres: PrivatePostgres) -> Iterator[Purse]:
    with open_purse(postgres) as made:
        yield made


class History:
    """`given`: what the Board has given at its beginning."""

    def __init__(
        self, purse: Purse, officer: Scope, edition: UUID, line: UUID, holders: list[UUID], given: int | None,
        random: Random,
    ) -> None:  # fmt: skip
        self.purse, self.officer, self.line, self.given, self.random = purse, officer, line, given, random
        self.holders = holders
        self.cap = CapKey(edition, "organisation", uuid7())

    async def play(self) -> Counter[str]:
        wanted = [[self._choose() for _ in range(ACTS)] for _ in range(CLERKS)]
        done = [one for clerk in await asyncio.gather(*map(self._clerk, wanted)) for one in clerk]
        self._compare(done)
        return Counter(f"{one.act} {one.refused}" for one in done)

    def _choose(self) -> tuple[str, tuple[Any, ...]]:
        random = self.random
        act = random.choice(
            ("reserve", "reserve", "reserve", "commit", "release", "recut", "appropriate", "take")
        )
        holder, yen = random.choice(self.holders), random.choice(YEN)
        given: dict[str, tuple[Any, ...]] = {
            "release": (holder, yen, random.choice(("reserved", "committed"))),
            "recut": (self.holders, yen, 1_000),
            "appropriate": (random.choice((PLAN, 8_000, 5_000)),),
            "take": (random.choice((1_000, 2_500, 4_000)),),
        }
        return act, given.get(act, (holder, yen))

    async def _clerk(self, wanted: list[tuple[str, tuple[Any, ...]]]) -> list[Done]:
        return [await self._act(act, given) for act, given in wanted]

    async def _act(self, act: str, given: tuple[Any, ...]) -> Done:
        async with self.purse.writing(self.officer) as session:
            refused = ""
            try:
                if act == "take":
                    await ledger.take_cap(session, self.cap, LIMIT, *given)
                elif act == "appropriate":
                    await self._appropriate(session, *given)
                else:
                    await getattr(ledger, act)(session, self.line, *given)
            except Refused as caught:
                refused = caught.refusal.code
            if act == "take":
                asked, values = VERSION, {"edition": self.cap.edition, "holder": self.cap.holder}
            else:
                asked, values = PLACE, {"line": self.line}
            place, posted = (await session.execute(text(asked), values)).one()
        return Done(act, given, refused, place, posted)

    async def _appropriate(self, session: Any, yen: int) -> None:
        """As the command does it: what was decided before is read under the lock."""
        await ledger.lock(session, self.line)
        asked = text("SELECT appropriated_yen, platform.today() FROM grants.budget_line WHERE id = :line")
        so_far, today = (await session.execute(asked, {"line": self.line})).one()
        await ledger.appropriate(session, self.line, yen, today, so_far)

    def _compare(self, done: list[Done]) -> None:
        line, cap = Line(PLAN, self.given), Cap(LIMIT)
        done.sort(key=lambda one: one.order)
        for one in done:
            told = getattr(cap if one.act == "take" else line, one.act)(*one.given)
            assert told == one.refused, (one, done)


@pytest.mark.parametrize("batch", range(max(1, HISTORIES // BATCH)))
def test_every_history_is_one_that_the_model_tells_too(purse: Purse, batch: int) -> None:
    async def play() -> Counter[str]:
        officer, edition = await purse.officer(EXCHANGE), await purse.edition(EXCHANGE)
        random, turns = Random(batch), asyncio.Semaphore(ABREAST)
        decided = [random.random() < 0.7 for _ in range(BATCH)]
        lines = await purse.lines(EXCHANGE, PLAN, decided)
        holders = await purse.holders(EXCHANGE, 2 * BATCH)
        seeds = [random.getrandbits(32) for _ in lines]

        async def one(line: UUID, held: tuple[UUID, ...], given: bool, seed: int) -> Counter[str]:
            history = History(
                purse, officer, edition, line, list(held), PLAN if given else None, Random(seed)
            )
            async with turns:
                return await history.play()

        told = sum(
            await asyncio.gather(
                *map(one, lines, zip(holders[::2], holders[1::2], strict=True), decided, seeds)
            ),
            Counter(),
        )
        assert await purse.wrong() == []
        return told

    told = purse.run(play())
    refusals = {code.split()[1] for code in told if not code.endswith(" ")}
    assert refusals == {
        "budget_insufficient", "budget_not_held", "budget_not_appropriated", "budget_recut_needed", "cap_reached",
    }  # fmt: skip
