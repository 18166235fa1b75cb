"""What editions are checked against: when their courses end, and the editions that have their codes."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

import pydantic_core
from sqlalchemy import select, text

from services.jet.training_tables import training_course
from services.kit.db.session import WriteSession
from services.kit.resource import Row

_OTHERS = """
SELECT r.row FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r("row" integer, code text, course_id uuid, fiscal_year integer)
JOIN jet.training_edition AS e ON e.code = r.code
WHERE (e.course_id, e.fiscal_year) <> (r.course_id, r.fiscal_year)
"""


async def courses_ended(session: WriteSession, courses: Collection[UUID]) -> dict[UUID, date | None]:
    """The day on which each course ended; the rows stay as they are until the transaction ends."""
    c = training_course.c
    found = await session.execute(
        select(c.id, c.retired_on).where(c.id.in_(courses)).order_by(c.id).with_for_update(read=True)
    )
    return {row.id: row.retired_on for row in found}


async def others(session: WriteSession, rows: Sequence[Row]) -> set[int]:
    """The rows whose code names an edition of another course or year."""
    given = [
        {"row": row["_row"]} | {name: row[name] for name in ("code", "course_id", "fiscal_year")}
        for row in rows
    ]
    return set(await session.scalars(text(_OTHERS), {"rows": pydantic_core.to_json(given).decode()}))
