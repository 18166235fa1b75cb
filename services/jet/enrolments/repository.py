"""The statements of enrolments: the facts that the rules ask for, set by set, and the records that come of them."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import pydantic_core
from sqlalchemy import text

from services.jet.enrolments.domain import Run, Standing
from services.kit.auth.scope import Reach
from services.kit.db.session import ReadSession, Record, WriteSession
from services.kit.resource import Row

_RUNS = """
SELECT r.id, r.pool_id, c.id AS course_id, e.requires_id, platform.now() AS now, platform.today() AS today,
    e.fiscal_year, e.audiences, r.arrival_group, e.from_year, q.code AS requires, r.enrol_by, r.enrol_from,
    r.enrol_until, r.cancelled_on, r.starts_on, r.ends_on, c.employer_informed
FROM jet.training_run AS r
JOIN jet.training_edition AS e ON e.id = r.edition_id JOIN jet.training_course AS c ON c.id = e.course_id
LEFT JOIN jet.training_course AS q ON q.id = e.requires_id
WHERE r.id = ANY (CAST(:ids AS uuid[]))
"""
# of a person's own or of a participant who is open to the caller; the first wall is the reference's
_STANDINGS = """
SELECT n.participant_id, n.job_type, n.programme_year, n.arrival_group, n.left_on,
    EXISTS (SELECT FROM jet.appointment AS a
            WHERE a.participant_id = n.participant_id AND a.ends_on >= platform.today()) AS serving
FROM (SELECT DISTINCT ON (p.participant_id) p.* FROM jet.participation AS p
      WHERE p.participant_id = ANY (CAST(:ids AS uuid[]))
      ORDER BY p.participant_id, p.programme_year DESC) AS n
"""
# Where a participant serves on a day, else today, else was last placed for a year that is not over.
_EMPLOYERS = """
SELECT r."row", coalesce(
    (SELECT a.organisation_id FROM jet.appointment AS a
     WHERE a.participant_id = r.participant_id AND a.effective @> coalesce(r.day, platform.today()) LIMIT 1),
    (SELECT a.organisation_id FROM jet.appointment AS a
     WHERE a.participant_id = r.participant_id AND a.effective @> platform.today() LIMIT 1),
    (SELECT p.organisation_id FROM jet.placement AS p
     WHERE p.participant_id = r.participant_id
     AND p.programme_year >= extract(year FROM platform.today() - interval '7 months')
     ORDER BY p.programme_year DESC LIMIT 1)) AS organisation_id
FROM json_to_recordset(CAST(:rows AS json)) AS r("row" integer, participant_id uuid, day date)
"""
_ROWS = """
json_to_recordset(CAST(:rows AS json))
    AS r("row" integer, run_id uuid, participant_id uuid, organisation_id uuid, digest text, requires_id uuid)
"""
_ATTENDEE = """
JOIN jet.training_attendee AS a
    ON a.organisation_id IS NOT DISTINCT FROM r.organisation_id AND a.digest = decode(r.digest, 'hex')
"""
_COMPLETED = f"""
SELECT r."row" FROM {_ROWS}
JOIN jet.training_completion AS d ON d.course_id = r.requires_id AND d.participant_id = r.participant_id
UNION
SELECT r."row" FROM {_ROWS} {_ATTENDEE}
JOIN jet.training_completion AS d ON d.course_id = r.requires_id AND d.attendee_id = a.id
"""
# the record of today of a person in a run, with its claim's state
_PRESENT = f"""
SELECT f."row", f.id, f.audience, c.party, c.priority,
    CASE WHEN c.state = 'offered' AND c.offer_ends_at <= platform.now() THEN 'lapsed' ELSE c.state END AS state,
    f.organisation_id
FROM (
    SELECT r."row", e.id, e.audience, e.organisation_id FROM {_ROWS}
    JOIN jet.training_enrolment AS e
        ON e.run_id = r.run_id AND e.participant_id = r.participant_id AND NOT e.superseded
    UNION ALL
    SELECT r."row", e.id, e.audience, e.organisation_id FROM {_ROWS} {_ATTENDEE}
    JOIN jet.training_enrolment AS e ON e.run_id = r.run_id AND e.attendee_id = a.id AND NOT e.superseded
) AS f JOIN jet.capacity_claim AS c ON c.id = f.id
"""
_ATTENDEES = """
WITH r AS (SELECT DISTINCT organisation_id, decode(digest, 'hex') AS digest, id, name, email
           FROM json_to_recordset(CAST(:rows AS json))
               AS r(id uuid, organisation_id uuid, digest text, name text, email text)),
made AS (INSERT INTO jet.training_attendee (id, organisation_id, digest)
         SELECT id, organisation_id, digest FROM r ORDER BY organisation_id, digest
         ON CONFLICT ON CONSTRAINT training_attendee_once DO NOTHING RETURNING id)
SELECT id FROM made
"""
_DETAILS = """
INSERT INTO jet.attendee_detail (attendee_id, name, email)
SELECT r.id, r.name, r.email FROM json_to_recordset(CAST(:rows AS json)) AS r(id uuid, name text, email text)
"""
_KNOWN = f"""
SELECT r."row", a.id FROM {_ROWS} {_ATTENDEE}
"""
_MAKE = """
INSERT INTO jet.training_enrolment (id, run_id, participant_id, attendee_id, audience, organisation_id, nominated)
SELECT r.id, r.run_id, r.participant_id, r.attendee_id, r.audience, r.organisation_id, r.nominated
FROM json_to_recordset(CAST(:rows AS json)) AS r(id uuid, run_id uuid, participant_id uuid, attendee_id uuid,
    audience text, organisation_id uuid, nominated boolean)
"""
_REGROUP = """
UPDATE jet.training_enrolment AS e SET audience = r.audience, row_version = e.row_version + 1
FROM json_to_recordset(CAST(:rows AS json)) AS r(id uuid, audience text)
WHERE e.id = r.id AND e.audience <> r.audience RETURNING e.id
"""
_ONE = """
SELECT e.run_id, e.participant_id, e.attendee_id, e.audience FROM jet.training_enrolment AS e WHERE e.id = :id
"""
_HAS_COMPLETED = """
SELECT EXISTS (SELECT FROM jet.training_completion AS d WHERE d.course_id = :course
               AND (d.participant_id = :participant OR d.attendee_id = :attendee))
"""
# What is not asked for by its run or year begins a year ago. A version that any part of an entry has moved on from is
# never told again: withdrawn enrolments count on in the sum.
_SESSIONS = """
SELECT s.id, s.starts_at, s.ends_at, coalesce(s.place, r.place) AS place, s.number, s.title_ja, s.title_en, s.component,
    ed.name_ja, ed.name_en, r.code, r.cancelled_on IS NOT NULL AS cancelled, uuid_extract_timestamp(s.id) AS made_at,
    s.row_version + r.row_version + ed.row_version + {version} AS version, {names} AS names
FROM jet.training_session AS s
JOIN jet.training_run AS r ON r.id = s.run_id JOIN jet.training_edition AS ed ON ed.id = r.edition_id
{people}
WHERE ($1::text IS NULL OR r.code = $1) AND ($2::integer IS NULL OR ed.fiscal_year = $2)
AND ($1 IS NOT NULL OR $2 IS NOT NULL OR s.ends_at >= platform.now() - interval '1 year') {only}
ORDER BY s.starts_at, s.id
"""
_ENROLLED = """
JOIN LATERAL (
    SELECT sum(e.row_version + c.row_version) AS version, bool_or(c.state = 'confirmed') AS takes_part,
        array_agg(coalesce(nullif(concat_ws(' ', d.family_name, d.given_name, d.middle_name), ''), a.name, p.jet_number)
                  ORDER BY e.enrolled_at, e.id) FILTER (WHERE c.state = 'confirmed') AS names
    FROM jet.training_enrolment AS e JOIN jet.capacity_claim AS c ON c.id = e.id
    LEFT JOIN jet.participant AS p ON p.id = e.participant_id
    LEFT JOIN jet.person_detail AS d ON d.participant_id = e.participant_id
    LEFT JOIN jet.attendee_detail AS a ON a.attendee_id = e.attendee_id
    WHERE e.run_id = r.id AND {whose}
) AS k ON k.takes_part
"""
_ALL = _SESSIONS.format(version="0", names="NULL::text[]", people="", only="")
_OWN = _SESSIONS.format(
    version="k.version", names="k.names", only="",
    people=_ENROLLED.format(whose="e.organisation_id = ANY ((SELECT directory.visible_organisations())::uuid[])"),
)  # fmt: skip
_SELF = _SESSIONS.format(
    version="k.version", names="NULL::text[]", only="AND $3::uuid IS NOT NULL",
    people=_ENROLLED.format(whose="e.participant_id = $3::uuid"),
)  # fmt: skip
_INVITED = ("fiscal_year", "audiences", "arrival_group", "from_year", "requires", "enrol_by", "enrol_from",
            "enrol_until", "cancelled_on", "starts_on", "ends_on", "employer_informed")  # fmt: skip


class RunFacts(NamedTuple):
    """A run with its pool, and the business time of the transaction."""

    pool_id: UUID
    requires_id: UUID | None
    now: Any
    today: Any
    run: Run


class Present(NamedTuple):
    """The enrolment of today of a person in a run."""

    id: UUID
    audience: str
    party: int
    priority: int
    state: str
    organisation_id: UUID | None


def _json(rows: Iterable[Row]) -> str:
    return pydantic_core.to_json(list(rows)).decode()


class Enrolments:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def _by_row(self, sql: str, rows: Sequence[Row], *names: str) -> Sequence[Any]:
        """What is found for rows of a file, which the statement is told of by these of their values."""
        told = [{"row": row["_row"]} | {name: row[name] for name in names} for row in rows]
        return (await self._session.execute(text(sql), {"rows": _json(told)})).all() if told else ()

    async def runs(self, ids: Iterable[UUID]) -> dict[UUID, RunFacts]:
        found = await self._session.execute(text(_RUNS), {"ids": [str(one) for one in set(ids)]})
        return {
            row.id: RunFacts(
                row.pool_id, row.requires_id, row.now, row.today,
                Run(**{name: getattr(row, name) for name in _INVITED} | {"audiences": tuple(row.audiences)}),
            )
            for row in found
        }  # fmt: skip

    async def standings(self, participants: Iterable[UUID]) -> dict[UUID, Standing]:
        ids = [str(one) for one in set(participants)]
        found = (await self._session.execute(text(_STANDINGS), {"ids": ids})).all() if ids else ()
        return {row.participant_id: Standing(*row[1:]) for row in found}

    async def employers(self, rows: Sequence[Row]) -> dict[int, UUID | None]:
        """Of rows with a participant and the `day` that counts."""
        found = await self._by_row(_EMPLOYERS, rows, "participant_id", "day")
        return {row.row: row.organisation_id for row in found}

    async def completed(self, rows: Sequence[Row]) -> set[int]:
        """The rows whose person has an award of the course that comes first, as far as the caller may know."""
        names = ("participant_id", "organisation_id", "digest", "requires_id")
        asked = [row for row in rows if row["requires_id"] is not None]
        return {row.row for row in await self._by_row(_COMPLETED, asked, *names)}

    async def present(self, rows: Sequence[Row]) -> dict[int, Present]:
        names = ("run_id", "participant_id", "organisation_id", "digest")
        return {row.row: Present(*row[1:]) for row in await self._by_row(_PRESENT, rows, *names)}

    async def attendees(self, rows: Sequence[Row], ids: Sequence[UUID]) -> dict[int, UUID]:
        """Those of the rows, made where they are not known yet; `ids` are for new ones."""
        if not rows:
            return {}
        told = {
            (row["organisation_id"], row["digest"]): {
                "id": identity, "organisation_id": row["organisation_id"], "digest": row["digest"],
                "name": row["attendee_name"], "email": row["attendee_email"],
            }
            for row, identity in zip(rows, ids, strict=True)
        }  # fmt: skip
        made = {
            one.id for one in await self._session.execute(text(_ATTENDEES), {"rows": _json(told.values())})
        }
        new = [one for one in told.values() if one["id"] in made]
        if new:
            await self._session.execute(text(_DETAILS), {"rows": _json(new)})
        return {row.row: row.id for row in await self._by_row(_KNOWN, rows, "organisation_id", "digest")}

    async def make(self, rows: Sequence[Row]) -> None:
        names = ("id", "run_id", "participant_id", "attendee_id", "audience", "organisation_id", "nominated")
        told = [{name: row[name] for name in names} for row in rows]
        await self._session.execute(text(_MAKE), {"rows": _json(told)})

    async def regroup(self, rows: Sequence[Row]) -> set[UUID]:
        """Enrolments whose audience the rows tell otherwise."""
        told = [{"id": row["id"], "audience": row["audience"]} for row in rows]
        found = await self._session.execute(text(_REGROUP), {"rows": _json(told)}) if told else ()
        return {row.id for row in found}

    async def one(self, identity: UUID) -> Any:
        return (await self._session.execute(text(_ONE), {"id": identity})).one()

    async def has_completed(
        self, course: UUID | None, participant: UUID | None, attendee: UUID | None
    ) -> bool:
        asked = {"course": course, "participant": participant, "attendee": attendee}
        return course is not None and bool(await self._session.scalar(text(_HAS_COMPLETED), asked))


async def sessions(session: ReadSession, reach: Reach, run: str | None, year: int | None) -> Sequence[Record]:
    """Of the calendar: all sessions, those of people whom the caller's organisations know to take part, or one's own."""
    if reach == "self":
        return await session.fetch(_SELF, run, year, session.scope.principal.person)
    return await session.fetch(_OWN if reach == "own" else _ALL, run, year)
