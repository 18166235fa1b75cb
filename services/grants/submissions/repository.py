"""The statements of submissions: the last one, what is asked of the next, and the row that never changes."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import insert, select

from services.grants.applications.tables import correction, submission
from services.kit.db.session import ReadSession, WriteSession


class Last(NamedTuple):
    """`due_at`, `fields` and `documents`: of the correction that was asked for of it, if one was."""

    number: int
    requested_yen: int
    snapshot: str
    due_at: datetime | None
    fields: list[str] | None
    documents: list[str] | None


async def last(session: WriteSession, application: UUID) -> Last | None:
    s, c = submission.c, correction.c
    of = (c.application_id == s.application_id) & (c.number == s.number)
    found = await session.execute(
        select(s.number, s.requested_yen, s.snapshot, c.due_at, c.fields, c.documents)
        .join_from(submission, correction, of, isouter=True)
        .where(s.application_id == application)
        .order_by(s.number.desc())
        .limit(1)
    )
    row = found.one_or_none()
    return None if row is None else Last(*row)


async def keep(session: WriteSession, made: dict[str, Any]) -> None:
    await session.execute(insert(submission).values(made))


async def snapshot(reading: ReadSession, identity: UUID) -> str:
    found = await reading.row("SELECT snapshot FROM grants.submission WHERE id = $1", identity)
    assert found is not None
    return str(found["snapshot"])
