"""What a leaver holds in the latest stint is cancelled or shortened: appointments with what holds in them."""

from typing import Any

import pydantic_core
from sqlalchemy import text

from services.jet.participants.domain import Stint
from services.jet.tables import appointment
from services.kit import audit
from services.kit.db.merge import touch
from services.kit.db.session import WriteSession
from services.kit.resource import Change, Row

_TOUCHED = """
SELECT a.id, a.organisation_id, r.effective_on, a.starts_on > r.effective_on AS cancelled
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(participant_id uuid, effective_on date)
JOIN jet.appointment AS a ON a.participant_id = r.participant_id AND a.ends_on > r.effective_on
WHERE a.programme_year >= (SELECT max(n.programme_year) FROM jet.participation AS n WHERE n.participant_id = r.participant_id)
"""
# Parts before wholes: a PERIOD key is checked at the end, but a temporal key at once.
_CANCEL = (
    "DELETE FROM jet.workplace WHERE appointment_id = ANY (CAST(:ids AS uuid[]))",
    "DELETE FROM jet.arrangement WHERE appointment_id = ANY (CAST(:ids AS uuid[]))",
    "DELETE FROM jet.appointment WHERE id = ANY (CAST(:ids AS uuid[]))",
)
_ENDS = "jsonb_to_recordset(CAST(:ends AS jsonb)) AS r(id uuid, effective_on date)"
_SHORTEN = (
    "DELETE FROM jet.{table} AS w USING {ends} WHERE w.{key} = r.id AND w.{key} = ANY (CAST(:ids AS uuid[])) "
    "AND w.starts_on > r.effective_on",
    "UPDATE jet.{table} AS w SET ends_on = r.effective_on, known_from = platform.known_now() FROM {ends} "
    "WHERE w.{key} = r.id AND w.{key} = ANY (CAST(:ids AS uuid[])) AND w.ends_on > r.effective_on",
)
_TABLES = (("workplace", "appointment_id"), ("arrangement", "appointment_id"), ("appointment", "id"))


def _json(rows: list[dict[str, Any]]) -> str:
    return pydantic_core.to_json(rows).decode()


async def leave(session: WriteSession, rows: list[Row], known_from: Any) -> None:
    """Cancel and shorten what the leavers hold, as known at one instant."""
    setting = known_from.isoformat() if known_from else ""
    await session.execute(text("SELECT set_config('kk.known_from', :at, true)"), {"at": setting})
    given = _json([{name: row[name] for name in ("participant_id", "effective_on")} for row in rows])
    touched = (await session.execute(text(_TOUCHED), {"rows": given})).all()
    cancelled = [str(one.id) for one in touched if one.cancelled]
    for statement in _CANCEL if cancelled else ():
        await session.execute(text(statement), {"ids": cancelled})
    kept = [{"id": str(one.id), "effective_on": one.effective_on} for one in touched if not one.cancelled]
    for table, key in _TABLES if kept else ():
        for statement in _SHORTEN:
            await session.execute(
                text(statement.format(table=table, key=key, ends=_ENDS)),
                {"ends": _json(kept), "ids": [one["id"] for one in kept]},
            )
    await session.execute(text("SELECT set_config('kk.known_from', '', true)"))
    await touch(session, appointment, [one["id"] for one in kept])
    changes = [
        Change(0, "DELETE" if one.cancelled else "UPDATE", one.id, None, None, one.organisation_id)
        for one in touched
    ]
    await audit.publish(session, "jet", "appointments", changes)


# A last day lies within the stint, from a year before its first appointment to a year from today.
_OUTSIDE = """
SELECT r.row FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r("row" integer, participant_id uuid, programme_year integer, effective_on date)
WHERE r.effective_on NOT BETWEEN
    coalesce((SELECT min(a.starts_on) FROM jet.appointment AS a WHERE a.participant_id = r.participant_id
              AND a.programme_year >= r.programme_year), make_date(r.programme_year, 4, 1)) - interval '1 year'
    AND platform.today() + interval '1 year'
"""


async def outside(session: WriteSession, rows: list[Row], stints: dict[int, Stint]) -> set[int]:
    """The rows whose last day is not one of the stint that they end."""
    given = [
        {
            "row": row["_row"],
            "participant_id": row["participant_id"],
            "programme_year": stints[row["_row"]].programme_year,
            "effective_on": row["effective_on"],
        }
        for row in rows
    ]
    return set(await session.scalars(text(_OUTSIDE), {"rows": _json(given)}))
