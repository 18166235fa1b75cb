"""Early terminations (中途終了): leaving before a term starts cancels it, leaving within shortens it.

`effective_on` is the last day served. The reason is restricted to CLAIR.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import pydantic_core
from sqlalchemy import Select, select, text

from services.jet import access, references
from services.jet.states import advance
from services.jet.tables import appointment, early_termination, participant
from services.jet.terms import JetNumber
from services.kit import audit
from services.kit.db.merge import merge, touch
from services.kit.db.session import WriteSession
from services.kit.errors import EXISTS
from services.kit.fields import equals
from services.kit.resource import Basis, Change, Part, Resource, Row
from services.kit.wire import Day, Instant, Wire, choice

Initiator = Literal["participant", "organisation"]
Reason = Literal["resignation", "dismissal", "medical", "family", "other"]


class EarlyTerminationWrite(Wire):
    jet_number: JetNumber
    effective_on: Day
    initiated_by: Annotated[Initiator, choice("initiated_by", get_args(Initiator))]
    reason: Annotated[Reason, choice("termination_reason", get_args(Reason))]


class EarlyTermination(EarlyTerminationWrite):
    id: UUID
    received_at: Instant


def source(_: Basis) -> Select[Any]:
    t = early_termination.c
    return select(
        t.id, participant.c.jet_number, t.effective_on, t.initiated_by, t.reason, t.received_at, t.row_version
    ).join_from(early_termination, participant, participant.c.id == t.participant_id)


_TOUCHED = """
SELECT a.id, a.organisation_id, r.effective_on, a.starts_on > r.effective_on AS cancelled
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(participant_id uuid, effective_on date)
JOIN jet.appointment AS a ON a.participant_id = r.participant_id AND a.ends_on > r.effective_on
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


async def _leave(session: WriteSession, rows: list[Row], known_from: Any) -> None:
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
        Change(0, "DELETE" if one.cancelled else "UPDATE", one.id, None, None, one.organisation_id) for one in touched
    ]
    await audit.publish(session, "jet", "appointments", changes)


async def store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    for row in rows:
        row["received_at"] = row.get("known_from")
    if not any(row["received_at"] for row in rows):
        rows = [{name: value for name, value in row.items() if name != "received_at"} for row in rows]
    changes = await merge(session, early_termination, rows, ("participant_id", "effective_on"), insert_only=insert_only)
    if insert_only and len(changes) < len(rows):
        raise EXISTS()
    new = {change.row for change in changes if change.action == "INSERT"}
    leavers = [row for row in rows if row["_row"] in new]
    for known_from in sorted({row.get("known_from") for row in leavers}, key=str):
        await _leave(session, [row for row in leavers if row.get("known_from") == known_from], known_from)
    for action in ("withdraw", "terminate_early"):
        await advance(session, action, [row["participant_id"] for row in leavers])
    return changes


early_terminations = Resource(
    service="jet",
    schema="jet",
    name="early_termination",
    plural="early-terminations",
    read=EarlyTermination,
    write=EarlyTerminationWrite,
    source=source,
    access={
        "list": access.CLAIR_READS,
        "read": access.CLAIR_READS,
        "create": access.TERMINATES,
        "import": access.TERMINATES,
    },
    filters={"jet_number": equals(participant.c.jet_number), "reason": equals(early_termination.c.reason, Reason)},
    sorts=("effective_on", "jet_number"),
    parts=(Part(early_termination, ("participant_id", "effective_on")),),
    refs=(references.PARTICIPANT,),
    store=store,
    version="2026.1",
)
