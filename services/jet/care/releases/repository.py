"""The statements of a release: what is counted in a year, and what is kept of it."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import insert, text

from services.jet.care.releases.domain import LOCAL, NONE, Fact, Key, Line, Rules, prefecture_of, vendor_kind
from services.jet.care.releases.tables import figure_cell, figure_total
from services.kit.db.session import ReadSession, WriteSession
from services.kit.ids import uuid7

# Returns of the year that are being written are waited for; whoever writes one later finds the year closed.
_CLOSE = "SELECT pg_advisory_xact_lock(hashtext('care.figure_release'), :year)"
_STANDS = """
SELECT platform.today() AS today, EXISTS (SELECT FROM care.figure_release WHERE fiscal_year = :year) AS released
"""
_FACTS = """
SELECT f.channel, f.unit, f.month, f.kept, o.kind, o.code, h.code AS host, sum(f.value)::bigint AS value
FROM (
    SELECT channel, unit, month, false AS kept, organisation_id, NULL::uuid AS host_id, value
    FROM care.vendor_return WHERE fiscal_year = :year
    UNION ALL
    SELECT channel, unit, month, true, organisation_id, host_id, value
    FROM care.counted_contact WHERE fiscal_year = :year
) AS f
LEFT JOIN directory.organisation AS o ON o.id = f.organisation_id
LEFT JOIN directory.organisation AS h ON h.id = f.host_id
GROUP BY f.channel, f.unit, f.month, f.kept, o.kind, o.code, h.code
"""
# in the order of the list, which is the report's, by the label that the year ended with
_CHANNELS = """
SELECT code, (array_agg(label_ja ORDER BY lower(effective) DESC NULLS LAST))[1] AS label FROM care.channel
WHERE effective && daterange(make_date(:year, 4, 1), make_date(:year + 1, 4, 1))
GROUP BY code ORDER BY (array_agg(id ORDER BY id))[1]
"""
_CLAIMS = """
SELECT sum(claims)::bigint AS claims, sum(persons)::bigint AS persons FROM care.granted_claim
WHERE fiscal_year = :year
"""
_RELEASE = """
INSERT INTO care.figure_release (id, fiscal_year, threshold, rounding, protection)
VALUES (:id, :year, :threshold, :rounding, :protection)
"""
_CELLS = """
SELECT cut, channel, part, unit, value FROM care.figure_cell WHERE release_id = $1 ORDER BY cut, channel, unit, part
"""
_READ = """
INSERT INTO care.release_reading (release_id, client, role, person_id)
VALUES (:release, :client, :role, CAST(:person AS uuid))
"""


class Counted(NamedTuple):
    """`claims`: subsidies granted and the persons they were granted to, where there are any."""

    facts: list[Fact]
    claims: tuple[int, int] | None


class Releases:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def close(self, year: int) -> tuple[date, bool]:
        """Nobody returns anything of this year until the transaction ends; today, and whether it is released."""
        await self._session.execute(text(_CLOSE), {"year": year})
        row = (await self._session.execute(text(_STANDS), {"year": year})).one()
        return row.today, row.released

    async def channels(self, year: int) -> dict[str, str]:
        """Each with its printed label."""
        return {row.code: row.label for row in await self._session.execute(text(_CHANNELS), {"year": year})}

    async def counted(self, year: int) -> Counted:
        rows = await self._session.execute(text(_FACTS), {"year": year})
        claims = (await self._session.execute(text(_CLAIMS), {"year": year})).one()
        return Counted(
            [_fact(row) for row in rows], None if claims.claims is None else (claims.claims, claims.persons)
        )

    async def keep(
        self, year: int, rules: Rules, lines: Iterable[Line], cells: Mapping[Key, int | None]
    ) -> UUID:
        made = uuid7()
        await self._session.execute(text(_RELEASE), {"id": made, "year": year} | rules._asdict())
        await self._session.execute(
            insert(figure_total), [one._asdict() | {"release_id": made} for one in lines]
        )
        if cells:
            rows = [key._asdict() | {"release_id": made, "value": value} for key, value in cells.items()]
            await self._session.execute(insert(figure_cell), rows)
        return made

    async def note(self, release: UUID) -> None:
        """Who reads a release, before it is shown."""
        principal = self._session.scope.principal
        values = {"release": release, "client": principal.client, "role": principal.role}
        person = str(principal.person) if principal.person else None
        await self._session.execute(text(_READ), values | {"person": person})


async def cells(session: ReadSession, release: UUID) -> list[tuple[Key, int | None]]:
    return [
        (Key(row["cut"], row["channel"], row["part"], row["unit"]), row["value"])
        for row in await session.fetch(_CELLS, release)
    ]


def _fact(row: Any) -> Fact:
    """A contact is of the participant's prefecture, a return of the vendor's own where it is a local government."""
    if row.kept:
        prefecture = prefecture_of(row.host)
    else:
        prefecture = prefecture_of(row.code) if row.kind in LOCAL else NONE
    return Fact(row.channel, row.unit, row.month, vendor_kind(row.kind or ""), prefecture, row.value)
