"""Seats claimed, offered, accepted and given back, each step with its audit and its event in one transaction.

Whoever acts locks the pools first, in the order of their ids: what is free, who is next and what number is drawn are
then one writer's to say, and an offer that ends while it is accepted has one outcome.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from services.kit import audit
from services.kit.capacity.domain import (
    SEATS_EXHAUSTED,
    Admission,
    Claim,
    Offer,
    Passed,
    Wanted,
    admit,
    demand,
    refuse,
    too_small,
    walk,
)
from services.kit.capacity.repository import Claims, Locked, due, has_capacity
from services.kit.db.session import Database, WriteSession
from services.kit.errors import ABSENT
from services.kit.ids import uuid7
from services.kit.log import log
from services.kit.operations import worker_scope
from services.kit.resource import Change


class Settled(NamedTuple):
    """Which offers ended, which were made, and who was passed over meanwhile."""

    lapsed: list[Claim]
    offered: list[Claim]
    passed: list[Passed]


class Capacity:
    """Pools of one resource, whose records have the ids of their claims; `plural` is how audit and events call it."""

    def __init__(self, session: WriteSession, schema: str, plural: str) -> None:
        self._session, self._schema, self._plural = session, schema, plural
        self._claims = Claims(session, schema)

    async def open(self, seats: int | None, offer_hours: int = 72) -> UUID:
        """A new pool; `seats` None: without limit. An offer holds for `offer_hours`."""
        return (await self.open_many([seats], offer_hours))[0]

    async def open_many(self, seats: Sequence[int | None], offer_hours: int = 72) -> list[UUID]:
        """New pools, in the order of `seats`."""
        made = [uuid7() for _ in seats]
        if made:
            await self._claims.open(dict(zip(made, seats, strict=True)), self._plural, offer_hours)
        return made

    async def resize(self, pool: UUID, seats: int | None) -> Settled:
        return await self.resize_many({pool: seats})

    async def resize_many(self, seats: Mapping[UUID, int | None]) -> Settled:
        """Not below what is held (`seats_exhausted`); what becomes free is offered."""
        locked = await self._lock(seats)
        lapsed = await self._lapse(locked)
        if lapsed:
            locked = await self._lock(seats)
        for pool in locked.pools.values():
            if (refused := too_small(pool, seats[pool.id])) is not None:
                raise refused
        await self._claims.resize(seats)
        return await self._promote(locked, lapsed)

    async def claim(self, wanted: Sequence[Wanted], *, publish: bool = True) -> dict[UUID, Claim]:
        """New claims by their ids: confirmed, or waiting with their numbers. A `certain` one that does not fit refuses
        them all (`seats_exhausted`).

        `publish` False: the caller's own writer tells the feed of the new records.
        """
        if not wanted:
            return {}
        locked, plan = await self._admitted(wanted)
        if any(one.short for one in plan):
            raise SEATS_EXHAUSTED()
        waiting = [one for each in plan for one in each.waiting]
        made = await self._claims.make(
            [
                *((one, "confirmed", None) for each in plan for one in each.confirmed),
                *((one, "waiting", number) for one, number in waiting),
            ],
            locked.now,
        )
        await self._claims.draw(demand(waiting))
        await self._tell_new(made, publish)
        return {one.id: one for one in made}

    async def without_seat(self, wanted: Sequence[Wanted]) -> set[UUID]:
        """Which of the `certain` ones `claim` would refuse: for the check of a list, whose rows are told of it."""
        if not any(one.certain for one in wanted):
            return set()
        _, plan = await self._admitted(wanted)
        return {one.id for each in plan for one in each.short}

    async def confirm(self, claim: UUID) -> Claim:
        return (await self.confirm_many([claim]))[0]

    async def confirm_many(self, claims: Sequence[UUID]) -> list[Claim]:
        """Offers accepted, each before its end (`offer_lapsed`), or none of them."""
        locked, found = await self._held(claims)
        self._admit("confirm", found, locked)
        made = await self._move("confirm", found, "confirmed")
        await self._settle(locked)
        return made

    async def release(self, claims: Sequence[UUID]) -> Settled:
        """Withdrawn or declined, all or none (`claim_closed`); what becomes free is offered to who waits."""
        if not claims:
            return Settled([], [], [])
        locked, _ = await self._held(claims)
        lapsed = await self._lapse(locked)
        found = await self._claims.find(claims)
        self._admit("release", found, locked)
        await self._move("release", found, "released")
        return await self._promote(locked, lapsed)

    async def settle(self, pools: Iterable[UUID]) -> Settled:
        """Ends the offers whose time is over, and offers what is free to who waits."""
        wanted = set(pools)
        return await self._settle(await self._lock(wanted)) if wanted else Settled([], [], [])

    async def _lock(self, pools: Iterable[UUID]) -> Locked:
        wanted = set(pools)
        locked = await self._claims.lock(wanted)
        if locked is None or locked.pools.keys() != wanted:
            raise ABSENT()
        return locked

    async def _held(self, claims: Sequence[UUID]) -> tuple[Locked, list[Claim]]:
        """The claims as they are under the lock of their pools."""
        locked = await self._lock(await self._claims.pools_of(claims))
        found = await self._claims.find(claims)
        if len(found) != len(set(claims)):
            raise ABSENT()
        return locked, found

    @staticmethod
    def _admit(action: str, found: Iterable[Claim], locked: Locked) -> None:
        for one in found:
            if (refused := refuse(action, one, locked.now)) is not None:
                raise refused

    async def _admitted(self, wanted: Sequence[Wanted]) -> tuple[Locked, list[Admission]]:
        of: dict[UUID, list[Wanted]] = {}
        for one in wanted:
            of.setdefault(one.pool_id, []).append(one)
        locked = await self._lock(of)
        settled = await self._settle(locked)
        if settled.lapsed or settled.offered:
            locked = await self._lock(of)
        pools = locked.pools.values()
        return locked, [admit(pool.free, pool.drawn, of[pool.id]) for pool in pools]

    async def _settle(self, locked: Locked) -> Settled:
        return await self._promote(locked, await self._lapse(locked))

    async def _lapse(self, locked: Locked) -> list[Claim]:
        ended = await self._claims.lapse(locked.pools, locked.now)
        await self._tell("lapse", {one.id: "offered" for one in ended}, ended)
        return ended

    async def _promote(self, locked: Locked, ended: list[Claim]) -> Settled:
        offers = [
            offer for free, queue in await self._claims.queues(locked.pools) for offer in walk(free, queue)
        ]
        if not offers:
            return Settled(ended, [], [])
        made = await self._claims.offer([one.claim.id for one in offers], locked.now)
        notes = {one.claim.id: _note(one) for one in offers}
        await self._tell("offer", {one.id: "waiting" for one in made}, made, notes)
        return Settled(ended, made, [passed for one in offers for passed in one.passed])

    async def _move(self, action: str, found: Sequence[Claim], state: str) -> list[Claim]:
        made = await self._claims.move([one.id for one in found], state)
        await self._tell(action, {one.id: one.state for one in found}, made)
        return made

    async def _tell(
        self, action: str, before: Mapping[UUID, str], made: Sequence[Claim],
        notes: Mapping[UUID, dict[str, Any]] | None = None,
    ) -> None:  # fmt: skip
        entries = [
            audit.Entry(one.id, _said(one) | (notes or {}).get(one.id, {}), (before[one.id], one.state))
            for one in made
        ]
        await audit.entries(self._session, self._schema, action, self._plural, entries)
        await self._publish("UPDATE", made)

    async def _tell_new(self, made: Sequence[Claim], publish: bool) -> None:
        """One claim has its own entry; of many there is one for each state."""
        if len(made) == 1:
            (one,) = made
            told = [audit.Entry(one.id, _said(one), (None, one.state))]
        else:
            by_state: dict[str, list[UUID]] = {}
            for one in made:
                by_state.setdefault(one.state, []).append(one.id)
            told = [audit.Entry(None, {"claims": ids}, (None, state)) for state, ids in by_state.items()]
        await audit.entries(self._session, self._schema, "claim", self._plural, told)
        if publish:
            await self._publish("INSERT", made)

    async def _publish(self, action: str, made: Sequence[Claim]) -> None:
        changes = [Change(0, action, one.id, None, None, one.organisation_id) for one in made]
        await audit.publish(self._session, self._schema, self._plural, changes)


def _said(claim: Claim) -> dict[str, Any]:
    told: dict[str, Any] = {"pool_id": claim.pool_id, "party": claim.party, "number": claim.number}
    return told | ({"offer_ends_at": claim.offer_ends_at} if claim.offer_ends_at is not None else {})


def _note(offer: Offer) -> dict[str, Any]:
    """Whom an offer passes over, and why: how many seats were free for how large a party."""
    if not offer.passed:
        return {}
    told = [
        {"id": one.claim.id, "number": one.claim.number, "party": one.claim.party, "free": one.free}
        for one in offer.passed
    ]
    return {"passed_over": told}


async def settle_due(database: Database, schema: str) -> int:
    """Settles the pools of a schema that have offers which are over, each in a transaction of its own; how many."""
    scope = worker_scope(schema)
    async with database.counting(scope) as session:
        found = await due(session, schema) if await has_capacity(session, schema) else []
    for plural, pool in found:
        try:
            async with database.writing(scope) as session:
                await Capacity(session, schema, plural).settle([pool])
        except Exception:
            log.exception("settling_failed", schema=schema, pool=str(pool))
    return len(found)
