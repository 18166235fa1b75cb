"""The statements of completions: what a run takes, who has done it and has no award yet, and the next numbers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import pydantic_core
from sqlalchemy import text

from services.jet.completions.domain import Course, Held
from services.kit.db.session import WriteSession

_RUN = """
SELECT r.id, r.code, r.cancelled_on, e.fiscal_year, e.course_id, e.completion_percent, e.delivery
FROM jet.training_run AS r JOIN jet.training_edition AS e ON e.id = r.edition_id WHERE {by} = :ref
"""
_SESSIONS = """
SELECT s.id, (s.ends_at AT TIME ZONE 'Asia/Tokyo')::date, s.form, s.component
FROM jet.training_session AS s WHERE s.run_id = :run ORDER BY s.number
"""
# Whoever awards in a fiscal year waits here for whoever does so before, and then sees what was awarded.
_LOCK = """
INSERT INTO jet.certificate_series AS c (fiscal_year, drawn) VALUES (:year, 0)
ON CONFLICT (fiscal_year) DO UPDATE SET drawn = c.drawn RETURNING c.drawn
"""
_CANDIDATES = """
SELECT e.id, e.participant_id, e.attendee_id, e.organisation_id, l.finished_on,
    array(SELECT a.session_id FROM jet.training_attendance AS a
          WHERE a.enrolment_id = e.id AND a.attendance = 'present')
FROM jet.training_enrolment AS e
JOIN jet.capacity_claim AS c ON c.id = e.id AND c.state = 'confirmed'
LEFT JOIN jet.learning_progress AS l ON l.enrolment_id = e.id
WHERE e.run_id = :run AND NOT EXISTS (
    SELECT FROM jet.training_completion AS d WHERE d.course_id = :course AND d.fiscal_year = :year
    AND d.participant_id = e.participant_id)
AND NOT EXISTS (
    SELECT FROM jet.training_completion AS d WHERE d.course_id = :course AND d.fiscal_year = :year
    AND d.attendee_id = e.attendee_id)
ORDER BY e.enrolled_at, e.id
"""
_AWARD = """
INSERT INTO jet.training_completion (id, enrolment_id, course_id, fiscal_year, participant_id, attendee_id,
    organisation_id, completed_on, certificate_number)
SELECT r.id, e.id, :course, :year, e.participant_id, e.attendee_id, e.organisation_id, r.completed_on, r.number
FROM json_to_recordset(CAST(:rows AS json)) AS r(id uuid, enrolment_id uuid, completed_on date, number integer)
JOIN jet.training_enrolment AS e ON e.id = r.enrolment_id
"""
_DRAW = "UPDATE jet.certificate_series SET drawn = :drawn WHERE fiscal_year = :year"


class Run(NamedTuple):
    id: UUID
    code: str
    cancelled_on: date | None
    fiscal_year: int
    course_id: UUID
    completion_percent: int
    delivery: str


class Candidate(NamedTuple):
    """Somebody who takes part and has no award of this course and year; `attended`: ids of sessions."""

    enrolment_id: UUID
    participant_id: UUID | None
    attendee_id: UUID | None
    organisation_id: UUID | None
    finished_on: date | None
    attended: list[UUID]


class Completions:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def _all(self, sql: str, **values: object) -> Sequence[Any]:
        return (await self._session.execute(text(sql), values)).all()

    async def run(self, ref: str) -> Run | None:
        """By its id or its code."""
        by, value = "r.code", ref
        try:
            by, value = "r.id", UUID(ref)  # type: ignore[assignment]
        except ValueError:
            if "\0" in ref:
                return None
        found = await self._all(_RUN.format(by=by), ref=value)
        return Run(*found[0]) if found else None

    async def course(self, run: Run) -> Course:
        held = tuple(Held(*one) for one in await self._all(_SESSIONS, run=run.id))
        return Course(held, run.completion_percent, run.delivery == "e_learning")

    async def lock(self, fiscal_year: int) -> int:
        """How many numbers of the year are given out; nobody else gives any until the transaction ends."""
        return int((await self._all(_LOCK, year=fiscal_year))[0].drawn)

    async def candidates(self, run: Run) -> list[Candidate]:
        found = await self._all(_CANDIDATES, run=run.id, course=run.course_id, year=run.fiscal_year)
        return [Candidate(*one) for one in found]

    async def award(self, run: Run, rows: Iterable[Mapping[str, Any]], drawn: int) -> None:
        told = pydantic_core.to_json(list(rows)).decode()
        values = {"rows": told, "course": run.course_id, "year": run.fiscal_year}
        await self._session.execute(text(_AWARD), values)
        await self._session.execute(text(_DRAW), {"drawn": drawn, "year": run.fiscal_year})
