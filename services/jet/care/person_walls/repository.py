"""The statements of walls between persons."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.kit.db.session import WriteSession
from services.kit.ids import uuid7

# One that was lifted stands again; of one that stands nothing changes.
_SET = """
INSERT INTO care.person_wall AS w (id, counsellor_id, participant_id, reason)
VALUES (:id, :counsellor_id, :participant_id, :reason)
ON CONFLICT (counsellor_id, participant_id) DO UPDATE
    SET lifted_at = NULL, set_at = platform.now(), needed_on = platform.today(), reason = excluded.reason, row_version = w.row_version + 1
    WHERE w.lifted_at IS NOT NULL
RETURNING id
"""
_LIFT = """
UPDATE care.person_wall SET lifted_at = platform.now(), row_version = row_version + 1
WHERE id = :id AND lifted_at IS NULL RETURNING id
"""
# An old copy of the roster, or none, takes nobody's wall away.
_NEEDED = """
UPDATE care.person_wall AS w SET needed_on = platform.today()
WHERE w.lifted_at IS NULL AND w.needed_on < platform.today()
    AND (EXISTS (SELECT FROM care.care_case AS c WHERE c.person_id = w.participant_id)
        OR EXISTS (SELECT FROM care.serving AS s WHERE s.person_id = w.participant_id)
        OR NOT EXISTS (SELECT FROM care.serving))
"""
_REMOVE = "DELETE FROM care.person_wall WHERE needed_on < :day RETURNING id"


async def put_up(session: WriteSession, wall: dict[str, Any]) -> UUID | None:
    made: UUID | None = await session.scalar(text(_SET), {"id": uuid7()} | wall)
    return made


async def lift(session: WriteSession, wall: UUID) -> bool:
    return await session.scalar(text(_LIFT), {"id": wall}) is not None


async def mark_needed(session: WriteSession) -> None:
    """Those that stand, and whose participant has a case or serves."""
    await session.execute(text(_NEEDED))


async def remove(session: WriteSession, before: date) -> list[UUID]:
    """Those last needed before a day."""
    return list(await session.scalars(text(_REMOVE), {"day": before}))
