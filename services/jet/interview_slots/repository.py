"""The days at which organisations exhibit, with the hours of each."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text

from services.jet.career_tables import interview_hold
from services.kit.db.session import WriteSession
from services.kit.resource import Row

_STANDS = """
SELECT r.row, x.id, x.fair_id, d.opens_at, d.closes_at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r("row" integer, day_id uuid, organisation_id uuid)
JOIN jet.career_fair_day AS d ON d.id = r.day_id
JOIN jet.fair_exhibitor AS x ON x.fair_id = d.fair_id AND x.organisation_id = r.organisation_id
WHERE x.cancelled_on IS NULL AND (cardinality(x.day_numbers) = 0 OR d.number = ANY (x.day_numbers))
"""


class Stand(NamedTuple):
    exhibitor_id: UUID
    fair_id: UUID
    opens_at: datetime
    closes_at: datetime


async def taken(session: WriteSession, rows: Sequence[Row]) -> set[UUID]:
    """Which of the slots that rows change have an interview."""
    ids = [row["id"] for row in rows if "id" in row]
    found = await session.scalars(select(interview_hold.c.slot_id).where(interview_hold.c.slot_id.in_(ids)))
    return set(found)


async def stands(session: WriteSession, rows: Sequence[Row]) -> dict[int, Stand]:
    """By row; none where the organisation is not there on that day."""
    given = [
        {"row": row["_row"], "day_id": str(row["day_id"]), "organisation_id": str(row["organisation_id"])}
        for row in rows
    ]
    found = await session.execute(text(_STANDS), {"rows": json.dumps(given)})
    return {row[0]: Stand._make(row[1:]) for row in found}
