"""The statements of capacity: pools locked in the order of their ids, claims made and moved set by set."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import pydantic_core
from sqlalchemy import text

from services.kit.capacity.domain import Claim, Pool, Wanted
from services.kit.db.query import array
from services.kit.db.session import ReadSession, WriteSession

# read once: the cast of a text is no constant, and would be made for each row
_IDS = "ANY ((SELECT CAST(CAST(:ids AS text) AS uuid[]))::uuid[])"
_POOL = "p.id, p.resource, p.seats, p.taken, p.drawn, p.offer_hours"
_CLAIM = (
    "c.id, c.pool_id, c.party, c.priority, c.state, c.number, c.claimed_at, c.offer_ends_at, "
    "c.organisation_id, c.row_version"
)
_OPEN = """
INSERT INTO {s}.capacity_pool (id, resource, seats, offer_hours)
SELECT r.id, :resource, r.seats, :offer_hours
FROM json_to_recordset(CAST(:rows AS json)) AS r(id uuid, seats integer)
"""
_RESIZE = """
UPDATE {s}.capacity_pool AS p SET seats = r.seats, row_version = p.row_version + 1
FROM json_to_recordset(CAST(:rows AS json)) AS r(id uuid, seats integer)
WHERE p.id = r.id AND p.seats IS DISTINCT FROM r.seats
"""
_DRAW = """
UPDATE {s}.capacity_pool AS p SET drawn = p.drawn + r.given
FROM json_to_recordset(CAST(:rows AS json)) AS r(id uuid, given integer) WHERE p.id = r.id
"""
_LOCK = f"""
SELECT {_POOL}, (SELECT platform.now()) AS now FROM {{s}}.capacity_pool AS p WHERE p.id = {_IDS} ORDER BY p.id FOR UPDATE
"""
_FIND = f"SELECT {_CLAIM} FROM {{s}}.capacity_claim AS c WHERE c.id = {_IDS} ORDER BY c.id"
_POOLS_OF = f"SELECT DISTINCT c.pool_id FROM {{s}}.capacity_claim AS c WHERE c.id = {_IDS}"
# pools where somebody who waits fits, and everybody who waits there
_QUEUE = f"""
SELECT {_CLAIM}, p.seats - p.taken AS free
FROM {{s}}.capacity_pool AS p JOIN {{s}}.capacity_claim AS c ON c.pool_id = p.id AND c.state = 'waiting'
WHERE p.id = {_IDS} AND EXISTS (
    SELECT FROM {{s}}.capacity_claim AS w
    WHERE w.pool_id = p.id AND w.state = 'waiting' AND (p.seats IS NULL OR w.party <= p.seats - p.taken))
ORDER BY c.pool_id, c.priority, c.number
"""
_MAKE = f"""
INSERT INTO {{s}}.capacity_claim AS c
    (id, pool_id, party, priority, state, number, claimed_at, organisation_id)
SELECT r.id, r.pool_id, r.party, r.priority, r.state, r.number, CAST(:now AS timestamptz), r.organisation_id
FROM json_to_recordset(CAST(:rows AS json)) AS r(id uuid, pool_id uuid, party smallint, priority smallint, state text,
    number integer, organisation_id uuid)
RETURNING {_CLAIM}
"""
_MOVE = f"""
UPDATE {{s}}.capacity_claim AS c SET state = :state, offer_ends_at = NULL, row_version = c.row_version + 1
WHERE c.id = {_IDS} RETURNING {_CLAIM}
"""
_OFFER = f"""
UPDATE {{s}}.capacity_claim AS c
SET state = 'offered', row_version = c.row_version + 1,
    offer_ends_at = CAST(:now AS timestamptz) + make_interval(hours => p.offer_hours)
FROM {{s}}.capacity_pool AS p WHERE p.id = c.pool_id AND c.id = {_IDS} RETURNING {_CLAIM}
"""
_LAPSE = f"""
UPDATE {{s}}.capacity_claim AS c SET state = 'lapsed', offer_ends_at = NULL, row_version = c.row_version + 1
WHERE c.pool_id = {_IDS} AND c.state = 'offered' AND c.offer_ends_at <= CAST(:now AS timestamptz) RETURNING {_CLAIM}
"""
_DUE = """
SELECT p.resource, p.id FROM {s}.capacity_pool AS p
WHERE p.id IN (SELECT c.pool_id FROM {s}.capacity_claim AS c
               WHERE c.state = 'offered' AND c.offer_ends_at <= (SELECT platform.now()))
ORDER BY p.id LIMIT 1000
"""


class Locked(NamedTuple):
    """Pools that nobody else claims from meanwhile, and the business time that rules over them."""

    pools: dict[UUID, Pool]
    now: datetime


class Waiting(NamedTuple):
    """Who waits for a pool, and how many seats it has free."""

    free: int | None
    claims: list[Claim]


def _json(rows: Iterable[Mapping[str, Any]]) -> str:
    return pydantic_core.to_json(list(rows)).decode()


class Claims:
    """Of one schema, for the caller of the session."""

    def __init__(self, session: WriteSession, schema: str) -> None:
        self._session, self._schema = session, schema

    async def _run(self, sql: str, **values: object) -> Sequence[Any]:
        done = await self._session.execute(text(sql.format(s=self._schema)), values)
        return done.all() if done.returns_rows else ()  # type: ignore[attr-defined]

    async def _claims(self, sql: str, **values: object) -> list[Claim]:
        return [Claim(*row) for row in await self._run(sql, **values)]

    async def open(self, seats: Mapping[UUID, int | None], resource: str, offer_hours: int) -> None:
        rows = _json({"id": pool, "seats": number} for pool, number in seats.items())
        await self._run(_OPEN, rows=rows, resource=resource, offer_hours=offer_hours)

    async def resize(self, seats: Mapping[UUID, int | None]) -> None:
        await self._run(_RESIZE, rows=_json({"id": pool, "seats": number} for pool, number in seats.items()))

    async def draw(self, given: Mapping[UUID, int]) -> None:
        if given:
            await self._run(
                _DRAW, rows=_json({"id": pool, "given": number} for pool, number in given.items())
            )

    async def lock(self, pools: Iterable[UUID]) -> Locked | None:
        """None where there is none of them."""
        rows = await self._run(_LOCK, ids=array(set(pools)))
        return Locked({row.id: Pool(*row[:-1]) for row in rows}, rows[0].now) if rows else None

    async def pools_of(self, claims: Iterable[UUID]) -> set[UUID]:
        return {row.pool_id for row in await self._run(_POOLS_OF, ids=array(claims))}

    async def find(self, claims: Iterable[UUID]) -> list[Claim]:
        return await self._claims(_FIND, ids=array(claims))

    async def queues(self, pools: Iterable[UUID]) -> list[Waiting]:
        """Of the pools that have room for somebody who waits."""
        made: dict[UUID, Waiting] = {}
        for *claim, free in await self._run(_QUEUE, ids=array(pools)):
            one = Claim(*claim)
            made.setdefault(one.pool_id, Waiting(free, [])).claims.append(one)
        return list(made.values())

    async def make(self, wanted: Iterable[tuple[Wanted, str, int | None]], now: datetime) -> list[Claim]:
        """New claims, each in its state and with its waiting number."""
        rows = _json(
            {
                "id": one.id, "pool_id": one.pool_id, "party": one.party, "priority": one.priority, "state": state,
                "number": number, "organisation_id": one.organisation_id,
            }
            for one, state, number in wanted
        )  # fmt: skip
        return await self._claims(_MAKE, rows=rows, now=now)

    async def move(self, claims: Iterable[UUID], state: str) -> list[Claim]:
        return await self._claims(_MOVE, ids=array(claims), state=state)

    async def offer(self, claims: Iterable[UUID], now: datetime) -> list[Claim]:
        return await self._claims(_OFFER, ids=array(claims), now=now)

    async def lapse(self, pools: Iterable[UUID], now: datetime) -> list[Claim]:
        """The offers of these pools that have ended."""
        return await self._claims(_LAPSE, ids=array(pools), now=now)


async def has_capacity(session: ReadSession, schema: str) -> bool:
    row = await session.row("SELECT to_regclass($1) IS NOT NULL AS there", f"{schema}.capacity_pool")
    return row is not None and bool(row["there"])


async def due(session: ReadSession, schema: str) -> list[tuple[str, UUID]]:
    """Pools with offers that have ended, each with the resource that it is for."""
    return [(row["resource"], row["id"]) for row in await session.fetch(_DUE.format(s=schema))]
