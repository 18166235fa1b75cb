"""A host authority's act takes what its members have submitted; CLAIR approves it."""

from uuid import UUID

from services.jet.consolidations.domain import CONSOLIDATION, FOR_ITSELF, NOTHING_SUBMITTED
from services.jet.consolidations.repository import Consolidations
from services.jet.submissions import service as submissions
from services.jet.submissions.domain import digest, late
from services.kit import audit
from services.kit.db.session import Record, WriteSession
from services.kit.errors import ACTION_CLOSED, Refused
from services.kit.findings import Finding
from services.kit.ids import uuid7
from services.kit.imports.store import draw_receipt_number
from services.kit.resource import Change, Row

NAME = "placement-consolidations"


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """A host authority acts for itself alone, not for its members."""
    scope = session.scope
    if scope.reach == "all":
        return {}
    return {
        row["_row"]: [("organisation_code", FOR_ITSELF)]
        for row in rows
        if row["organisation_id"] != scope.principal.organisation
    }


async def store(session: WriteSession, rows: list[Row], _insert_only: bool) -> list[Change]:
    return [await _consolidate(session, row) for row in rows]


async def _consolidate(session: WriteSession, row: Row) -> Change:
    """Everything that is submitted at this moment; what comes later is another act."""
    found = await submissions.submitted_to(session, row["organisation_id"], row["programme_year"])
    if not found:
        raise Refused(ACTION_CLOSED, NOTHING_SUBMITTED)
    answers = await submissions.answers(session, found)
    now, deadline = found[0].now, found[0].clair_deadline_at
    act = {
        "id": uuid7(),
        "organisation_id": row["organisation_id"],
        "programme_year": row["programme_year"],
        "receipt_number": await draw_receipt_number(session, "jet"),
        "arrived_at": now,
        "late": late(now, deadline),
        "members": len(found),
        "seats": sum(one["seats"] for one in answers if one["entry"] == "new"),
        "sha256": digest(answers),
    }
    await Consolidations(session).keep(act)
    await submissions.consolidate(session, found, act["id"])
    return Change(row["_row"], "INSERT", act["id"], None, act | {"sha256": act["sha256"].hex()})


async def approve(session: WriteSession, consolidation: Record) -> None:
    """With what the act took and nobody has returned since."""
    identity: UUID = consolidation["id"]
    state, host = await Consolidations(session).lock(identity)
    CONSOLIDATION.take("approve", state)
    await Consolidations(session).move(identity, "approved")
    await submissions.approve(session, identity)
    await audit.entry(session, "jet", "approve", NAME, identity, states=(state, "approved"))
    await audit.publish(session, "jet", NAME, [Change(0, "UPDATE", identity, None, None, host)])
