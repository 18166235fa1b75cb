"""The statements of submissions: made, locked in the order of their keys, moved, receipted."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import pydantic_core
from sqlalchemy import insert, select, text, tuple_, update

from services.jet.tables import (
    participant,
    placement_receipt,
    placement_remark,
    placement_request,
    placement_submission,
)
from services.kit import directory
from services.kit.db.session import WriteSession

Key = tuple[UUID, int]
_INNER = ("id", "organisation_id", "participant_id", "row_version")
_ANSWERED = tuple(column for column in placement_request.c if column.name not in _INNER)
# of a row of an answer, as its lists and its form name them
FIELDS = ("organisation_code", "jet_number", *(str(column.name) for column in _ANSWERED))


class Submission(NamedTuple):
    """A locked submission with its survey's deadlines; `now` is business time."""

    id: UUID
    organisation_id: UUID
    programme_year: int
    state: str
    late: bool | None
    host_deadline_at: datetime
    clair_deadline_at: datetime
    now: datetime


class Receipt(NamedTuple):
    """As what an answer arrived; `import_id` where it came as a file."""

    number: str
    arrived_at: datetime
    sha256: bytes
    import_id: UUID | None = None


_KEYS = """
(SELECT DISTINCT organisation_id, programme_year
 FROM jsonb_to_recordset(CAST(:keys AS jsonb)) AS r(organisation_id uuid, programme_year integer)) AS k
"""
_MADE = f"""
INSERT INTO jet.placement_submission (organisation_id, programme_year)
SELECT k.organisation_id, k.programme_year FROM {_KEYS}
JOIN jet.placement_survey AS v ON v.programme_year = k.programme_year
ORDER BY k.organisation_id, k.programme_year
ON CONFLICT ON CONSTRAINT placement_submission_once DO NOTHING RETURNING id, organisation_id
"""
# Those who are asked: whoever holds the role today.
_ASKED = """
INSERT INTO jet.placement_submission (organisation_id, programme_year)
SELECT DISTINCT r.organisation_id, CAST(:year AS integer) FROM directory.organisation_role AS r
WHERE r.role = 'contracting_organisation' AND r.effective @> platform.today()
ORDER BY r.organisation_id
ON CONFLICT ON CONSTRAINT placement_submission_once DO NOTHING RETURNING id, organisation_id
"""
_LOCKED = """
SELECT s.id, s.organisation_id, s.programme_year, s.state, s.late, v.host_deadline_at, v.clair_deadline_at,
    platform.now() AS now
FROM jet.placement_submission AS s JOIN jet.placement_survey AS v ON v.programme_year = s.programme_year
{among} ORDER BY s.organisation_id, s.programme_year FOR NO KEY UPDATE OF s
"""
_NAMED = f"JOIN {_KEYS} ON k.organisation_id = s.organisation_id AND k.programme_year = s.programme_year"
_CODED = """
JOIN directory.organisation AS o ON o.id = s.organisation_id
JOIN jsonb_to_recordset(CAST(:keys AS jsonb)) AS k(code text, programme_year integer)
    ON k.code = o.code AND k.programme_year = s.programme_year
"""
_BY_ID = "WHERE s.id = ANY (CAST(:ids AS uuid[]))"
_OF_AN_ACT = "WHERE s.consolidation_id = :act AND s.state = 'consolidated'"
# The host authority's members of today; who is nobody's member is its own.
_SUBMITTED_TO = """
WHERE s.programme_year = :year AND s.state = 'submitted' AND :host = coalesce(
    (SELECT h.host_id FROM directory.hierarchy AS h
     WHERE h.member_id = s.organisation_id AND h.effective @> platform.today()), s.organisation_id)
"""
_SUBMIT = """
UPDATE jet.placement_submission AS s SET state = 'submitted', late = m.late, row_version = row_version + 1,
    submitted_at = greatest(s.submitted_at, CAST(:at AS timestamptz))
FROM jsonb_to_recordset(CAST(:moved AS jsonb)) AS m(id uuid, late boolean) WHERE s.id = m.id
"""


def _json(value: Any) -> str:
    return pydantic_core.to_json(value).decode()


def _keys(keys: Iterable[Key]) -> str:
    return _json([{"organisation_id": key[0], "programme_year": key[1]} for key in sorted(set(keys))])


class Submissions:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def make(self, keys: Iterable[Key]) -> list[tuple[UUID, UUID]]:
        """Drafts where there are none yet, of years that are surveyed: id and organisation of each."""
        made = await self._session.execute(text(_MADE), {"keys": _keys(keys)})
        return [(row.id, row.organisation_id) for row in made]

    async def ask(self, programme_year: int) -> list[tuple[UUID, UUID]]:
        """Drafts of the contracting organisations of today that have none yet."""
        made = await self._session.execute(text(_ASKED), {"year": programme_year})
        return [(row.id, row.organisation_id) for row in made]

    async def named(self, keys: Iterable[Key]) -> list[Submission]:
        return await self._locked(_NAMED, keys=_keys(keys))

    async def coded(self, keys: Iterable[tuple[str, int]]) -> list[Submission]:
        """By the organisation's code and the year."""
        named = [{"code": code, "programme_year": year} for code, year in sorted(set(keys))]
        return await self._locked(_CODED, keys=_json(named))

    async def by_id(self, *ids: UUID) -> list[Submission]:
        return await self._locked(_BY_ID, ids=list(map(str, ids)))

    async def of_act(self, consolidation: UUID) -> list[Submission]:
        return await self._locked(_OF_AN_ACT, act=consolidation)

    async def submitted_to(self, host: UUID, programme_year: int) -> list[Submission]:
        return await self._locked(_SUBMITTED_TO, host=host, year=programme_year)

    async def _locked(self, among: str, **values: Any) -> list[Submission]:
        """Until the transaction ends they stay as they are; all writers take them in the same order."""
        found = await self._session.execute(text(_LOCKED.format(among=among)), values)
        return [Submission(*row) for row in found]

    async def move(self, found: Sequence[Submission], state: str, consolidation: UUID | None = None) -> None:
        t = placement_submission
        moved = {"state": state, "consolidation_id": consolidation, "row_version": t.c.row_version + 1}
        await self._session.execute(update(t).where(t.c.id.in_([one.id for one in found])).values(moved))

    async def submit(self, late: dict[UUID, bool], arrived_at: datetime) -> None:
        """`late`: of each submission, as it stands from now on."""
        moved = [{"id": identity, "late": value} for identity, value in late.items()]
        await self._session.execute(text(_SUBMIT), {"moved": _json(moved), "at": arrived_at})

    async def receive(self, receipts: list[dict[str, Any]]) -> None:
        await self._session.execute(insert(placement_receipt), receipts)

    async def remark(self, remarks: list[dict[str, Any]]) -> None:
        await self._session.execute(insert(placement_remark), remarks)

    async def rows(self, keys: Iterable[Key]) -> list[dict[str, Any]]:
        """What organisations answer, as their lists show it, in the order of code and line."""
        r, o, p = placement_request.c, directory.organisation.c, participant.c
        statement = (
            select(o.code.label("organisation_code"), p.jet_number, *_ANSWERED)
            .join_from(placement_request, directory.organisation, o.id == r.organisation_id)
            .join(participant, p.id == r.participant_id, isouter=True)
            .where(tuple_(r.organisation_id, r.programme_year).in_(list(keys)))
            .order_by(o.code, r.programme_year, r.line)
        )
        return [dict(row) for row in (await self._session.execute(statement)).mappings()]
