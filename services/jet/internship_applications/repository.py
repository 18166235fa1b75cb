"""What applications are judged by, and how one is withdrawn with the place that it led to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import pydantic_core
from sqlalchemy import text

from services.kit.db.session import WriteSession
from services.kit.resource import Row

_ASKED = ("programme_id", "participant_id", "first_host_id", "second_host_id", "third_host_id")
# An early end of the participation closes it; of several, the latest participation counts.
_FACTS = """
SELECT r.row, p.apply_from, p.apply_until, p.cancelled_on IS NOT NULL AS cancelled, platform.now() AS now,
    coalesce((SELECT n.state IN ('withdrawn', 'early_terminated') FROM jet.participation AS n
              WHERE n.participant_id = r.participant_id ORDER BY n.programme_year DESC LIMIT 1), true) AS ended,
    a.state, EXISTS (SELECT FROM jet.internship_assignment AS s
                     WHERE s.application_id = a.id AND s.state = 'assigned') AS assigned,
    ARRAY(SELECT coalesce(h.programme_id = r.programme_id, true)
          FROM unnest(ARRAY[r.first_host_id, r.second_host_id, r.third_host_id]) WITH ORDINALITY AS w(id, n)
          LEFT JOIN jet.internship_host AS h ON h.id = w.id ORDER BY w.n) AS of_programme
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r("row" integer, programme_id uuid, participant_id uuid,
    first_host_id uuid, second_host_id uuid, third_host_id uuid)
JOIN jet.internship_programme AS p ON p.id = r.programme_id
LEFT JOIN jet.internship_application AS a
    ON a.programme_id = r.programme_id AND a.participant_id = r.participant_id
"""


class Facts(NamedTuple):
    """Of one row: `state` and `assigned` of what is stored already."""

    apply_from: datetime | None
    apply_until: datetime | None
    cancelled: bool
    now: datetime
    ended: bool
    state: str | None
    assigned: bool
    of_programme: list[bool]


async def facts(session: WriteSession, rows: Sequence[Row]) -> dict[int, Facts]:
    given = [{"row": row["_row"]} | {name: row[name] for name in _ASKED} for row in rows]
    found = await session.execute(text(_FACTS), {"rows": pydantic_core.to_json(given).decode()})
    return {row[0]: Facts(*row[1:]) for row in found}


class Held(NamedTuple):
    """A locked application with the assignment that it led to."""

    id: UUID
    state: str
    assignment_id: UUID | None
    completed_on: Any


_LOCK = """
SELECT a.id, a.state, s.id, s.completed_on FROM jet.internship_application AS a
LEFT JOIN jet.internship_assignment AS s ON s.application_id = a.id AND s.state = 'assigned'
WHERE a.id = :id FOR NO KEY UPDATE OF a
"""
_WITHDRAW = """
UPDATE jet.{table} SET state = 'withdrawn', withdrawn_at = platform.now(), row_version = row_version + 1 WHERE id = :id
"""


# Whoever runs an assignment or withdraws holds the programme, so that no run is published on an application that goes.
_HOLD = """
SELECT pg_advisory_xact_lock(hashtextextended('internship_programme ' || programme_id, 0))
FROM jet.internship_application WHERE id = :id
"""


async def lock(session: WriteSession, application: UUID) -> Held:
    await session.execute(text(_HOLD), {"id": application})
    return Held(*(await session.execute(text(_LOCK), {"id": application})).one())


async def withdraw(session: WriteSession, one: Held) -> None:
    """The application, and the place that it led to is free again."""
    await session.execute(text(_WITHDRAW.format(table="internship_application")), {"id": one.id})
    if one.assignment_id is not None:
        await session.execute(
            text(_WITHDRAW.format(table="internship_assignment")), {"id": one.assignment_id}
        )
