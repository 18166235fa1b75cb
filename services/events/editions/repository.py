"""What stands under editions."""

from sqlalchemy import func, select

from services.events.counts.tables import attendance_count
from services.events.editions.domain import Below
from services.events.tables import edition, leg
from services.kit.db.session import WriteSession


async def below_editions(session: WriteSession, codes: set[str]) -> dict[str, Below]:
    """By the codes of those that there are."""
    c = attendance_count.c
    years = select(func.array_agg(leg.c.fiscal_year.distinct())).where(leg.c.edition_id == edition.c.id)
    levels = select(func.array_agg(c.counted_at.distinct())).where(
        c.edition_id == edition.c.id, c.counted_at.is_not(None)
    )
    wanted = select(edition.c.code, years.scalar_subquery(), levels.scalar_subquery()).where(
        edition.c.code.in_(codes)
    )
    return {
        code: Below(frozenset(of or ()), frozenset(at or ()))
        for code, of, at in await session.execute(wanted)
    }
