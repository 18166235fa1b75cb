"""What a run decides on, and what it comes to: the statements of runs, results and assignments."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import pydantic_core
from sqlalchemy import insert, text

from services.jet.internship_assignments.domain import Applicant, Case, Host
from services.jet.internship_tables import internship_assignment_run, internship_result
from services.kit.db.session import WriteSession
from services.kit.resource import Row
from services.kit.text import Text

# As applications hold it when they are withdrawn: one decision about a programme at a time.
_HOLD = "SELECT pg_advisory_xact_lock(hashtextextended('internship_programme ' || CAST(:id AS text), 0))"
_HOSTS = """
SELECT h.id, o.name, coalesce(o.name_en, o.name) AS name_en, h.place, h.places, h.min_year, h.japanese_level, h.languages
FROM jet.internship_host AS h JOIN directory.organisation AS o ON o.id = h.organisation_id
WHERE h.programme_id = :id ORDER BY h.id
"""
# The year of participation on the programme's first day, of the latest participation; a programme year begins with
# the arrivals of summer. Nobody for whom participation will have ended has one.
_YEAR = """
(SELECT CASE WHEN n.state = 'withdrawn' OR n.left_on < p.date_end THEN NULL
    ELSE greatest(1, extract(year FROM p.date_start - interval '7 months')::integer - n.programme_year + 1) END
 FROM jet.participation AS n WHERE n.participant_id = a.participant_id ORDER BY n.programme_year DESC LIMIT 1)
"""
_APPLICATIONS = f"""
SELECT a.id, a.participant_id, a.first_host_id, a.second_host_id, a.third_host_id, a.japanese_level, a.languages,
    {_YEAR} AS year, s.host_id AS kept
FROM jet.internship_application AS a JOIN jet.internship_programme AS p ON p.id = a.programme_id
LEFT JOIN jet.internship_assignment AS s ON s.application_id = a.id AND s.state = 'assigned'
WHERE {{among}} AND a.state = 'submitted' ORDER BY a.id
"""
_NUMBER = "SELECT coalesce(max(number), 0) + 1 FROM jet.internship_assignment_run WHERE programme_id = :id"
_RUN = """
SELECT state, input_sha256 FROM jet.internship_assignment_run WHERE id = :id FOR NO KEY UPDATE
"""
_SUPERSEDE = """
UPDATE jet.internship_assignment_run SET state = 'superseded', row_version = row_version + 1
WHERE programme_id = :id AND state = 'published' RETURNING id
"""
_PUBLISH = """
UPDATE jet.internship_assignment_run SET state = 'published', published_at = platform.now(), row_version = row_version + 1
WHERE id = :id
"""
# A place that was given back may be given to the same person again.
_ASSIGN = """
INSERT INTO jet.internship_assignment (application_id, programme_id, participant_id, host_id, organisation_id, run_id)
SELECT r.application_id, r.programme_id, r.participant_id, r.host_id, h.organisation_id, r.run_id
FROM jet.internship_result AS r JOIN jet.internship_host AS h ON h.id = r.host_id
WHERE r.run_id = :id AND NOT r.kept ORDER BY r.host_id, r.application_id
ON CONFLICT ON CONSTRAINT internship_assignment_application_key DO UPDATE SET host_id = excluded.host_id,
    organisation_id = excluded.organisation_id, run_id = excluded.run_id, state = 'assigned', withdrawn_at = NULL,
    assigned_at = platform.now(), row_version = internship_assignment.row_version + 1
RETURNING id
"""
_NAMED = """
SELECT r.row, a.id AS application_id, h.programme_id = r.programme_id AS of_programme, h.organisation_id
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r("row" integer, programme_id uuid, participant_id uuid, host_id uuid)
JOIN jet.internship_host AS h ON h.id = r.host_id
LEFT JOIN jet.internship_application AS a ON a.programme_id = r.programme_id AND a.participant_id = r.participant_id
"""


class Gathered(NamedTuple):
    """A case with what its rows are stored by: whose each application is."""

    case: Case
    participants: dict[UUID, UUID]
    wishes: dict[UUID, tuple[UUID, ...]]


class Run(NamedTuple):
    state: str
    input_sha256: bytes


class Asked(NamedTuple):
    """What a row of a list names: `application_id` where there is one."""

    application_id: UUID | None
    of_programme: bool
    organisation_id: UUID


class Assignments:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def hold(self, programme: UUID) -> None:
        await self._session.execute(text(_HOLD), {"id": str(programme)})

    async def case(self, programme: UUID) -> Gathered:
        hosts = await self.hosts(programme)
        found = await self._session.execute(
            text(_APPLICATIONS.format(among="a.programme_id = :id")), {"id": programme}
        )
        rows = found.all()
        kept = tuple((row.id, row.kept) for row in rows if row.kept is not None)
        asking = tuple(_applicant(row) for row in rows if row.kept is None)
        return Gathered(
            Case(hosts, asking, kept),
            {row.id: row.participant_id for row in rows},
            {row.id: _applicant(row).wishes for row in rows},
        )

    async def hosts(self, programme: UUID) -> tuple[Host, ...]:
        found = await self._session.execute(text(_HOSTS), {"id": programme})
        return tuple(
            Host(row.id, _name(row), row.places, row.min_year, row.japanese_level, tuple(row.languages))
            for row in found
        )

    async def applicants(self, applications: Sequence[UUID]) -> dict[UUID, Applicant]:
        """Those of applications that stand."""
        statement = _APPLICATIONS.format(among="a.id = ANY (CAST(:ids AS uuid[]))")
        found = await self._session.execute(text(statement), {"ids": [str(one) for one in applications]})
        return {row.id: _applicant(row) for row in found}

    async def number(self, programme: UUID) -> int:
        return int((await self._session.execute(text(_NUMBER), {"id": programme})).scalar_one())

    async def keep(self, run: Row, results: Sequence[Row]) -> None:
        await self._session.execute(insert(internship_assignment_run), run)
        if results:
            await self._session.execute(insert(internship_result), list(results))

    async def lock(self, run: UUID) -> Run:
        return Run(*(await self._session.execute(text(_RUN), {"id": run})).one())

    async def supersede(self, programme: UUID) -> list[UUID]:
        return list(await self._session.scalars(text(_SUPERSEDE), {"id": programme}))

    async def publish(self, run: UUID) -> list[UUID]:
        """The ids of the assignments that it makes."""
        await self._session.execute(text(_PUBLISH), {"id": run})
        return list(await self._session.scalars(text(_ASSIGN), {"id": run}))

    async def named(self, rows: Sequence[Row]) -> dict[int, Asked]:
        """What rows of a list name, by row."""
        names = ("programme_id", "participant_id", "host_id")
        given = [{"row": row["_row"]} | {name: row[name] for name in names} for row in rows]
        found = await self._session.execute(text(_NAMED), {"rows": pydantic_core.to_json(given).decode()})
        return {row[0]: Asked(*row[1:]) for row in found}


def _name(row: Any) -> Text:
    at = f"（{row.place}）" if row.place else ""
    return Text(f"{row.name}{at}", f"{row.name_en} ({row.place})" if row.place else row.name_en)


def _applicant(row: Any) -> Applicant:
    wishes = tuple(
        one for one in (row.first_host_id, row.second_host_id, row.third_host_id) if one is not None
    )
    return Applicant(row.id, wishes, row.year, row.japanese_level, tuple(row.languages))
