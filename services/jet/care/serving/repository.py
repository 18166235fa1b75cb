"""The statements of the copy of the roster."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pydantic_core
from sqlalchemy import text

from services.kit.db.session import WriteSession

_HELD = "SELECT EXISTS (SELECT FROM care.serving)"
_EMPTY = "DELETE FROM care.serving"
# Who is nobody's member, as a prefecture or designated city that employs people itself, stands for itself.
_FILL = """
INSERT INTO care.serving (person_id, organisation_id, host_id, effective)
SELECT DISTINCT r.participant_id, o.id, coalesce(h.id, o.id), daterange(r.starts_on, r.ends_on, '[]')
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r(participant_id uuid, organisation_code text, host_code text, starts_on date, ends_on date)
JOIN directory.organisation AS o ON o.code = r.organisation_code
LEFT JOIN directory.organisation AS h ON h.code = r.host_code
"""


async def today(session: WriteSession) -> date:
    found: date = await session.scalar(text("SELECT platform.today()"))
    return found


async def holds(session: WriteSession) -> bool:
    return bool(await session.scalar(text(_HELD)))


async def replace(session: WriteSession, rows: Sequence[dict[str, Any]]) -> None:
    await session.execute(text(_EMPTY))
    await session.execute(text(_FILL), {"rows": pydantic_core.to_json(rows).decode()})
