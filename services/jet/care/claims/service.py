"""Use cases of claims: written and submitted by the participant, decided by an officer of counselling."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from services.jet.care.cases.repository import Cases
from services.jet.care.cases.service import case_of_caller, close
from services.jet.care.claims import domain
from services.jet.care.claims.repository import (
    Claims,
    Found,
    opened,
    opened_answer,
    sealed_answer,
)
from services.kit import audit
from services.kit.db.session import Database, WriteSession
from services.kit.errors import ABSENT, INVALID, FieldError
from services.kit.findings import Finding
from services.kit.ids import uuid7
from services.kit.log import log
from services.kit.operations import worker_scope
from services.kit.resource import Change, Row
from services.kit.writer import PATCH

NAME = "claims"
SEALED = (*domain.NEEDED, "claim_note")


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    today = await Claims(session).today()
    return {row["_row"]: list(domain.astray(row, today)) for row in rows}


async def store(session: WriteSession, rows: list[Row], _: bool) -> list[Change]:
    """One claim; nothing of what it says goes to the audit."""
    (row,) = rows
    claims, given = Claims(session), {name: row[name] for name in SEALED}
    if PATCH not in row:
        case, made = await case_of_caller(session), uuid7()
        await claims.add(made, case.id, case.key, row, given)
        return [Change(row["_row"], "INSERT", made, None, None)]
    found = await claims.locked(row["id"])
    _open("write", found)
    key = await claims.key(found)
    held = opened(key, found.id, found.details)
    told = {name: value for name, value in given.items() if value is not None}
    await claims.rewrite(found.id, key, row, held | told)
    return [Change(row["_row"], "UPDATE", found.id, None, None)]


async def submit(session: WriteSession, identity: UUID) -> None:
    claims = Claims(session)
    found = await claims.locked(identity)
    _open("submit", found)
    details = opened(await claims.key(found), found.id, found.details)
    if lacking := list(domain.missing(details, found.receipts)):
        raise INVALID(*(FieldError(f"/{name}", f.code, f.message, f.remedy) for name, f in lacking))
    await _move(session, found, "submit", submitted_at=await claims.now())


async def give_back(session: WriteSession, identity: UUID, answer: str) -> None:
    await _answer(session, identity, "return", answer)


async def refuse(session: WriteSession, identity: UUID, answer: str) -> None:
    await _answer(session, identity, "refuse", answer)


async def _answer(session: WriteSession, identity: UUID, action: str, answer: str) -> None:
    claims, found = await _to_decide(session, identity, action)
    sealed = sealed_answer(await claims.key(found), found.id, answer)
    await _decide(session, claims, found, action, answer=sealed)


async def approve(session: WriteSession, identity: UUID) -> None:
    """Grants what is left: of several at once the second waits for the first's allowance."""
    claims, found = await _to_decide(session, identity, "approve")
    rate = Decimal(1) if found.currency == domain.YEN else await claims.rate(found.currency, found.service_on)
    if rate is None:
        raise domain.NO_RATE()
    terms = await claims.terms(found.fiscal_year)
    if terms is None:
        raise domain.NO_TERMS()
    yen = domain.yen_of(found.amount, rate)
    assert found.person_id is not None
    so_far = await claims.allowance(found.person_id, found.fiscal_year, terms.cap)
    granted = domain.granted(yen, terms.percent, terms.cap, so_far)
    if not granted:
        raise domain.NOTHING_LEFT()
    await _decide(session, claims, found, "approve", amount_yen=yen, granted_yen=granted)


async def _to_decide(session: WriteSession, identity: UUID, action: str) -> tuple[Claims, Found]:
    claims = Claims(session)
    found = await claims.locked(identity)
    if found.person_id is None:
        raise ABSENT()
    if session.scope.principal.person == found.person_id:
        raise domain.OWN_CLAIM()
    _open(action, found)
    return claims, found


async def _decide(session: WriteSession, claims: Claims, found: Found, action: str, **values: Any) -> None:
    decided = {"decided_at": await claims.now(), "decided_by": session.scope.principal.person}
    await _move(session, found, action, **decided, **values)


async def _move(session: WriteSession, found: Found, action: str, **values: Any) -> None:
    state = domain.after(action, found.state)
    await Claims(session).change(found.id, state=state, **values)
    await audit.entry(session, "care", action, NAME, found.id, states=(found.state, state))


def _open(action: str, found: Found) -> None:
    domain.CLAIM.take(action, found.state)


async def close_over(database: Database) -> int:
    """How many cases that claims alone had opened were closed, so that the time begins for which they are kept."""
    scope, closed = worker_scope("care"), 0
    async with database.writing(scope) as session:
        since = domain.handed_in_since(await Claims(session).today())
        over = await Claims(session).over(since)
    for case in over:
        async with database.writing(scope) as session:
            # whoever speaks in it at this moment is waited for, and is found then
            await Cases(session).lock(case)
            if await Claims(session).over(since, case):
                await close(session, case, "settled")
                closed += 1
    log.info("cases_closed", cases=closed)
    return closed


async def details(session: WriteSession, identity: UUID) -> dict[str, Any]:
    """What is sealed in a claim, with the answer to it; that it was read is noted before it is shown."""
    claims = Claims(session)
    found = await claims.found(identity)
    key = await claims.key(found)
    said: dict[str, Any] = dict.fromkeys(SEALED) | opened(key, found.id, found.details)
    said["claim_answer"] = None if found.answer is None else opened_answer(key, found.id, found.answer)
    await audit.entry(session, "care", "read", NAME, found.id)
    return said
