"""What records and evaluations are judged by: the assignment that they are about."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import pydantic_core
from sqlalchemy import text

from services.kit.db.session import WriteSession
from services.kit.resource import Row

_ABOUT = """
SELECT r.row, a.state, p.date_start, p.date_end, platform.today() AS today,
    a.intern_evaluated_at IS NOT NULL AND a.host_evaluated_at IS NOT NULL AS both
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r("row" integer, assignment_id uuid)
JOIN jet.internship_assignment AS a ON a.id = r.assignment_id
JOIN jet.internship_programme AS p ON p.id = a.programme_id
"""


class About(NamedTuple):
    state: str
    date_start: date
    date_end: date
    today: date
    both: bool


async def about(session: WriteSession, rows: Sequence[Row]) -> dict[int, About]:
    """Of the rows whose assignment the caller may see."""
    given = [{"row": row["_row"], "assignment_id": row["assignment_id"]} for row in rows]
    found = await session.execute(text(_ABOUT), {"rows": pydantic_core.to_json(given).decode()})
    return {row[0]: About(*row[1:]) for row in found}
