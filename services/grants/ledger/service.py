"""Money of budget lines and caps moved in the transaction of whoever decides, each step with its audit.

The order of locks is fixed: lines by their ids, then caps by their keys, then what the money is for. Whoever takes
several lines or caps locks them at once (`lock`, `lock_caps`) before the first is moved.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.grants.ledger import domain
from services.grants.ledger.domain import Balance, Cap, CapKey, Held
from services.grants.ledger.repository import Books, Posting
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import Refused
from services.kit.resource import Change

LINES, CAPS = "budget-lines", "budget-caps"


async def lock(session: WriteSession, *lines: UUID) -> dict[UUID, Balance]:
    return await Books(session).lock(lines)


async def reserve(session: WriteSession, line: UUID, holder: UUID, yen: int) -> None:
    """Promised on the condition that there is a budget (採択内示)."""
    balance = (await lock(session, line))[line]
    _admit(domain.reservable(balance, yen))
    await _post(session, Posting(line, "reserve", "available", "reserved", yen, holder))


async def commit(session: WriteSession, line: UUID, holder: UUID, yen: int) -> None:
    """Granted (交付決定) out of what the holder has reserved; what is over it stays reserved until it is released."""
    books = Books(session)
    balance = (await books.lock([line]))[line]
    _admit(domain.committable(balance, await books.holding(line, holder), yen))
    await _post(session, Posting(line, "commit", "reserved", "committed", yen, holder))


async def release(
    session: WriteSession, line: UUID, holder: UUID, yen: int, of: Held, reason: str | None = None
) -> None:
    """Freed for others: a reservation or a commitment, or a part of it."""
    books = Books(session)
    await books.lock([line])
    _admit(domain.releasable(await books.holding(line, holder), of, yen))
    await _post(session, Posting(line, "release", of, "available", yen, holder, reason=reason))


async def recut(
    session: WriteSession, line: UUID, ranked: Sequence[UUID], total: int, unit: int, *, dry_run: bool = False
) -> dict[UUID, int]:
    """Cuts what is reserved on a line to `total`, and says what each holder is left with. `ranked`: who comes first
    where something remains. `dry_run`: it is said alone."""
    books = Books(session)
    await books.lock([line])
    held = {one.holder: one.reserved for one in await books.holdings(line) if one.reserved}
    left = domain.recut(held, ranked, total, unit)
    cut = [
        Posting(line, "recut", "reserved", "available", held[one] - yen, one)
        for one, yen in left.items()
        if yen < held[one]
    ]
    if cut and not dry_run:
        await _post(session, *cut)
    return left


async def plan(session: WriteSession, line: UUID, yen: int) -> None:
    """What is reserved against, until the Board has decided."""
    books = Books(session)
    balance = (await books.lock([line]))[line]
    await _fund(books, balance, Posting(line, "plan", "source", "available", yen + balance.source))
    await books.plan(line, yen)
    before, after = {"planned_yen": -balance.source}, {"planned_yen": yen}
    await audit.entry(
        session, "grants", "plan", LINES, line, before=before, after=after, states=("planned", "planned")
    )
    await _tell(session, [line])


async def appropriate(session: WriteSession, line: UUID, yen: int, day: date, so_far: int | None) -> None:
    """The Board's decision (議決): what the line has from now on, but for what was transferred. `so_far`: what it
    decided before; without a decision the plan gives way."""
    books = Books(session)
    balance = (await books.lock([line]))[line]
    held = -balance.source if so_far is None else so_far
    await _fund(books, balance, Posting(line, "appropriate", "source", "available", yen - held))
    await books.appropriate(line, yen, day)
    told = {"appropriated_yen": yen, "appropriated_on": day}
    states = ("appropriated" if balance.appropriated else "planned", "appropriated")
    before = {"appropriated_yen": so_far}
    await audit.entry(session, "grants", "appropriate", LINES, line, before=before, after=told, states=states)
    await _tell(session, [line])


async def transfer(session: WriteSession, giving: UUID, taking: UUID, yen: int, reason: str) -> None:
    """From a line to another of its section and year (流用)."""
    balances = await lock(session, giving, taking)
    _admit(domain.reservable(balances[giving], yen))
    await _post(
        session,
        Posting(giving, "transfer", "available", "source", yen, other_line=taking, reason=reason),
        Posting(taking, "transfer", "source", "available", yen, other_line=giving, reason=reason),
    )


async def lock_caps(session: WriteSession, limits: Mapping[CapKey, int]) -> dict[CapKey, Cap]:
    """Caps with their limits by the rules, each made where it is not there yet: what may be taken of each."""
    return await Books(session).lock_caps(limits)


async def take_cap(session: WriteSession, key: CapKey, limit: int, yen: int) -> None:
    cap = (await lock_caps(session, {key: limit}))[key]
    _admit(domain.takeable(cap, yen))
    await _take(session, "take", key, yen)


async def give_back_cap(session: WriteSession, key: CapKey, yen: int) -> None:
    await _take(session, "give_back", key, -yen)


def _admit(refused: Refused | None) -> None:
    if refused is not None:
        raise refused


async def _fund(books: Books, balance: Balance, posting: Posting) -> None:
    """More for a line, or less: then from what is available of it back to its source."""
    _admit(domain.fundable(balance, posting.yen))
    if posting.yen < 0:
        posting = posting._replace(debit=posting.credit, credit=posting.debit, yen=-posting.yen)
    if posting.yen:
        await books.post([posting])


async def _post(session: WriteSession, *postings: Posting) -> None:
    await Books(session).post(postings)
    for kind in dict.fromkeys(one.kind for one in postings):
        told = [
            audit.Entry(one.line, _said(one), (one.debit, one.credit)) for one in postings if one.kind == kind
        ]
        await audit.entries(session, "grants", kind, LINES, told)
    await _tell(session, {one.line for one in postings})


def _said(posting: Posting) -> dict[str, Any]:
    told = {
        "yen": posting.yen, "holder_id": posting.holder, "other_line_id": posting.other_line,
        "reason": posting.reason,
    }  # fmt: skip
    return {name: value for name, value in told.items() if value is not None}


async def _tell(session: WriteSession, lines: Iterable[UUID]) -> None:
    await audit.publish(
        session, "grants", LINES, [Change(0, "UPDATE", line, None, None) for line in sorted(lines)]
    )


async def _take(session: WriteSession, action: str, key: CapKey, yen: int) -> None:
    identity = await Books(session).take(key, yen)
    await audit.entry(
        session,
        "grants",
        action,
        CAPS,
        identity,
        after={"yen": abs(yen), "kind": key.kind, "holder_id": key.holder},
    )
