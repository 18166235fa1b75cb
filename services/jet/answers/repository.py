"""Whom an answer can be about, and when it was given."""

from collections.abc import Sequence
from typing import Any

import pydantic_core
from sqlalchemy import text

from services.kit.db.session import WriteSession
from services.kit.resource import Row

_SERVING = """
SELECT r.row FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r("row" integer, participant_id uuid, programme_year integer)
WHERE EXISTS (SELECT FROM jet.appointment AS a
              WHERE a.participant_id = r.participant_id AND a.programme_year = r.programme_year - 1
              AND a.ends_on >= platform.today())
"""
_GIVEN = (
    "UPDATE jet.reappointment_answer SET answered_at = platform.now() WHERE id = ANY (CAST(:ids AS uuid[]))"
)


async def serving(session: WriteSession, rows: Sequence[Row]) -> set[int]:
    """The rows whose participant serves in the year before, and has not left."""
    given = [
        {"row": row["_row"]} | {name: row[name] for name in ("participant_id", "programme_year")}
        for row in rows
    ]
    return set(await session.scalars(text(_SERVING), {"rows": pydantic_core.to_json(given).decode()}))


async def given_now(session: WriteSession, answers: Sequence[Any]) -> None:
    await session.execute(text(_GIVEN), {"ids": [str(one) for one in answers]})
