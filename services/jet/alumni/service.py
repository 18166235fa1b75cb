"""A consent is written, renewed and withdrawn."""

from uuid import UUID

from services.jet.alumni.domain import ALUMNUS, NO_CHAPTER, judged
from services.jet.alumni.repository import held, withdraw
from services.kit import audit
from services.kit.db.session import Record, WriteSession
from services.kit.errors import ACTION_CLOSED, Refused
from services.kit.findings import Finding
from services.kit.resource import Change, Row

NAME = "alumni"


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """What is stored already and stays keeps the form in which it was given."""
    of, role = await held(session, rows), session.scope.principal.role
    found: dict[int, list[tuple[str, Finding]]] = {}
    for row in rows:
        one = of[row["_row"]]
        same = (one.consent_form, one.consented_on) == (row["consent_form"], row["consented_on"])
        asked = "" if same else role
        wrong = judged(asked, row["consent_form"], row["consented_on"], one.today, one.withdrawn_on)
        if row["contact_by"] == "chapter" and row["chapter_id"] is None:
            wrong.append(("contact_by", NO_CHAPTER))
        row["withdrawn_at"] = None
        if wrong:
            found[row["_row"]] = wrong
    return found


async def take_back(session: WriteSession, alumnus: Record) -> None:
    """The command: from the next read on the record is its person's alone."""
    identity: UUID = alumnus["id"]
    if not await withdraw(session, identity):
        reason = ALUMNUS.why_closed("withdraw_consent", "withdrawn")
        assert reason is not None
        raise Refused(ACTION_CLOSED, reason)
    await audit.entry(session, "jet", "withdraw", NAME, identity, states=("consented", "withdrawn"))
    await audit.publish(session, "jet", NAME, [Change(0, "UPDATE", identity, None, None)])
