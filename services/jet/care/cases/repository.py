"""The statements of cases and their keys."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from services.jet.care.cases.domain import pseudonym
from services.jet.care.keys import CaseKey, Unreadable, fingerprint_of, new_key, unwrapped
from services.kit.db.session import WriteSession
from services.kit.errors import ABSENT, CONFLICT
from services.kit.ids import PersonId, uuid7

# Whoever closes it meanwhile is waited for: then there is none, and another is made. What a participant does at once
# goes one after the other: two that shared the lock could not both go on to write
_OPEN = """
SELECT c.id, k.wrapped FROM care.care_case AS c JOIN care.case_key AS k ON k.case_id = c.id
WHERE c.person_id = :person AND c.state = 'open' FOR NO KEY UPDATE OF c
"""
# Of two at once the second waits here for the first, and finds its case.
_MAKE = """
INSERT INTO care.care_case (id, pseudonym, person_id) VALUES (:id, :pseudonym, :person)
ON CONFLICT (person_id) WHERE state = 'open' DO NOTHING RETURNING id
"""
_HELD = "SELECT id FROM care.care_case WHERE person_id = :person AND state = 'open' FOR NO KEY UPDATE"
_KEY = "INSERT INTO care.case_key (case_id, wrapped, fingerprint) VALUES (:case, :wrapped, :fingerprint)"
_LOCK = "SELECT state, person_id, counsellor_id FROM care.care_case WHERE id = :case FOR UPDATE"
_WALLED = "SELECT care.walled(:counsellor, :person)"
_PARTED = (
    "SELECT id FROM care.care_case WHERE state = 'open' AND care.walled(counsellor_id, person_id) ORDER BY id"
)
_ASSIGN = """
UPDATE care.care_case SET counsellor_id = :counsellor, organisation_id = :organisation, row_version = row_version + 1
WHERE id = :case
"""
_ORGANISATION = "SELECT id FROM directory.organisation WHERE code = :code"
_CLOSE = """
UPDATE care.care_case SET state = 'closed', closed_on = :closed_on, outcome = :outcome, keep_until = :keep_until,
    row_version = row_version + 1
WHERE id = :case
"""
# A claim in the case `c` that is still to be decided, to be paid, or to be handed in for a fiscal year from `since` on.
CLAIM_WAITS = """EXISTS (SELECT FROM care.claim AS m WHERE m.case_id = c.id
    AND (m.state IN ('submitted', 'approved') OR m.state IN ('draft', 'returned') AND m.fiscal_year >= :since))"""
# The bank's file of a payment is made until its day.
_OVER = f"""c.state = 'closed' AND c.keep_until < platform.today() AND NOT {CLAIM_WAITS} AND NOT EXISTS (
    SELECT FROM care.claim AS p WHERE p.case_id = c.id AND p.pay_on >= platform.today())"""
_DUE = f"SELECT c.id FROM care.care_case AS c WHERE {_OVER} ORDER BY c.keep_until LIMIT :most"
# whoever hands one in at this moment is waited for, or finds the case shredded
_HOLD_CLAIMS = "SELECT id FROM care.claim WHERE case_id = :case ORDER BY id FOR UPDATE"
# Of two workers the second finds the case shredded. Whose it was the database forgets.
_SHRED = f"""
UPDATE care.care_case AS c SET state = 'shredded', shredded_at = platform.now(), row_version = row_version + 1
WHERE c.id = :case AND {_OVER} RETURNING c.keep_until
"""
_DESTROY = "DELETE FROM care.case_key WHERE case_id = :case RETURNING wrapped, fingerprint"
_PROVE = """
INSERT INTO care.shred_proof (id, case_id, fingerprint, kept_until) VALUES (:id, :case, :fingerprint, :kept_until)
"""
# which of them are old is the policy's to say
_FORGET = "DELETE FROM care.idempotency"
_WRAPPED = "SELECT wrapped FROM care.case_key WHERE case_id = :case"


class Opened(NamedTuple):
    """`new`: made by this request."""

    id: UUID
    key: CaseKey
    new: bool


class Locked(NamedTuple):
    state: str
    person: UUID | None
    counsellor: UUID | None


class Cases:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def of(self, person: PersonId) -> Opened:
        """The open case of a participant, who is the caller; made where there is none."""
        if (found := await self._open(person)) is not None:
            return found
        if (made := await self._make(person)) is not None:
            return made
        found = await self._open(person)
        assert found is not None
        return found

    async def open_for(self, person: UUID) -> tuple[UUID, bool]:
        """The same by an officer, who gets no key of a case that is there; whether it was made."""
        if (made := await self._make(person)) is not None:
            return made.id, True
        found = await self.held(person)
        if found is None:  # it was closed meanwhile
            raise CONFLICT()
        return found, False

    async def held(self, person: UUID) -> UUID | None:
        """The open case of a person, which stays as it is until the transaction ends."""
        found: UUID | None = await self._session.scalar(text(_HELD), {"person": person})
        return found

    async def _make(self, person: UUID) -> Opened | None:
        made = uuid7()
        values = {"id": made, "pseudonym": pseudonym(), "person": person}
        if (await self._session.execute(text(_MAKE), values)).one_or_none() is None:
            return None
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

    async def lock(self, case: UUID) -> Locked:
        row = (await self._session.execute(text(_LOCK), {"case": case})).one_or_none()
        if row is None:
            raise ABSENT()
        return Locked(*row)

    async def walled(self, counsellor: UUID | None, person: UUID | None) -> bool:
        given = {"counsellor": counsellor, "person": person}
        return bool(await self._session.scalar(text(_WALLED), given))

    async def organisation(self, code: str) -> UUID | None:
        found: UUID | None = await self._session.scalar(text(_ORGANISATION), {"code": code})
        return found

    async def parted(self) -> list[UUID]:
        """Open cases from whose participant a wall parts their counsellor."""
        return list(await self._session.scalars(text(_PARTED)))

    async def assign(self, case: UUID, counsellor: UUID | None, organisation: UUID | None) -> None:
        given = {"case": case, "counsellor": counsellor, "organisation": organisation}
        await self._session.execute(text(_ASSIGN), given)

    async def today(self) -> date:
        found: date = await self._session.scalar(text("SELECT platform.today()"))
        return found

    async def close(self, case: UUID, outcome: str, closed_on: date, keep_until: date) -> None:
        given = {"case": case, "outcome": outcome, "closed_on": closed_on, "keep_until": keep_until}
        await self._session.execute(text(_CLOSE), given)

    async def due(self, most: int, since: int) -> list[UUID]:
        """Closed cases whose time is over and in which no claim waits, by the last day for which they were kept."""
        return list(await self._session.scalars(text(_DUE), {"most": most, "since": since}))

    async def shred(self, case: UUID, since: int) -> UUID | None:
        """The proof of it; None where it is not due any more. What the fingerprint says of the key is seen once more."""
        await self._session.execute(text(_HOLD_CLAIMS), {"case": case})
        kept_until = await self._session.scalar(text(_SHRED), {"case": case, "since": since})
        if kept_until is None:
            return None
        gone = (await self._session.execute(text(_DESTROY), {"case": case})).one()
        fingerprint = fingerprint_of(case, bytes(gone.wrapped))
        if fingerprint != bytes(gone.fingerprint):
            raise Unreadable
        proof = uuid7()
        given = {"id": proof, "case": case, "fingerprint": fingerprint, "kept_until": kept_until}
        await self._session.execute(text(_PROVE), given)
        return proof

    async def forget_answers(self) -> None:
        await self._session.execute(text(_FORGET))
