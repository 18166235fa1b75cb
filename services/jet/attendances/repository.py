"""The statements of attendance: sessions by number, tickets, what is recorded already, joins of a meeting, readings."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import pydantic_core
from sqlalchemy import text

from services.jet.attendances.domain import Span
from services.kit.db.session import WriteSession
from services.kit.resource import Row

_SESSIONS = """
SELECT r."row", s.id FROM json_to_recordset(CAST(:rows AS json))
    AS r("row" integer, run_id uuid, session_number smallint)
JOIN jet.training_session AS s ON s.run_id = r.run_id AND s.number = r.session_number
"""
_RECORDED = """
SELECT r."row", a.attendance, a.persons, a.method FROM json_to_recordset(CAST(:rows AS json))
    AS r("row" integer, enrolment_id uuid, session_id uuid)
JOIN jet.training_attendance AS a ON a.enrolment_id = r.enrolment_id AND a.session_id = r.session_id
"""
_SESSION = """
SELECT s.id, s.run_id, r.cancelled_on FROM jet.training_session AS s
JOIN jet.training_run AS r ON r.id = s.run_id WHERE s.id = :id
"""
_TICKET = """
SELECT e.id, e.organisation_id, c.state, c.party FROM jet.training_enrolment AS e
JOIN jet.capacity_claim AS c ON c.id = e.id WHERE e.ticket = :ticket AND e.run_id = :run
"""
# Whoever scans second waits here for the first, and finds the attendance there.
_CHECK_IN = """
INSERT INTO jet.training_attendance AS a (enrolment_id, session_id, run_id, attendance, persons, method)
VALUES (:enrolment, :session, :run, 'present', :persons, 'check_in')
ON CONFLICT ON CONSTRAINT training_attendance_once DO UPDATE SET attendance = 'present', persons = :persons,
    method = 'check_in', recorded_at = platform.now(), row_version = a.row_version + 1
WHERE a.attendance <> 'present' RETURNING a.id, a.row_version = 1 AS made
"""
_CHECKED_IN = """
SELECT recorded_at FROM jet.training_attendance WHERE enrolment_id = :enrolment AND session_id = :session
"""
_PEOPLE = """
SELECT r."row", p.participant_id, a.id AS attendee_id
FROM json_to_recordset(CAST(:rows AS json)) AS r("row" integer, email text)
LEFT JOIN jet.person_detail AS p ON lower(p.email) = r.email
LEFT JOIN (jet.attendee_detail AS d JOIN jet.training_attendee AS a ON a.id = d.attendee_id)
    ON lower(d.email) = r.email
WHERE p.participant_id IS NOT NULL OR a.id IS NOT NULL
"""
_MET = """
SELECT r."row", e.id AS enrolment_id, s.id AS session_id, e.run_id
FROM json_to_recordset(CAST(:rows AS json)) AS r("row" integer, participant_id uuid, attendee_id uuid, run_id uuid,
    joined_at timestamptz, left_at timestamptz)
JOIN LATERAL (
    SELECT e.id, e.run_id FROM jet.training_enrolment AS e WHERE e.participant_id = r.participant_id
    UNION
    SELECT e.id, e.run_id FROM jet.training_enrolment AS e WHERE e.attendee_id = r.attendee_id
) AS e ON r.run_id IS NULL OR e.run_id = r.run_id
JOIN jet.capacity_claim AS c ON c.id = e.id AND c.state = 'confirmed'
JOIN jet.training_session AS s ON s.run_id = e.run_id AND s.starts_at < r.left_at AND s.ends_at > r.joined_at
"""
_JOINS = """
SELECT m.enrolment_id, m.session_id, m.joined_at, m.left_at, s.starts_at, s.ends_at, e.completion_percent, m.run_id
FROM jet.meeting_presence AS m
JOIN json_to_recordset(CAST(:rows AS json)) AS r(enrolment_id uuid, session_id uuid)
    ON r.enrolment_id = m.enrolment_id AND r.session_id = m.session_id
JOIN jet.training_session AS s ON s.id = m.session_id
JOIN jet.training_run AS u ON u.id = m.run_id JOIN jet.training_edition AS e ON e.id = u.edition_id
ORDER BY m.enrolment_id, m.session_id, m.joined_at
"""
_PRESENT = """
INSERT INTO jet.training_attendance (enrolment_id, session_id, run_id, attendance, persons, method)
SELECT r.enrolment_id, r.session_id, r.run_id, 'present', 1, 'meeting'
FROM json_to_recordset(CAST(:rows AS json)) AS r(enrolment_id uuid, session_id uuid, run_id uuid)
ORDER BY r.enrolment_id, r.session_id
ON CONFLICT ON CONSTRAINT training_attendance_once DO NOTHING
RETURNING id, (SELECT e.organisation_id FROM jet.training_enrolment AS e WHERE e.id = enrolment_id)
"""
_READ = """
SELECT l.enrolment_id, l.percent, l.read_on, l.finished_on FROM jet.learning_progress AS l
WHERE l.enrolment_id = ANY (CAST(:ids AS uuid[])) ORDER BY l.enrolment_id FOR UPDATE
"""


class Recorded(NamedTuple):
    attendance: str
    persons: int
    method: str


class Ticket(NamedTuple):
    """The enrolment that a ticket is of."""

    enrolment_id: UUID
    organisation_id: UUID | None
    state: str
    party: int


class Met(NamedTuple):
    """Which session of whose enrolment a row of a meeting overlaps."""

    row: int
    enrolment_id: UUID
    session_id: UUID
    run_id: UUID


class Joined(NamedTuple):
    """All that is known of one enrolment's presence in one session."""

    run_id: UUID
    session: Span
    percent: int
    joins: list[Span]


class Progress(NamedTuple):
    percent: int
    read_on: date
    finished_on: date | None


def _json(rows: Iterable[Row]) -> str:
    return pydantic_core.to_json(list(rows)).decode()


class Attendances:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def _found(self, sql: str, rows: Sequence[Row], *names: str) -> Sequence[Any]:
        told = [{"row": row["_row"]} | {name: row[name] for name in names} for row in rows]
        return (await self._session.execute(text(sql), {"rows": _json(told)})).all() if told else ()

    async def sessions(self, rows: Sequence[Row]) -> dict[int, UUID]:
        return {one.row: one.id for one in await self._found(_SESSIONS, rows, "run_id", "session_number")}

    async def recorded(self, rows: Sequence[Row]) -> dict[int, Recorded]:
        found = await self._found(_RECORDED, rows, "enrolment_id", "session_id")
        return {one.row: Recorded(*one[1:]) for one in found}

    async def session(self, identity: UUID) -> Any:
        """Its id, its run, and since when that is cancelled."""
        return (await self._session.execute(text(_SESSION), {"id": identity})).one()

    async def ticket(self, ticket: UUID, run: UUID) -> Ticket | None:
        found = (await self._session.execute(text(_TICKET), {"ticket": ticket, "run": run})).one_or_none()
        return None if found is None else Ticket(*found)

    async def check_in(
        self, enrolment: UUID, session: UUID, run: UUID, persons: int
    ) -> tuple[UUID, bool] | None:
        """The attendance, and whether it is new; None where somebody has been checked in with this ticket."""
        values = {"enrolment": enrolment, "session": session, "run": run, "persons": persons}
        made = (await self._session.execute(text(_CHECK_IN), values)).one_or_none()
        return None if made is None else (made.id, made.made)

    async def checked_in(self, enrolment: UUID, session: UUID) -> datetime:
        values = {"enrolment": enrolment, "session": session}
        at: datetime = (await self._session.execute(text(_CHECKED_IN), values)).scalar_one()
        return at

    async def people(self, rows: Sequence[Row]) -> dict[int, list[Any]]:
        """Whom the addresses of rows are of."""
        made: dict[int, list[Any]] = {}
        for one in await self._found(_PEOPLE, rows, "email"):
            made.setdefault(one.row, []).append(one)
        return made

    async def met(self, rows: Sequence[Row]) -> list[Met]:
        names = ("participant_id", "attendee_id", "run_id", "joined_at", "left_at")
        return [Met(*one) for one in await self._found(_MET, rows, *names)]

    async def joined(self, pairs: Iterable[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Joined]:
        rows = [{"enrolment_id": enrolment, "session_id": session} for enrolment, session in pairs]
        found = (await self._session.execute(text(_JOINS), {"rows": _json(rows)})).all() if rows else ()
        made: dict[tuple[UUID, UUID], Joined] = {}
        for enrolment, session, joined, left, starts, ends, percent, run in found:
            one = made.setdefault((enrolment, session), Joined(run, (starts, ends), percent, []))
            one.joins.append((joined, left))
        return made

    async def present(self, rows: Sequence[Row]) -> list[tuple[UUID, UUID | None]]:
        """New attendances of who was long enough in a meeting, with the organisations that know of them."""
        if not rows:
            return []
        made = await self._session.execute(text(_PRESENT), {"rows": _json(rows)})
        return [(one[0], one[1]) for one in made]

    async def readings(self, enrolments: Iterable[UUID]) -> dict[UUID, Progress]:
        """The last readings, kept as they are until the transaction ends."""
        ids = [str(one) for one in set(enrolments)]
        found = (await self._session.execute(text(_READ), {"ids": ids})).all() if ids else ()
        return {one[0]: Progress(*one[1:]) for one in found}
