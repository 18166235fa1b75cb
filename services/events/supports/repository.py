"""The statements of the office log."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, any_, bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from services.events.log_tables import office_contact, support
from services.events.supports.domain import twin
from services.kit import directory
from services.kit.db.session import WriteSession
from services.kit.resource import Row


async def kinds(session: WriteSession, organisations: set[UUID]) -> dict[UUID, str]:
    """What each organisation is, in the directory."""
    o = directory.organisation.c
    found = await session.execute(select(o.id, o.kind).where(o.id.in_(organisations)))
    return {row.id: row.kind for row in found}


async def contacts(session: WriteSession, known: set[UUID]) -> dict[UUID, str | None]:
    """Whose each contact is."""
    c = office_contact.c
    found = await session.execute(select(c.id, c.office).where(c.id.in_(known)))
    return {row.id: row.office for row in found}


async def alike(session: WriteSession, rows: Sequence[Row]) -> dict[tuple[Any, ...], dict[int, str]]:
    """The codes of lines that say what these rows say, by their numbers among those that are alike."""
    s = support.c
    wanted = literal([row["told"] for row in rows], ARRAY(Text))
    found = await session.execute(
        select(s.code, s.office, s.received_on, s.kind, s.organisation_id, s.told, s.alike_no).where(
            s.told == any_(wanted)
        )
    )
    told: dict[tuple[Any, ...], dict[int, str]] = {}
    for row in found:
        told.setdefault(twin(dict(row._mapping)), {})[row.alike_no] = row.code
    return told


async def draw(session: WriteSession, rows: Sequence[Row]) -> None:
    """The next number of its office and year for each row. Counters are taken in one order, so that no two files wait
    for each other."""
    drawn = select(
        func.events.support_code(bindparam("office", type_=Text), bindparam("year", type_=Integer))
    )
    for row in sorted(rows, key=lambda row: (row["office"] or "", row["fiscal_year"])):
        row["code"] = await session.scalar(drawn, {"office": row["office"], "year": row["fiscal_year"]})
