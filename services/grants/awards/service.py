"""Grants are decided (助成決定) out of what was selected and is public, and given back by their applicants."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from services.grants.applications import repository as applications
from services.grants.applications.service import of_writer
from services.grants.awards import letters, notices, repository
from services.grants.awards.domain import (
    AWARD,
    NOT_PUBLISHED,
    NOT_SELECTED,
    NOTHING_SELECTED,
    SAME_PERSON,
    why_closed,
)
from services.grants.documents import service as documents
from services.grants.ledger import service as ledger
from services.grants.money import lowered
from services.grants.selections import releasing
from services.grants.selections import repository as selections
from services.grants.selections.domain import ENTRY, SELECTION
from services.grants.selections.repository import Entry, Round
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import ACTION_CLOSED, INVALID, FieldError, Refused
from services.kit.ids import uuid7
from services.kit.japan.clock import JST
from services.kit.resource import Change

NAME = "awards"


async def award(session: WriteSession, identity: UUID, named: Sequence[UUID]) -> None:
    """Of all that are selected, or of those that are named."""
    person, selection = session.scope.human, await selections.found(session, identity)
    of = await selections.round_of(session, selection.round_id)
    SELECTION.take("award", selection.state)
    if not of.published:
        raise NOT_PUBLISHED()
    assert of.line is not None
    await ledger.lock(session, of.line)
    entries = await selections.of_selection(session, identity)
    chosen = _chosen([one for one in entries if one.standing == "selected"], named)
    if person == selection.drawn_up_by or person in {one.changed_by for one in chosen}:
        raise SAME_PERSON()
    await notices.tell(session, {one.application: await _decide(session, of, of.line, one) for one in chosen})
    await letters.write(session, of, [one.application for one in chosen])


def _chosen(selected: Sequence[Entry], named: Sequence[UUID]) -> list[Entry]:
    ids = {one.application for one in selected}
    wrong = [place for place, one in enumerate(named) if one not in ids]
    if wrong:
        found = NOT_SELECTED
        raise INVALID(
            *(FieldError(f"/application_ids/{n}", found.code, found.message, found.remedy) for n in wrong)
        )
    chosen = [one for one in selected if not named or one.application in named]
    if not chosen:
        raise NOTHING_SELECTED()
    return chosen


async def _decide(session: WriteSession, of: Round, line: UUID, one: Entry) -> UUID:
    await ledger.commit(session, line, one.application, one.amount)
    today = of.now.astimezone(JST).date()
    made: dict[str, Any] = {
        "id": uuid7(), "application_id": one.application, "round_id": of.id, "budget_line_id": line,
        "rule_version_id": of.rule_version_id, "amount_yen": one.amount, "trace": lowered(one.trace, one.amount),
        "verdict": one.verdict, "decided_at": of.now, "decided_by": session.scope.human,
        "withdrawable_until": today + timedelta(days=of.rules.withdrawal_days), "state": AWARD.initial, "row_version": 1,
    }  # fmt: skip
    await repository.keep(session, made)
    step = ENTRY.take("award", one.standing)
    await selections.change(session, one.id, standing=step.after)
    told = {name: made[name] for name in ("application_id", "amount_yen", "withdrawable_until")}
    await audit.entry(
        session, "grants", "award", NAME, made["id"], after=told, states=(one.standing, AWARD.initial)
    )
    identity: UUID = made["id"]
    return identity


async def give_back(
    session: WriteSession,
    identity: UUID,
    application: UUID,
    action: Literal["withdraw", "decline"],
    reason: str,
) -> None:
    """取下げ: as if it had never been decided. 採択後辞退: after its term."""
    hold = await releasing.lock_for(session, application)
    of_writer(session, await applications.lock(session, application))
    async with releasing.house(session):
        held = await repository.lock(session, identity)
        closed = why_closed(action, held.state, held.today, held.withdrawable_until)
        if closed is None:
            step = AWARD.take(action, held.state)
            await repository.end(session, identity, step.after, hold.of.now, reason)
            yen = await releasing.end(session, hold, application, action, reason)
    if closed is not None:
        raise Refused(ACTION_CLOSED, closed)
    await audit.entry(
        session,
        "grants",
        action,
        NAME,
        identity,
        after={"ended_reason": reason},
        states=(held.state, step.after),
    )
    await audit.publish(session, "grants", NAME, [Change(0, "UPDATE", identity, None, None)])
    await audit.publish(session, "grants", "applications", [Change(0, "UPDATE", application, None, None)])
    kind: Literal["withdrawal", "declination"] = "withdrawal" if action == "withdraw" else "declination"
    await documents.receive(session, application, hold.of.section, kind, reason, yen)
