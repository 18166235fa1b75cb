"""The one path on which participations change state: guarded by the table, audited in the same transaction."""

from collections.abc import Sequence

import pydantic_core
from sqlalchemy import text

from services.jet.participants.domain import PARTICIPATION, Stint
from services.kit import audit
from services.kit.db.query import array
from services.kit.db.session import WriteSession
from services.kit.resource import Row

SINGLE = 20
_STATE = "_participation_state"

# The stint that a row speaks of: the latest that had begun by the row's programme year, or the latest of all.
_OF_ROWS = """
unnest(CAST(CAST(:number AS text) AS integer[]), CAST(CAST(:person AS text) AS uuid[]),
       CAST(CAST(:year AS text) AS integer[]), CAST(CAST(:left_on AS text) AS date[]))
    AS r("row", participant_id, programme_year, left_on)
JOIN LATERAL (SELECT * FROM jet.participation AS n WHERE n.participant_id = r.participant_id
              AND (r.programme_year IS NULL OR n.programme_year <= r.programme_year)
              ORDER BY n.programme_year DESC LIMIT 1{lock}) AS n ON true
"""
# Locked, so that what a check has found still stands when its rows are stored.
_STINTS = f"""
SELECT r.row, n.programme_year, n.job_type, n.state, n.left_on,
    CASE WHEN CAST(:dated AS boolean)
        THEN least(n.known_from, (SELECT min(p.known_from) FROM jet.participation_past AS p WHERE p.id = n.id)) END
FROM {_OF_ROWS.format(lock=" FOR NO KEY UPDATE")}
"""
_ADVANCE = f"""
UPDATE jet.participation AS t SET state = m.after, left_on = s.left_on
FROM (SELECT DISTINCT ON (n.id) n.id, r.left_on FROM {_OF_ROWS.format(lock="")}) AS s,
    jsonb_each_text(CAST(:steps AS jsonb)) AS m(before, after)
WHERE t.id = s.id AND t.state = m.before AND t.state <> m.after
RETURNING t.participant_id, m.before, m.after
"""


_GIVEN = {"number": "_row", "person": "participant_id", "year": "programme_year", "left_on": "effective_on"}


def _given(rows: Sequence[Row]) -> dict[str, str]:
    return {name: array(row.get(field) for row in rows) for name, field in _GIVEN.items()}


async def stints(session: WriteSession, rows: Sequence[Row]) -> dict[int, Stint]:
    """The participation that each row speaks of; the row keeps its state, which is locked."""
    asked = _given(rows) | {"dated": any(row.get("known_from") is not None for row in rows)}
    made = {row[0]: Stint(*row[1:]) for row in await session.execute(text(_STINTS), asked)}
    for row in rows:
        if (stint := made.get(row["_row"])) is not None:
            row[_STATE] = stint.state
    return made


async def advance(session: WriteSession, action: str, rows: Sequence[Row]) -> None:
    """Take each row's participation one step; the rows have been checked against the table.

    A handful is audited person by person; a file's rows are in the audit row of the file.
    """
    steps = {state: step.after for step in PARTICIPATION.steps(action) for state in step.before}
    rows = [row for row in rows if steps.get(row[_STATE]) != row[_STATE]]
    if not rows:
        return
    values = _given(rows) | {"steps": pydantic_core.to_json(steps).decode()}
    moved = (await session.execute(text(_ADVANCE), values)).all()
    for row in moved if len(moved) <= SINGLE else ():
        await audit.entry(
            session, "jet", action, "participations", row.participant_id, states=(row.before, row.after)
        )
