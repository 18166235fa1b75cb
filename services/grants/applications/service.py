"""What a draft is checked for, and how an application goes from one state to the next."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.grants.answers import validate
from services.grants.applications import repository
from services.grants.applications.domain import (
    ANOTHER_OFFICER,
    APPLICATION,
    EXPIRED,
    NO_FORM,
    NO_FORM_CHANGE,
    NOT_OPEN,
    NOT_YOURS,
    OTHER_ORGANISATION,
    SAME_PERSON,
    STAYS,
    UNKNOWN_CATEGORY,
    UNKNOWN_COUNTRY,
    WHICH_CHANNEL,
    WHICH_ORGANISATION,
    Standing,
    state_of,
    unextendable,
    why_closed,
    writable,
)
from services.grants.applications.repository import Held, Round
from services.grants.form import Form
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import ACTION_CLOSED, INVALID, FieldError, Refused
from services.kit.findings import Finding
from services.kit.japan.clock import JST
from services.kit.resource import Change, Row
from services.kit.text import Text
from services.kit.writer import PATCH

NAME = "applications"
Findings = list[tuple[str, Finding]]


async def check(session: WriteSession, rows: list[Row]) -> dict[int, Findings]:
    return {row["_row"]: await _checked(session, row) for row in rows}


async def _checked(session: WriteSession, row: Row) -> Findings:
    of = await repository.round_of(session, row["round_id"])
    officer = session.scope.principal.role == "grant_officer"
    if PATCH in row:
        held = await repository.lock(session, row["id"])
        may_write(session, held)
        # that of its round, until it was submitted: then it is mended under the same
        row |= {"organisation_id": held.organisation_id, "form_version_id": held.form_version_id}
        wrong: Findings = []
    else:
        row["form_version_id"] = of.form_version_id
        wrong = _started(session, row, of, officer=officer)
        named = row["organisation_id"]
        if officer and named and await repository.parted(session, row["round_id"], named):
            wrong.append(("organisation_code", ANOTHER_OFFICER))
    row["section"] = of.section
    if row["category_code"] is not None and not await repository.has_category(
        session, of.edition_id, row["category_code"]
    ):
        wrong.append(("category_code", UNKNOWN_CATEGORY))
    if row["country_codes"] and not await repository.has_countries(session, row["country_codes"]):
        wrong.append(("country_codes", UNKNOWN_COUNTRY))
    return wrong + _answered(await repository.schema(session, row["form_version_id"]), row)


def _started(session: WriteSession, row: Row, of: Round, *, officer: bool) -> Findings:
    """Who applies, how, and whether the round takes it. What came by post in time may be entered when it has closed."""
    wrong: Findings = []
    if not of.stands or (of.closed and not officer):
        wrong.append(("round_code", NOT_OPEN))
    if officer == (row["channel"] == "online"):
        wrong.append(("channel", WHICH_CHANNEL))
    own = session.scope.principal.organisation
    if not officer:
        if row["organisation_id"] not in (None, own):
            wrong.append(("organisation_code", OTHER_ORGANISATION))
        row["organisation_id"] = own
    if row["organisation_id"] is None:
        wrong.append(("organisation_code", WHICH_ORGANISATION))
    return wrong


def _answered(schema: dict[str, Any] | None, row: Row) -> Findings:
    if schema is None:
        return [("answers", NO_FORM)] if row["answers"] else []
    found = validate(Form.model_validate(schema), row["answers"], whole=False)
    return [(f"answers/{place}", wrong) for place, wrong in found]


def may_write(session: WriteSession, held: Held) -> None:
    """What is not submitted, and what is to be corrected."""
    of_writer(session, held)
    state = state_of(held.state, held.closes_at, held.now)
    if state == "expired" and held.channel == "online":
        raise Refused(ACTION_CLOSED, expired(held.closes_at))
    if not writable(held.state):
        raise Refused(ACTION_CLOSED, STAYS)


def of_applicant(session: WriteSession, held: Held) -> None:
    """Who joins reads it, and writes nothing of it."""
    if session.scope.principal.organisation != held.organisation_id:
        raise NOT_YOURS()


def of_writer(session: WriteSession, held: Held) -> None:
    """Who applies; of what came on paper an officer as well."""
    if session.scope.principal.role != "grant_officer":
        of_applicant(session, held)
    elif held.channel == "online":
        raise NOT_YOURS()


def expired(closes_at: datetime) -> Text:
    return EXPIRED.fill(closes=f"{closes_at.astimezone(JST):%Y-%m-%d %H:%M:%S}")


async def take(session: WriteSession, identity: UUID, action: str) -> Held:
    """Locked, and open to this action by the clock."""
    held = await repository.lock(session, identity)
    state = state_of(held.state, held.closes_at, held.now)
    reason = why_closed(action, Standing(state, held.closes_at, held.now, form_changed=held.form_changed))
    if reason is not None:
        raise Refused(ACTION_CLOSED, expired(held.closes_at) if reason is EXPIRED else reason)
    return held


async def send(session: WriteSession, identity: UUID) -> None:
    """To be approved within the organisation (内部決裁)."""
    held = await take(session, identity, "send")
    of_applicant(session, held)
    await moved(session, held, "send", sent_by=session.scope.human, approved_by=None)


async def approve(session: WriteSession, identity: UUID) -> None:
    held = await take(session, identity, "approve")
    of_applicant(session, held)
    person = session.scope.human
    if person == held.sent_by:
        raise SAME_PERSON()
    await moved(session, held, "approve", approved_by=person)


async def acknowledge(session: WriteSession, identity: UUID) -> None:
    """Of its applicant somebody has looked at what the new form has changed; of what came on paper, an officer."""
    held = await repository.lock(session, identity)
    may_write(session, held)
    if not held.form_changed:
        raise Refused(ACTION_CLOSED, NO_FORM_CHANGE)
    await repository.move(session, identity, form_change=None)
    await told_of(session, "acknowledge", identity, (held.state, held.state), None, None)


async def send_back(session: WriteSession, identity: UUID, reason: str) -> None:
    held = await take(session, identity, "send_back")
    of_applicant(session, held)
    await moved(session, held, "send_back", told={"return_reason": reason}, sent_by=None, approved_by=None)


async def accept(session: WriteSession, identity: UUID) -> None:
    """受理: what arrived is complete in form."""
    held = await take(session, identity, "accept")
    await moved(session, held, "accept", accepted_on=held.now.astimezone(JST).date())


async def extend(session: WriteSession, identity: UUID, closes_at: datetime, reason: str) -> None:
    """A later deadline for this one alone; it goes on where it stood."""
    held = await take(session, identity, "extend")
    wrong = unextendable(closes_at, held.closes_at, held.now)
    if wrong is not None:
        raise INVALID(FieldError("/closes_at", wrong.code, wrong.message, wrong.remedy))
    sets = {"closes_at": closes_at, "extension_reason": reason, "extended_by": session.scope.human}
    before = state_of(held.state, held.closes_at, held.now)
    await repository.move(session, identity, **sets)
    await told_of(session, "extend", identity, (before, held.state), {"closes_at": held.closes_at}, sets)


async def moved(
    session: WriteSession, held: Held, action: str, told: dict[str, Any] | None = None, **sets: Any
) -> None:
    step = APPLICATION.take(action, held.state)
    await repository.move(session, held.id, state=step.after, **sets)
    await told_of(session, action, held.id, (held.state, step.after), None, (told or {}) | sets)


async def told_of(
    session: WriteSession, action: str, identity: UUID, states: tuple[str, str], before: Any, after: Any
) -> None:
    await audit.entry(session, "grants", action, NAME, identity, before=before, after=after, states=states)
    await audit.publish(session, "grants", NAME, [Change(0, "UPDATE", identity, None, None)])
