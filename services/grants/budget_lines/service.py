"""Use cases of budget lines: what a section plans, what the Board decides, and what is moved between two lines."""

from datetime import date
from uuid import UUID

from services.grants.budget_lines import domain, repository
from services.grants.budget_lines.domain import LINE, NOT_YOUR_SECTION
from services.grants.ledger import service as ledger
from services.grants.terms import BUDGET_LINE
from services.kit.db.session import WriteSession
from services.kit.errors import INVALID, FieldError
from services.kit.findings import Finding
from services.kit.resource import Row


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """An officer makes lines of a section of theirs."""
    own = await repository.sections(session)
    return {row["_row"]: [("section", NOT_YOUR_SECTION)] for row in rows if row["section"] not in own}


async def plan(session: WriteSession, line: UUID, yen: int) -> None:
    await ledger.lock(session, line)
    LINE.take("plan", (await repository.found(session, line)).line.state)
    await ledger.plan(session, line, yen)


async def appropriate(session: WriteSession, line: UUID, yen: int, day: date) -> None:
    if (refused := domain.decidable(day, await repository.today(session))) is not None:
        raise refused
    await ledger.lock(session, line)
    so_far = (await repository.found(session, line)).appropriated_yen
    await ledger.appropriate(session, line, yen, day, so_far)


async def transfer(session: WriteSession, giving: UUID, to_code: str, yen: int, reason: str) -> None:
    taking, unknown = await repository.named(session, to_code), BUDGET_LINE.unknown
    if taking is None:
        raise INVALID(FieldError("/to_code", unknown.code, unknown.message, unknown.remedy))
    if taking == giving:
        raise domain.TRANSFER_OUTSIDE()
    await ledger.lock(session, giving, taking)
    lines = [(await repository.found(session, one)).line for one in (giving, taking)]
    if (refused := domain.transferable(*lines)) is not None:
        raise refused
    await ledger.transfer(session, giving, taking, yen, reason)
