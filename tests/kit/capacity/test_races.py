"""Many writers at one pool: no seat twice, no number twice or left out, and one outcome of what happens at once."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

from services.kit.capacity.domain import Claim, Wanted
from services.kit.errors import Refused
from services.kit.ids import uuid7
from tests.kit.capacity.house import House

WRITERS, ENDINGS = 200, 40


async def claim(house: House, *wanted: Wanted) -> list[Claim]:
    async with house.writing() as capacity:
        return list((await capacity.claim(wanted)).values())


async def confirm(house: House, one: Claim) -> str:
    try:
        async with house.writing() as capacity:
            return (await capacity.confirm(one.id)).state
    except Refused as refused:
        return refused.refusal.code


async def settle(house: House, pool: UUID) -> list[UUID]:
    async with house.writing() as capacity:
        return [one.id for one in (await capacity.settle([pool])).offered]


async def release(house: House, *claims: Claim) -> list[UUID]:
    async with house.writing() as capacity:
        return [one.id for one in (await capacity.release([one.id for one in claims])).offered]


async def offered(house: House) -> tuple[UUID, Claim, Claim]:
    """A pool of one seat, whom it is offered to, and who waits behind."""
    pool, (first, second, third) = await house.pool(1, 1, 1, 1)
    assert await release(house, first) == [second.id]
    return pool, second, third


async def ending(house: House, *claims: Claim, seconds: float) -> None:
    """Offers that end so many seconds from now."""
    ids = ", ".join(f"'{one.id}'" for one in claims)
    await house.sql(
        "UPDATE jet.capacity_claim SET offer_ends_at = platform.now() "
        f"+ interval '{seconds} seconds' WHERE id IN ({ids})"
    )


def test_of_two_hundred_who_claim_one_seat_one_has_it_and_the_rest_are_numbered(house: House) -> None:
    async def play() -> list[Claim]:
        pool, _ = await house.pool(1)
        made = await asyncio.gather(*(claim(house, Wanted(uuid7(), pool)) for _ in range(WRITERS)))
        return [one for each in made for one in each]

    claims = house.run(play())
    assert Counter(one.state for one in claims) == {"confirmed": 1, "waiting": WRITERS - 1}
    numbers = sorted(one.number for one in claims if one.number is not None)
    assert numbers == list(range(1, WRITERS))


def test_pools_claimed_in_any_order_do_not_block_each_other(house: House) -> None:
    async def play() -> list[str]:
        pools = [(await house.pool(10))[0] for _ in range(4)]
        orders = [pools[turn % 4 :] + pools[: turn % 4] for turn in range(40)]
        made = await asyncio.gather(
            *(claim(house, *(Wanted(uuid7(), pool) for pool in order)) for order in orders)
        )
        return [one.state for each in made for one in each]

    assert Counter(house.run(play())) == {"confirmed": 40, "waiting": 120}


def test_acceptance_and_expiry_at_the_same_instant_have_one_outcome(house: House) -> None:
    """Each offer ends while it is accepted and the pool is settled: the seat is of one of the two, never of both."""

    async def one_ending(pool: UUID, accepts: Claim, follows: Claim, delay: float) -> str:
        await asyncio.sleep(delay)
        said, promoted, again = await asyncio.gather(
            confirm(house, accepts), settle(house, pool), settle(house, pool)
        )
        promoted = promoted + again + await settle(house, pool)
        states = tuple(await house.states([accepts, follows]))
        if said == "confirmed":
            assert (states, promoted) == (("confirmed", "waiting"), [])
        else:
            assert (said, states, promoted) == ("offer_lapsed", ("lapsed", "offered"), [follows.id])
        return said

    async def play() -> list[str]:
        made = [await offered(house) for _ in range(ENDINGS)]
        await ending(house, *(accepts for _, accepts, _ in made), seconds=0.5)
        return await asyncio.gather(
            *(one_ending(*one, delay=turn / ENDINGS) for turn, one in enumerate(made))
        )

    assert len(house.run(play())) == ENDINGS


def test_who_accepts_in_time_keeps_the_seat_though_the_settling_waits_for_it(house: House) -> None:
    async def play() -> None:
        pool, accepts, follows = await offered(house)
        async with house.writing() as capacity:
            await ending(house, accepts, seconds=0.2)
            await capacity.confirm(accepts.id)
            await asyncio.sleep(0.3)
            settling = asyncio.create_task(settle(house, pool))
            await asyncio.sleep(0.1)
            assert not settling.done()
        assert await settling == []
        assert await house.states([accepts, follows]) == ["confirmed", "waiting"]

    house.run(play())


def test_who_accepts_while_the_offer_is_ended_finds_it_lapsed(house: House) -> None:
    """Though the acceptance began in time: whoever holds the pool first has the say."""
    began, ended = asyncio.Event(), asyncio.Event()

    async def accept(claim: Claim) -> str:
        try:
            async with house.writing() as capacity:
                began.set()
                await ended.wait()
                return (await capacity.confirm(claim.id)).state
        except Refused as refused:
            return refused.refusal.code

    async def play() -> None:
        pool, accepts, follows = await offered(house)
        accepting = asyncio.create_task(accept(accepts))
        await began.wait()
        await ending(house, accepts, seconds=0.2)
        await asyncio.sleep(0.3)
        async with house.writing() as capacity:
            assert [one.id for one in (await capacity.settle([pool])).offered] == [follows.id]
            ended.set()
            await asyncio.sleep(0.1)
            assert not accepting.done()
        assert await accepting == "offer_lapsed"
        assert await house.states([accepts, follows]) == ["lapsed", "offered"]

    house.run(play())


def test_promotion_by_hand_and_by_the_minute_offers_each_seat_once(house: House) -> None:
    """Seats are given back, added and settled at once: who is offered are the first of the queue, each once."""

    async def widen(pool: UUID, seats: int) -> list[UUID]:
        async with house.writing() as capacity:
            return [one.id for one in (await capacity.resize(pool, seats)).offered]

    async def play() -> None:
        pool, claims = await house.pool(4, *[1] * 14)
        seated, queue = claims[:4], claims[4:]
        promoted = await asyncio.gather(
            *(release(house, one) for one in seated), *(settle(house, pool) for _ in range(10)), widen(pool, 6)
        )  # fmt: skip
        assert sorted(one for each in promoted for one in each) == sorted(one.id for one in queue[:6])
        assert await house.states(queue) == ["offered"] * 6 + ["waiting"] * 4
        for one in queue[:6]:
            assert [entry[0] for entry in await house.told(one)] == ["claim", "offer"]
        assert await house.sql(f"SELECT taken, seats FROM jet.capacity_pool WHERE id = '{pool}'") == [(6, 6)]

    house.run(play())


def test_who_gives_a_seat_back_twice_gives_it_back_once(house: House) -> None:
    async def play() -> None:
        pool, (first, *_) = await house.pool(1, 1, 1, 1)
        told = await asyncio.gather(*(release(house, first) for _ in range(10)), return_exceptions=True)
        refused = [one for one in told if isinstance(one, Refused)]
        assert {one.refusal.code for one in refused} == {"claim_closed"}
        assert len(refused) == 9
        found = await house.sql(f"SELECT taken FROM jet.capacity_pool WHERE id = '{pool}'")
        assert found == [(1,)]

    house.run(play())


def test_an_offer_does_not_hold_at_its_end(house: House) -> None:
    """To the microsecond: business time stands still within a transaction."""

    async def play() -> list[str]:
        said = []
        for moved in (timedelta(0), timedelta(microseconds=1)):
            pool, accepts, _ = await offered(house)
            async with house.undone() as sandbox:
                await sandbox.raw(
                    f"UPDATE jet.capacity_claim SET offer_ends_at = platform.now() + '{moved}'::interval WHERE id = '{accepts.id}'"
                )
                said.append(await sandbox.refused(sandbox.capacity.confirm(accepts.id)))
                settled = await sandbox.capacity.settle([pool])
                said.append(" ".join(one.state for one in settled.lapsed))
        return said

    assert house.run(play()) == ["offer_lapsed", "lapsed", "", ""]
