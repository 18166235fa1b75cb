"""A line is cut to what the Board gives: reservations, caps and the entries of selections follow in one transaction.

The order of locks is the ledger's: the line, then caps, then the entries.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from services.grants import money
from services.grants.budget_lines import repository as lines
from services.grants.caps import caps
from services.grants.ledger import service as ledger
from services.grants.ledger.domain import CapKey
from services.grants.recuts import domain, repository
from services.grants.recuts.domain import Method, Reserved
from services.grants.recuts.repository import Holder
from services.grants.selections import letters
from services.grants.selections import repository as selections
from services.grants.selections.repository import Entry
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.resource import Change

ENTRIES, REASON = "selection-entries", "予算額に合わせた補欠への移動"


class Cut(NamedTuple):
    """What the cut makes of one application."""

    application_id: UUID
    rank: int | None
    before: int
    after: int
    standing: str


async def recut(session: WriteSession, line: UUID, total: int, method: Method, *, dry_run: bool) -> list[Cut]:
    """`total`: what the Board gives. `dry_run`: what would be done is said alone."""
    balance = (await ledger.lock(session, line))[line]
    room = domain.room(balance, total, (await lines.found(session, line)).appropriated_yen)
    held = await repository.reserved(session, line)
    refused = domain.unrecuttable(balance, room, sum(one.yen for one in held))
    if refused is not None:
        raise refused
    # the coarsest unit, of which the others are parts
    unit = max((one.rules.unit for one in held), default=1)
    left = domain.cut([_reserved(one) for one in held], room, unit, method)
    if not dry_run:
        await _do(session, line, held, left, room, unit)
    return [
        Cut(of, one.rank, one.yen, left[of], "selected" if left[of] else "waitlisted")
        for one in held
        for of in (one.bid.application,)
    ]


def _reserved(one: Holder) -> Reserved:
    minimum = one.rules.minimum if one.rules.below_minimum == "ineligible" else None
    return Reserved(one.bid.application, one.yen, minimum or 0)


async def _do(
    session: WriteSession, line: UUID, held: Sequence[Holder], left: Mapping[UUID, int], room: int, unit: int
) -> None:
    cut = [one for one in held if left[one.bid.application] < one.yen]
    taken = {one.bid.application: caps(one.rules, one.edition, one.bid) for one in cut}
    limits: dict[CapKey, int] = {key: limit for keys in taken.values() for key, limit in keys.items()}
    if limits:
        await ledger.lock_caps(session, limits)
    entries = await selections.selected(session, list(taken))
    for one in cut:
        application = one.bid.application
        if not left[application]:
            await ledger.release(session, line, application, one.yen, "reserved", REASON)
        for key in taken[application]:
            await ledger.give_back_cap(session, key, one.yen - left[application])
    ranked = [one.bid.application for one in held if left[one.bid.application]]
    await ledger.recut(session, line, ranked, room, unit)
    await _follow(session, entries, left)
    # of a result that is not public yet nobody is told
    told = [Change(0, "UPDATE", one.bid.application, None, None) for one in cut if one.published]
    await audit.publish(session, "grants", "applications", told)
    await letters.write(session, [one.application for one in entries])


async def _follow(session: WriteSession, entries: Sequence[Entry], left: Mapping[UUID, int]) -> None:
    """An entry that waits keeps the amount that it would get."""
    told = []
    for one in entries:
        yen = left[one.application]
        standing, amount = ("selected", yen) if yen else ("waitlisted", one.amount)
        trace = money.lowered(one.trace, amount)
        await selections.change(session, one.id, standing=standing, amount_yen=amount, trace=trace)
        said = {"application_id": one.application, "before_yen": one.amount, "amount_yen": yen}
        told.append(audit.Entry(one.id, said, (one.standing, standing)))
    await audit.entries(session, "grants", "recut", ENTRIES, told)
