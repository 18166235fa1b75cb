"""The statements of budget lines: whose they are, and what the commands ask before the ledger is locked."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select

from services.grants.budget_lines.domain import Line
from services.grants.ledger.tables import budget_line
from services.grants.tables import mine
from services.kit.db.session import WriteSession

STATE: ColumnElement[str] = case(
    (budget_line.c.appropriated_at.is_not(None), "appropriated"), else_="planned"
)


class Found(NamedTuple):
    line: Line
    appropriated_yen: int | None


async def sections(session: WriteSession) -> frozenset[str]:
    """Those that the caller serves in today."""
    return frozenset((await session.execute(select(func.grants.sections()))).scalar_one())


async def found(session: WriteSession, line: UUID) -> Found:
    c = budget_line.c
    asked = select(c.section, c.fiscal_year, STATE, c.appropriated_yen).where(c.id == line)
    row = (await session.execute(asked)).one()
    return Found(Line(*row[:3]), row[3])


async def named(session: WriteSession, code: str) -> UUID | None:
    """Of the caller's sections."""
    c = budget_line.c
    asked = select(c.id).where(c.code == code, mine(c.section))
    found: UUID | None = (await session.execute(asked)).scalar_one_or_none()
    return found


async def today(session: WriteSession) -> date:
    day: date = (await session.execute(select(func.platform.today()))).scalar_one()
    return day
