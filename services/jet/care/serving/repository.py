"""The statements of the copy of the roster."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pydantic_core
from sqlalchemy import text

from services.kit.db.session import WriteSession

_NUMBERED = "SELECT DISTINCT person_id FROM care.serving WHERE jet_number = :number"
_HELD = "SELECT EXISTS (SELECT FROM care.serving)"
_EMPTY = "DELETE FROM care.serving"
# Who is nobody's member, as a prefecture or designated city that employs people itself, stands for itself.
_FILL = """
INSERT INTO care.serving (person_id, jet_number, organisation_id, host_id, effective)
SELECT DISTINCT r.participant_id, r.jet_number, o.id, coalesce(h.id, o.id), daterange(r.starts_on, r.ends_on, '[]')
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r(participant_id uuid, jet_number text, organisation_code text, host_code text, starts_on date, ends_on date)
JOIN directory.organisation AS o ON o.code = r.organisation_code
LEFT JOIN directory.organisation AS h ON h.code = r.host_code
"""


async def today(session: WriteSession) -> date:
    found: date = await session.scalar(text("SELECT platform.today()"))
    return found


async def numbered(session: WriteSession, number: str) -> UUID | None:
    """Who has this JET number."""
    found: UUID | None = (await session.scalars(text(_NUMBERED), {"number": number})).one_or_none()
    return found


async def holds(session: WriteSession) -> bool:
    return bool(await session.scalar(text(_HELD)))


async def replace(session: WriteSession, rows: Sequence[dict[str, Any]]) -> None:
    await session.execute(text(_EMPTY))
    await session.execute(text(_FILL), {"rows": pydantic_core.to_json(rows).decode()})
