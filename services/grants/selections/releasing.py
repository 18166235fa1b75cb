"""Whoever gives a grant up frees its money, and the first who waits and still may have it is promoted, in one transaction.

The house does this in its own name: an applicant sees neither the line nor who waits.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal, NamedTuple
from uuid import UUID

from services.grants.caps import Bid, caps
from services.grants.ledger import service as ledger
from services.grants.ledger.domain import CapKey, Held
from services.grants.ledger.repository import Books
from services.grants.selections import letters, notices, repository
from services.grants.selections.domain import ENTRY, tightest
from services.grants.selections.repository import Entry, Round
from services.kit import audit
from services.kit.db.session import WriteSession, acting
from services.kit.operations import worker_scope

ENTRIES = "selection-entries"


class Hold(NamedTuple):
    """A round whose line and caps are locked: of the ranked, and what is left under each of their caps."""

    of: Round
    bids: dict[UUID, Bid]
    left: dict[CapKey, int]

    def caps(self, application: UUID) -> tuple[CapKey, ...]:
        return tuple(caps(self.of.rules, self.of.edition_id, self.bids[application]))


@asynccontextmanager
async def house(session: WriteSession) -> AsyncIterator[None]:
    async with acting(session, worker_scope("grants")):
        yield


async def lock(session: WriteSession, of: UUID) -> Hold:
    """Before the application is: the order of locks is line, caps, application."""
    found = await repository.round_of(session, of)
    if found.line is None:
        return Hold(found, {}, {})
    await ledger.lock(session, found.line)
    found, bids = await repository.round_of(session, of), await repository.bids(session, of)
    limits: dict[CapKey, int] = {}
    for bid in bids.values():
        limits |= caps(found.rules, found.edition_id, bid)
    held = await ledger.lock_caps(session, limits)
    return Hold(found, bids, {key: cap.left for key, cap in held.items()})


async def lock_for(session: WriteSession, application: UUID) -> Hold:
    """By the house, for an application that is given up."""
    async with house(session):
        return await lock(session, await repository.round_of_application(session, application))


async def end(
    session: WriteSession, hold: Hold, application: UUID, action: Literal["withdraw", "decline"], reason: str
) -> int:
    """An entry ends; what it holds is given back, and one who waits gets it. What it held is answered."""
    entry = await repository.of_application(session, application)
    if entry is None:
        return 0
    step = ENTRY.take(action, entry.standing)
    await repository.change(session, entry.id, standing=step.after, ended_at=hold.of.now, ended_reason=reason)
    await _told(session, action, entry, step.after, entry.amount)
    if not hold.of.published:
        await letters.take_back(session, application)
    if not hold.of.decided or entry.standing not in ("selected", "awarded"):
        return 0
    assert hold.of.line is not None
    holding = await Books(session).holding(hold.of.line, application)
    held: dict[Held, int] = {"reserved": holding.reserved, "committed": holding.committed}
    for account, yen in held.items():
        if yen:
            await ledger.release(session, hold.of.line, application, yen, account, reason)
    for key in hold.caps(application):
        await ledger.give_back_cap(session, key, entry.amount)
        hold.left[key] += entry.amount
    await _promote(session, hold, hold.of.line)
    return entry.amount


async def _promote(session: WriteSession, hold: Hold, line: UUID) -> None:
    """補欠の繰上げ: the first by rank who is eligible today and whose amount is there."""
    available = (await ledger.lock(session, line))[line].available
    for one in await repository.waiting(session, hold.of.id):
        keys = hold.caps(one.application)
        found = await repository.candidate(session, hold.of, hold.bids[one.application])
        verdict, grant = found.judge(tightest(keys, hold.left))
        if not verdict.eligible or grant is None:
            continue
        yen = min(grant.yen, one.amount) if one.amount < one.computed else grant.yen
        if yen <= available:
            step = ENTRY.take("promote", one.standing)
            await repository.change(
                session, one.id, standing=step.after, computed_yen=grant.yen, amount_yen=yen, trace=grant.stored(),
                verdict=verdict.stored(),
            )  # fmt: skip
            await take(session, hold, one.application, yen)
            await _told(session, "promote", one, step.after, yen)
            if hold.of.published:
                await notices.tell(session, await notices.of_applications(session, [one.application]))
            await letters.write(session, [one.application])
            return


async def take(session: WriteSession, hold: Hold, application: UUID, yen: int) -> None:
    """Reserves an amount on the line and takes it from the caps, both of which are locked."""
    assert hold.of.line is not None
    await ledger.reserve(session, hold.of.line, application, yen)
    for key, limit in caps(hold.of.rules, hold.of.edition_id, hold.bids[application]).items():
        await ledger.take_cap(session, key, limit, yen)
        hold.left[key] -= yen


async def _told(session: WriteSession, action: str, entry: Entry, after: str, yen: int) -> None:
    said = {"application_id": entry.application, "amount_yen": yen}
    await audit.entry(
        session, "grants", action, ENTRIES, entry.id, after=said, states=(entry.standing, after)
    )
