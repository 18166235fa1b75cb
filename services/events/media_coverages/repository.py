"""The organisations that media coverage names."""

from sqlalchemy import select

from services.kit.db.session import WriteSession
from services.kit.directory import organisation


async def unknown_codes(session: WriteSession, codes: set[str]) -> set[str]:
    found = await session.execute(select(organisation.c.code).where(organisation.c.code.in_(codes)))
    return codes - {row.code for row in found}
