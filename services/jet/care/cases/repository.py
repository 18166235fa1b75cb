"""The statements of cases and their keys."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from services.jet.care.cases.domain import pseudonym
from services.jet.care.keys import CaseKey, new_key, unwrapped
from services.kit.db.session import WriteSession
from services.kit.ids import PersonId, uuid7

_OPEN = """
SELECT c.id, k.wrapped FROM care.care_case AS c JOIN care.case_key AS k ON k.case_id = c.id
WHERE c.person_id = :person AND c.state = 'open'
"""
# Of two at once the second waits here for the first, and finds its case.
_MAKE = """
INSERT INTO care.care_case (id, pseudonym, person_id) VALUES (:id, :pseudonym, :person)
ON CONFLICT (person_id) WHERE state = 'open' DO NOTHING RETURNING id
"""
_KEY = "INSERT INTO care.case_key (case_id, wrapped, fingerprint) VALUES (:case, :wrapped, :fingerprint)"
_WRAPPED = "SELECT wrapped FROM care.case_key WHERE case_id = :case"


class Opened(NamedTuple):
    """`new`: made by this request."""

    id: UUID
    key: CaseKey
    new: bool


class Cases:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def of(self, person: PersonId) -> Opened:
        """The open case of a participant, who is the caller; made where there is none."""
        if (found := await self._open(person)) is not None:
            return found
        made, key = uuid7(), None
        values = {"id": made, "pseudonym": pseudonym(), "person": person}
        if (await self._session.execute(text(_MAKE), values)).one_or_none() is None:
            found = await self._open(person)
            assert found is not None
            return found
        key, wrapped = new_key(made)
        await self._session.execute(
            text(_KEY), {"case": made, "wrapped": wrapped.wrapped, "fingerprint": wrapped.fingerprint}
        )
        return Opened(made, key, True)

    async def _open(self, person: PersonId) -> Opened | None:
        row = (await self._session.execute(text(_OPEN), {"person": person})).one_or_none()
        return None if row is None else Opened(row.id, unwrapped(row.id, bytes(row.wrapped)), False)

    async def key(self, case: UUID) -> CaseKey | None:
        """None of a case that is shredded, or that the caller does not see."""
        wrapped = await self._session.scalar(text(_WRAPPED), {"case": case})
        return None if wrapped is None else unwrapped(case, bytes(wrapped))
