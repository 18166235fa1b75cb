"""The statements of appointments that the declaration cannot say."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pydantic_core
from sqlalchemy import text

from services.kit.db.query import array
from services.kit.db.session import WriteSession
from services.kit.resource import Row

# A row is known to its organisation by a placement for its programme year, or by an appointment that runs there.
_KNOWN = """
SELECT r.row FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r("row" integer, participant_id uuid, organisation_id uuid, programme_year integer)
WHERE EXISTS (SELECT FROM jet.placement AS p WHERE p.participant_id = r.participant_id
              AND p.organisation_id = r.organisation_id AND p.programme_year = r.programme_year)
   OR EXISTS (SELECT FROM jet.appointment AS a WHERE a.participant_id = r.participant_id
              AND a.organisation_id = r.organisation_id AND a.ends_on >= platform.today())
"""
# What the caller sees of the terms that rows speak of. Whom a row names by its first day is among them, also where
# the row ends before it starts.
_DURING = """
SELECT a.participant_id, a.organisation_id, a.programme_year, a.starts_on, a.ends_on, a.id
FROM unnest(CAST(CAST(:people AS text) AS uuid[]), CAST(CAST(:first AS text) AS date[]), CAST(CAST(:last AS text) AS date[]))
    AS r(person, starts_on, ends_on)
JOIN jet.appointment AS a ON a.participant_id = r.person
    AND a.effective && daterange(r.starts_on, greatest(r.starts_on, r.ends_on), '[]')
"""
_KNOWN_FROM = "SELECT set_config('kk.known_from', :at, true)"
# What holds inside an appointment follows its term: outside it is dropped, and the first and last part of what
# holds throughout reach its ends. A visited school (position 2 and on) is clipped alone.
_DROP = """
DELETE FROM jet.{table} AS w USING jet.appointment AS a
WHERE a.id = w.appointment_id AND a.id = ANY (CAST(:ids AS uuid[])) AND NOT w.effective && a.effective
"""
_REACH = """
UPDATE jet.{table} AS w SET known_from = platform.known_now(),
    starts_on = CASE WHEN {own} = 1 AND w.starts_on = e.first THEN a.starts_on ELSE greatest(w.starts_on, a.starts_on) END,
    ends_on = CASE WHEN {own} = 1 AND w.starts_on = e.last THEN a.ends_on ELSE least(w.ends_on, a.ends_on) END
FROM jet.appointment AS a,
     (SELECT appointment_id, {part} AS part, min(starts_on) AS first, max(starts_on) AS last FROM jet.{table}
      WHERE appointment_id = ANY (CAST(:ids AS uuid[])) GROUP BY 1, 2) AS e
WHERE a.id = w.appointment_id AND e.appointment_id = w.appointment_id AND e.part = {own}
  AND (w.starts_on, w.ends_on) IS DISTINCT FROM (
      CASE WHEN {own} = 1 AND w.starts_on = e.first THEN a.starts_on ELSE greatest(w.starts_on, a.starts_on) END,
      CASE WHEN {own} = 1 AND w.starts_on = e.last THEN a.ends_on ELSE least(w.ends_on, a.ends_on) END)
"""
# The part of today, or the one at the term's nearer end: what a reader is shown of the appointment.
_SHOWN = """
SELECT w.appointment_id, w.starts_on, w.ends_on FROM jet.{table} AS w JOIN jet.appointment AS a ON a.id = w.appointment_id
WHERE a.id = ANY (CAST(:ids AS uuid[])) AND {which}
  AND w.effective @> least(greatest(platform.today(), a.starts_on), a.ends_on)
"""


class Stored:
    """Appointments as (person, organisation, programme year, first day, last day, id)."""

    def __init__(self, found: Sequence[tuple[Any, ...]]) -> None:
        self._ids = {one[:4]: one[5] for one in found}
        self._terms: dict[Any, list[tuple[date, date, Any]]] = defaultdict(list)
        for person, _, _, starts_on, ends_on, identity in found:
            self._terms[person].append((starts_on, ends_on, identity))

    def named(self, row: Row) -> Any:
        """The id of the appointment that a row of a file names; None for a new one."""
        key = (row["participant_id"], row["organisation_id"], row["programme_year"], row["starts_on"])
        return self._ids.get(key)

    def met(self, rows: Sequence[Row]) -> set[int]:
        """The rows whose term meets one of these appointments that none of the rows replaces."""
        replaced = {row.get("id") for row in rows}
        return {
            row["_row"]
            for row in rows
            for starts_on, ends_on, identity in self._terms.get(row["participant_id"], ())
            if identity not in replaced and starts_on <= row["ends_on"] and row["starts_on"] <= ends_on
        }


class Appointments:
    def __init__(self, session: WriteSession) -> None:
        self._session = session

    async def known(self, rows: Sequence[dict[str, Any]]) -> set[int]:
        """The rows whose participant the row's organisation knows."""
        keys = ("participant_id", "organisation_id", "programme_year")
        given = [{"row": row["_row"]} | {key: row.get(key) for key in keys} for row in rows]
        found = await self._session.scalars(text(_KNOWN), {"rows": pydantic_core.to_json(given).decode()})
        return set(found)

    async def during(self, rows: Sequence[Row]) -> Stored:
        """The appointments of the rows' participants in the rows' terms."""
        named = {"people": "participant_id", "first": "starts_on", "last": "ends_on"}
        asked = {name: array(row[column] for row in rows) for name, column in named.items()}
        return Stored([tuple(row) for row in await self._session.execute(text(_DURING), asked)])

    async def knowing(self, known_from: datetime | None) -> None:
        """What follows is known from a stated instant on; None is now."""
        await self._session.execute(text(_KNOWN_FROM), {"at": known_from.isoformat() if known_from else ""})

    async def fit(self, appointments: Sequence[Any]) -> None:
        """Bring workplaces and arrangements to the terms of appointments that have changed."""
        ids = {"ids": [str(one) for one in appointments]}
        for table, part, own in (("workplace", "position", "w.position"), ("arrangement", "1", "1")):
            await self._session.execute(text(_DROP.format(table=table)), ids)
            await self._session.execute(text(_REACH.format(table=table, part=part, own=own)), ids)

    async def shown_parts(self, table: str, appointments: Sequence[Any]) -> dict[str, Any]:
        """The part of each appointment that a reader is shown: it is the one that a row speaks of."""
        which = "position = 1" if table == "workplace" else "true"
        ids = {"ids": [str(one) for one in appointments]}
        found = await self._session.execute(text(_SHOWN.format(table=table, which=which)), ids)
        return {str(row.appointment_id): row for row in found}
