"""The statements of registrations: the legs that they are for, who is registered, and who has come."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import pydantic_core
from sqlalchemy import ColumnElement, func, or_, select, text, update

from services.events.registrations.tables import registration
from services.events.tables import capacity_claim, edition, leg
from services.kit.capacity.tables import shown_state
from services.kit.db.session import WriteSession
from services.kit.resource import Row

NOW: Any = func.platform.now()
OFF: ColumnElement[bool] = or_(leg.c.cancelled_on.is_not(None), edition.c.standing != "as_planned")


class Place(NamedTuple):
    """A leg as registrations are for it."""

    id: UUID
    pool_id: UUID | None
    off: bool
    registers_from: datetime | None
    registers_until: datetime | None
    starts_on: date
    time_zone: str
    now: datetime


class Held(NamedTuple):
    """A registration as it stands, locked until the transaction ends."""

    state: str
    party: int
    checked_in_at: datetime | None
    off: bool
    starts_on: date
    time_zone: str
    now: datetime


_ROWS = (
    'json_to_recordset(CAST(:rows AS json)) AS r("row" integer, id uuid, leg_id uuid, office text, '
    "organisation_id uuid, digest text, name text, email text, affiliation text, search_key text)"
)
# of each row's person the last registration for the leg
_PRESENT = f"""
SELECT DISTINCT ON (r."row") r."row", g.id,
    CASE WHEN c.state = 'offered' AND c.offer_ends_at <= platform.now() THEN 'lapsed' ELSE c.state END, c.party
FROM {_ROWS} JOIN events.registration AS g ON g.leg_id = r.leg_id AND g.digest = decode(r.digest, 'hex')
    AND g.organisation_id IS NOT DISTINCT FROM r.organisation_id AND NOT g.over
JOIN events.capacity_claim AS c ON c.id = g.id ORDER BY r."row"
"""
_MAKE = f"""
INSERT INTO events.registration (id, leg_id, office, organisation_id, digest)
SELECT r.id, r.leg_id, r.office, r.organisation_id, decode(r.digest, 'hex') FROM {_ROWS}
"""
_PEOPLE = f"""
INSERT INTO events.registration_person (registration_id, name, email, affiliation, search_key)
SELECT r.id, r.name, r.email, r.affiliation, r.search_key FROM {_ROWS}
"""


class Registrations:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def places(self, legs: Iterable[UUID]) -> dict[UUID, Place]:
        """As they stand until the transaction ends: who calls one off waits, or is waited for."""
        wanted = set(legs)
        await self._session.execute(
            select(leg.c.id).where(leg.c.id.in_(wanted)).order_by(leg.c.id).with_for_update(read=True)
        )
        found = (
            select(
                leg.c.id, leg.c.pool_id, OFF, leg.c.registers_from, leg.c.registers_until, leg.c.starts_on,
                leg.c.time_zone, NOW,
            )
            .join_from(leg, edition, edition.c.id == leg.c.edition_id)
            .where(leg.c.id.in_(wanted))
        )  # fmt: skip
        return {row[0]: Place._make(row) for row in await self._session.execute(found)}

    async def present(self, rows: Sequence[Row]) -> dict[int, tuple[UUID, str, int]]:
        """Id, state and party, by row."""
        found = await self._session.execute(text(_PRESENT), {"rows": _json(rows)})
        return {number: (identity, state, party) for number, identity, state, party in found.all()}

    async def make(self, rows: Sequence[Row]) -> None:
        for statement in (_MAKE, _PEOPLE):
            await self._session.execute(text(statement), {"rows": _json(rows)})

    async def lock(self, identity: UUID) -> Held:
        r, c = registration.c, capacity_claim.c
        wanted = (
            select(
                shown_state(capacity_claim),
                c.party,
                r.checked_in_at,
                OFF,
                leg.c.starts_on,
                leg.c.time_zone,
                NOW,
            )
            .join_from(registration, capacity_claim, c.id == r.id)
            .join(leg, leg.c.id == r.leg_id)
            .join(edition, edition.c.id == leg.c.edition_id)
            .where(r.id == identity)
            .with_for_update(of=registration)
        )
        return Held._make((await self._session.execute(wanted)).one())

    async def set(self, ids: Sequence[UUID], **values: Any) -> None:
        counted = values | {"row_version": registration.c.row_version + 1}
        await self._session.execute(update(registration).where(registration.c.id.in_(ids)).values(counted))


def _json(rows: Sequence[Row]) -> str:
    names = (
        "id",
        "leg_id",
        "office",
        "organisation_id",
        "digest",
        "name",
        "email",
        "affiliation",
        "search_key",
    )
    return pydantic_core.to_json(
        [{"row": row["_row"]} | {name: row.get(name) for name in names} for row in rows]
    ).decode()
