"""Applications are written with their texts, each by itself open to the host or not, and withdrawn as a whole."""

from collections.abc import Sequence
from typing import Any

from services.jet.internship_applications.domain import (
    APPLICATION,
    CANCELLED,
    DECIDED,
    ENDED,
    GONE,
    WISHES,
    astray,
    window,
)
from services.jet.internship_applications.repository import Facts, facts, lock, withdraw
from services.jet.internship_tables import internship_application, internship_application_text
from services.kit import audit
from services.kit.db.merge import identities, merge
from services.kit.db.session import Record, WriteSession
from services.kit.errors import ACTION_CLOSED, EXISTS, Refused
from services.kit.findings import Finding
from services.kit.resource import Change, Row
from services.kit.text import Text
from services.kit.writer import PATCH, one_alone, with_lesser

NAME, ASSIGNMENTS = "internship-applications", "internship-assignments"
TEXTS = ("intern_name", "motivation", "self_introduction")
KEY = ("programme_id", "participant_id")
DONE = Text(
    "インターンシップを修了した後は取り下げられません。", "What has been completed cannot be withdrawn."
)


async def judge(
    session: WriteSession, rows: Sequence[Row], same: set[int]
) -> dict[int, list[tuple[str, Finding]]]:
    """A stored application is judged as it stands, whoever names it. Of rows that say what is stored (`same`) there is
    nothing to say, but where they would hand in again what was withdrawn."""
    of, again = await facts(session, rows), _own(session)
    return {
        row["_row"]: found
        for row in rows
        if row["_row"] not in same or (again and of[row["_row"]].state == "withdrawn")
        if (found := _judged(session, row, of[row["_row"]]))
    }


def _own(session: WriteSession) -> bool:
    """Whether the applicant writes; CLAIR's lists leave a withdrawal as it stands."""
    return session.scope.principal.role == "participant"


def _judged(session: WriteSession, row: Row, one: Facts) -> list[tuple[str, Finding]]:
    own = _own(session)
    wishes = [row[f"{name}_id"] for name in WISHES]
    found = list(astray(wishes, one.of_programme))
    if one.cancelled:
        found.append(("programme_code", CANCELLED))
    elif own and (closed := window(one.now, one.apply_from, one.apply_until)) is not None:
        found.append(("programme_code", closed))
    if one.assigned:
        found.append(("programme_code", DECIDED))
    elif one.state == "withdrawn" and not own:
        found.append(("jet_number", GONE))
    if one.ended and one.state is None:
        found.append(("jet_number", ENDED))
    return found


async def store(session: WriteSession, rows: list[Row], insert_only: bool) -> list[Change]:
    """The application, and a row for each of its texts."""
    table = internship_application
    if _own(session):
        rows = [row | {"state": APPLICATION.initial, "withdrawn_at": None} for row in rows]
    key = ("id",) if PATCH in rows[0] else KEY
    merged = await merge(session, table, rows, key, insert_only=insert_only, told=one_alone(rows))
    changes = {change.row: change for change in merged}
    if insert_only and len(changes) < len(rows):
        raise EXISTS()
    missing = [row for row in rows if row["_row"] not in changes]
    ids = {number: change.id for number, change in changes.items()}
    ids |= await identities(session, table, missing, key)
    texts = [text for row in rows for text in _texts(row, ids[row["_row"]])]
    written = await merge(session, internship_application_text, texts, ("application_id", "kind"))
    lesser = [_of(one) for one in written if one_alone(rows) or one.row not in changes]
    return await with_lesser(session, table, changes, lesser)


def _texts(row: Row, application: Any) -> list[Row]:
    shared = row["shared_texts"]
    return [
        {"_row": row["_row"], "application_id": application, "kind": kind, "content": row[kind], "shared": kind in shared}
        for kind in TEXTS
    ]  # fmt: skip


def _of(one: Change) -> Change:
    after = one.after or {}
    return one.of(one.id, f"{internship_application_text.name}.{after.get('kind')}")


async def take_back(session: WriteSession, application: Record) -> None:
    """The command: the application is withdrawn, and a place that was assigned is free again."""
    one = await lock(session, application["id"])
    reason = APPLICATION.why_closed("withdraw", one.state)
    if reason is None and one.completed_on is not None:
        reason = DONE
    if reason is not None:
        raise Refused(ACTION_CLOSED, reason)
    await withdraw(session, one)
    for name, identity, before in ((NAME, one.id, one.state), (ASSIGNMENTS, one.assignment_id, "assigned")):
        if identity is not None:
            await audit.entry(session, "jet", "withdraw", name, identity, states=(before, "withdrawn"))
            await audit.publish(session, "jet", name, [Change(0, "UPDATE", identity, None, None)])
