"""The workplaces that an appointment already has, and the room that a new one takes among them."""

from datetime import date
from typing import Any

from sqlalchemy import text

from services.kit.db.session import WriteSession
from services.kit.resource import Row

_TERMS = "SELECT id, organisation_id, starts_on, ends_on FROM jet.appointment WHERE id = ANY (CAST(:ids AS uuid[]))"
_NEXT = """
SELECT min(starts_on) - 1 FROM jet.workplace
WHERE appointment_id = :appointment_id AND position = :position AND starts_on > :starts_on
"""
_END = """
UPDATE jet.workplace SET ends_on = CAST(:starts_on AS date) - 1, known_from = platform.known_now()
WHERE appointment_id = :appointment_id AND position = :position
  AND starts_on < :starts_on AND ends_on >= :starts_on
"""


async def terms(session: WriteSession, rows: list[Row]) -> dict[Any, Any]:
    """The appointments that the rows name."""
    found = await session.execute(text(_TERMS), {"ids": [str(row["appointment_id"]) for row in rows]})
    return {row.id: row for row in found}


async def make_room(session: WriteSession, key: dict[str, Any]) -> date | None:
    """End what holds in this position; the last day before the next part begins, if one does."""
    following: date | None = await session.scalar(text(_NEXT), key)
    await session.execute(text(_END), key)
    return following
