"""What a consent is judged by, and its withdrawal."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import pydantic_core
from sqlalchemy import text

from services.kit.db.session import WriteSession
from services.kit.resource import Row

_HELD = """
SELECT r.row, platform.today() AS today, (a.withdrawn_at AT TIME ZONE 'Asia/Tokyo')::date AS withdrawn_on, a.consent_form,
    a.consented_on
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r("row" integer, participant_id uuid)
LEFT JOIN jet.alumnus AS a ON a.participant_id = r.participant_id
"""
_WITHDRAW = """
UPDATE jet.alumnus SET withdrawn_at = platform.now(), row_version = row_version + 1
WHERE id = :id AND withdrawn_at IS NULL RETURNING id
"""


class Held(NamedTuple):
    """What is stored of a row's person, as far as the caller sees it."""

    today: date
    withdrawn_on: date | None
    consent_form: str | None
    consented_on: date | None


async def held(session: WriteSession, rows: Sequence[Row]) -> dict[int, Held]:
    given = [{"row": row["_row"], "participant_id": row["participant_id"]} for row in rows]
    found = await session.execute(text(_HELD), {"rows": pydantic_core.to_json(given).decode()})
    return {row[0]: Held(*row[1:]) for row in found}


async def withdraw(session: WriteSession, alumnus: UUID) -> bool:
    """Whether there was a consent to withdraw."""
    return (await session.scalar(text(_WITHDRAW), {"id": alumnus})) is not None
