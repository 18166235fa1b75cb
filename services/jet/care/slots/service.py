"""Slots are offered and withdrawn by their counsellor."""

from uuid import UUID

from services.jet.care.slots.domain import offered, why_not_withdrawn
from services.jet.care.slots.repository import Slots
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import ACTION_CLOSED, PERSON_REQUIRED, Refused
from services.kit.findings import Finding
from services.kit.ids import uuid7
from services.kit.resource import Change, Row

NAME = "slots"


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    now = await Slots(session).now()
    found: dict[int, list[tuple[str, Finding]]] = {}
    for row in rows:
        made = offered(row["local_start"], row["time_zone"], row["minutes"], row["repeated_hour"], now)
        if len(made) == 2:
            found[row["_row"]] = [made]
        else:
            row["_local"], row["_starts"], row["_ends"] = made
    return found


async def store(session: WriteSession, rows: list[Row], _insert_only: bool) -> list[Change]:
    principal = session.scope.principal
    if principal.person is None or principal.organisation is None:
        raise PERSON_REQUIRED()
    changes = []
    for row in rows:
        made = {
            "id": uuid7(), "counsellor_id": principal.person, "organisation_id": principal.organisation,
            "counsellor_name": row["counsellor_name"], "time_zone": row["time_zone"], "local_start": row["_local"],
            "starts_at": row["_starts"], "ends_at": row["_ends"], "channel": row["channel"],
        }  # fmt: skip
        await Slots(session).keep(made)
        told = {"counsellor_id": principal.person, "channel": row["channel"]}
        changes.append(Change(row["_row"], "INSERT", made["id"], None, told))
    return changes


async def withdraw(session: WriteSession, identity: UUID, withdrawn: bool) -> None:
    """A slot that is booked meanwhile is held, and the hold refuses this."""
    repository = Slots(session)
    found = await repository.find(identity)
    reason = why_not_withdrawn(withdrawn, found is not None and found.taken)
    if reason is not None:
        raise Refused(ACTION_CLOSED, reason)
    await repository.withdraw(identity)
    await audit.entry(session, "care", "withdraw", NAME, identity, states=("offered", "withdrawn"))
