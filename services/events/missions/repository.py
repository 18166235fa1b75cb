"""The statements of missions."""

from collections.abc import Collection

from sqlalchemy import select

from services.kit.db.session import WriteSession
from services.kit.directory import country


async def known_countries(session: WriteSession, codes: Collection[str]) -> set[str]:
    return set(await session.scalars(select(country.c.alpha2).where(country.c.alpha2.in_(codes))))
