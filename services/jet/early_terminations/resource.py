"""Early terminations (中途終了): leaving before a term starts cancels it, leaving within shortens it.

`effective_on` is the last day served. The reason is restricted to CLAIR.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Select, select

from services.jet import access, references
from services.jet.early_terminations.repository import leave, outside
from services.jet.participants.domain import PARTICIPATION
from services.jet.participants.repository import advance, stints
from services.jet.tables import early_termination, participant
from services.jet.terms import JetNumber
from services.kit.db.merge import merge
from services.kit.db.session import WriteSession
from services.kit.errors import EXISTS
from services.kit.fields import equals
from services.kit.findings import Finding
from services.kit.resource import Basis, Change, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Day, Instant, Wire, choice
from services.kit.writer import unstored

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


OUTSIDE_STINT = Finding(
    "outside_participation",
    Text("最終日がこの参加の期間の外です", "The last day is outside this participation"),
    Text(
        "最初の任用の1年前から、今日の1年後までの日付にしてください。",
        "Choose a day from a year before the first appointment to a year from today.",
    ),
)
KEY = ("participant_id", "effective_on")


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """Only somebody who has not left can leave, and but once in a file; a row that was stored before is no news."""
    of = await stints(session, rows)
    new = await unstored(session, early_termination, rows, KEY)
    outside_stint = await outside(session, new, of)
    found: dict[int, list[tuple[str, Finding]]] = {}
    leaving: set[Any] = set()
    for row in new:
        again = row["participant_id"] in leaving
        closed = PARTICIPATION.closed("terminate_early", "withdrawn" if again else of[row["_row"]].state)
        if closed is not None:
            found[row["_row"]] = [("jet_number", closed)]
        elif row["_row"] in outside_stint:
            found[row["_row"]] = [("effective_on", OUTSIDE_STINT)]
        else:
            leaving.add(row["participant_id"])
    return found


async def store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    for row in rows:
        row["received_at"] = row.get("known_from")
    if not any(row["received_at"] for row in rows):
        rows = [{name: value for name, value in row.items() if name != "received_at"} for row in rows]
    changes = await merge(session, early_termination, rows, KEY, insert_only=insert_only)
    if insert_only and len(changes) < len(rows):
        raise EXISTS()
    new = {change.row for change in changes if change.action == "INSERT"}
    leavers = [row for row in rows if row["_row"] in new]
    for known_from in sorted({row.get("known_from") for row in leavers}, key=str):
        await leave(session, [row for row in leavers if row.get("known_from") == known_from], known_from)
    await advance(session, "terminate_early", leavers)
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
    filters={
        "jet_number": equals(participant.c.jet_number),
        "reason": equals(early_termination.c.reason, Reason),
    },
    sorts=("effective_on", "jet_number"),
    parts=(Part(early_termination, KEY),),
    refs=(references.PARTICIPANT,),
    check=check,
    store=store,
    version="2026.1",
)
