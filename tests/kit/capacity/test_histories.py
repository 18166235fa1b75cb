"""Random histories of pools against a model. Many run abreast in one transaction, each a step a round, so that the
set-based statements are tried on sets; the clock stands still between moves, so that offers end at the very instant."""

from collections.abc import Callable, Coroutine
from functools import partial
from itertools import chain
from random import Random
from typing import Any
from uuid import UUID

import pytest

from services.kit.capacity.domain import Wanted
from services.kit.capacity.service import Settled
from services.kit.ids import uuid7
from tests.kit.capacity.house import House, Sandbox
from tests.kit.capacity.model import Asked, Model

HISTORIES, ROUNDS = 501, 12
PARTIES = (1, 1, 1, 2, 2, 3, 5)
MOVES = (0, 0, 1, 23, 24, 47, 48, 72)
STEPS = ("claim", "claim", "claim", "release", "release", "confirm", "confirm", "resize", "settle")
Work = Callable[[], Coroutine[Any, Any, object]]
_POOLS = "SELECT id, seats, taken, drawn FROM jet.capacity_pool WHERE id = ANY ($1::uuid[])"
_CLAIMS = """
SELECT id, pool_id, party, state, number, offer_ends_at FROM jet.capacity_claim WHERE pool_id = ANY ($1::uuid[])
"""


class Abreast:
    """Histories that share a transaction; `refusals`: the codes of what was refused as the model says."""

    def __init__(self, sandbox: Sandbox, seed: int) -> None:
        self.sandbox, self.capacity, self.random = sandbox, sandbox.capacity, Random(seed)
        self.models: dict[UUID, Model] = {}
        self.refusals: set[str] = set()
        self.promoted = 0

    async def begin(self) -> None:
        for hours in (1, 24, 72):
            seats = [self.random.choice((0, 1, 1, 2, 2, 3, 4, 6, None)) for _ in range(HISTORIES // 3)]
            pools = await self.capacity.open_many(seats, hours)
            self.models |= {pool: Model(number, hours) for pool, number in zip(pools, seats, strict=True)}

    async def round(self) -> None:
        await self.sandbox.advance(self.random.choice(MOVES))
        self.now = (await self.sandbox.fetch("SELECT platform.now()"))[0][0]
        taken: dict[str, list[UUID]] = {step: [] for step in STEPS}
        for pool in self.models:
            taken[self.random.choice(STEPS)].append(pool)
        for step, pools in taken.items():
            self.random.shuffle(pools)
            await getattr(self, step)(pools)
            for pool in pools:
                if self.random.random() < 0.03:
                    await self.wrong(pool)
        await self.compare()

    async def claim(self, pools: list[UUID]) -> None:
        wanted: list[Wanted] = []
        for pool in pools:
            made = [
                Asked(uuid7(), self.random.choice(PARTIES), self.random.choice((0, 0, 0, 1, -1)))
                for _ in range(self.random.choice((1, 1, 2, 3)))
            ]
            wanted += [Wanted(one.id, pool, one.party, one.priority) for one in made]
            self.models[pool].claim(made, self.now)
        answer = await self.capacity.claim(wanted)
        for one in wanted:
            mine, theirs = self.models[one.pool_id].claims[one.id], answer[one.id]
            assert (theirs.state, theirs.number) == (mine.state, mine.number)

    async def confirm(self, pools: list[UUID]) -> None:
        chosen = []
        for pool in pools:
            model = self.models[pool]
            if offers := [
                o.id for o in model.claims.values() if o.state == "offered" and not o.over(self.now)
            ]:
                chosen.append(self.random.choice(offers))
                model.confirm(chosen[-1], self.now)
        if chosen:
            await self.capacity.confirm_many(chosen)

    async def release(self, pools: list[UUID]) -> None:
        chosen: list[UUID] = []
        expected: dict[UUID, list[UUID]] = {}
        for pool in pools:
            model = self.models[pool]
            if found := [one.id for one in model.claims.values() if one.open(self.now)]:
                some = self.random.sample(found, min(len(found), self.random.choice((1, 1, 2))))
                chosen += some
                expected[pool] = model.release(some, self.now)
        self.exactly(expected, await self.capacity.release(chosen))

    async def resize(self, pools: list[UUID]) -> None:
        seats: dict[UUID, int | None] = {}
        expected: dict[UUID, list[UUID]] = {}
        for pool in pools:
            held = self.models[pool].held(self.now)
            seats[pool] = self.random.choice((held, held, held + 1, held + 2, held + 4, None))
            expected[pool] = self.models[pool].resize(seats[pool], self.now)
        if seats:
            self.exactly(expected, await self.capacity.resize_many(seats))

    async def settle(self, pools: list[UUID]) -> None:
        expected = {pool: self.models[pool].settle(self.now) for pool in pools}
        self.exactly(expected, await self.capacity.settle(pools))

    def exactly(self, expected: dict[UUID, list[UUID]], settled: Settled) -> None:
        """Those who were promoted are those of the model, and nobody was passed over who fitted."""
        assert sorted(one.id for one in settled.offered) == sorted(chain.from_iterable(expected.values()))
        self.promoted += len(settled.offered)
        assert all(one.claim.party > one.free for one in settled.passed)

    async def wrong(self, pool: UUID) -> None:
        """Something that the model knows to be refused."""
        model, capacity = self.models[pool], self.capacity
        tries: dict[str, list[Work]] = {}
        for one in model.claims.values():
            if one.state == "lapsed" or one.over(self.now):
                tries.setdefault("offer_lapsed", []).append(partial(capacity.confirm, one.id))
            elif one.state != "offered":
                tries.setdefault("claim_closed", []).append(partial(capacity.confirm, one.id))
            if not one.open(self.now):
                tries.setdefault("claim_closed", []).append(partial(capacity.release, [one.id]))
        held = model.held(self.now)
        exhausted: list[Work] = [partial(capacity.resize, pool, held - 1)] if held else []
        if model.seats is not None:
            sure = Wanted(uuid7(), pool, model.seats - held + 1, certain=True)
            exhausted.append(partial(capacity.claim, [sure]))
        if exhausted:
            tries["seats_exhausted"] = exhausted
        if tries:
            code = self.random.choice(list(tries))
            assert await self.sandbox.refused(self.random.choice(tries[code])()) == code
            self.refusals.add(code)

    async def compare(self) -> None:
        ids = list(self.models)
        claims: dict[UUID, dict[UUID, tuple[object, ...]]] = {pool: {} for pool in ids}
        for identity, pool, *rest in await self.sandbox.fetch(_CLAIMS, ids):
            claims[pool][identity] = tuple(rest)
        for pool, seats, taken, drawn in await self.sandbox.fetch(_POOLS, ids):
            model, found = self.models[pool], claims[pool]
            assert (seats, taken, drawn) == (model.seats, model.taken, model.drawn)
            assert seats is None or 0 <= taken <= seats
            numbers = sorted(one[2] for one in found.values() if one[2] is not None)  # type: ignore[type-var]
            assert numbers == list(range(1, drawn + 1))
            assert found == {
                one.id: (one.party, one.state, one.number, one.ends) for one in model.claims.values()
            }


@pytest.mark.parametrize("seed", range(2))
def test_pools_do_what_the_model_does(house: House, seed: int) -> None:
    async def play() -> Abreast:
        async with house.undone() as sandbox:
            abreast = Abreast(sandbox, seed)
            await abreast.begin()
            for _ in range(ROUNDS):
                await abreast.round()
        return abreast

    played = house.run(play())
    assert len(played.models) >= HISTORIES
    assert played.promoted > 250, played.promoted
    assert played.refusals == {"offer_lapsed", "claim_closed", "seats_exhausted"}
