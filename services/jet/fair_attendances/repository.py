"""The registrations that rows of attendance name by day and person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import pydantic_core
from sqlalchemy import insert, text

from services.jet.career_tables import fair_attendance
from services.kit.db.session import WriteSession
from services.kit.resource import Row

_REGISTERED = """
SELECT r.row, t.id, d.opens_at, platform.now()
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r("row" integer, day_id uuid, participant_id uuid)
JOIN jet.fair_registration AS t
    ON t.day_id = r.day_id AND t.participant_id = r.participant_id AND t.withdrawn_at IS NULL
JOIN jet.career_fair_day AS d ON d.id = t.day_id
JOIN jet.capacity_claim AS c ON c.id = t.id AND c.state = 'confirmed'
"""


class Registered(NamedTuple):
    id: UUID
    opens_at: datetime
    now: datetime


async def registered(session: WriteSession, rows: Sequence[Row]) -> dict[int, Registered]:
    """By row; none where the person has no seat on that day."""
    given = [
        {"row": row["_row"], "day_id": row["day_id"], "participant_id": row["participant_id"]} for row in rows
    ]
    found = await session.execute(text(_REGISTERED), {"rows": pydantic_core.to_json(given).decode()})
    return {row[0]: Registered._make(row[1:]) for row in found}


async def keep(session: WriteSession, made: dict[str, Any]) -> None:
    """One per registration: of two at once the constraint refuses the second."""
    await session.execute(insert(fair_attendance).values(made))
