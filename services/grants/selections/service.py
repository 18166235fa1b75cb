"""A selection is drawn up and changed by some and decided by another; an applicant withdraws or declines."""

from uuid import UUID

from services.grants.applications import repository as applications
from services.grants.applications.domain import APPLICATION, UNSUBMITTED
from services.grants.applications.service import moved, of_writer, take, told_of
from services.grants.decision_tables import selection_entry
from services.grants.documents import service as documents
from services.grants.ledger import service as ledger
from services.grants.ledger.domain import reservable
from services.grants.rounds.domain import ROUND
from services.grants.selections import letters, releasing, repository
from services.grants.selections.domain import (
    ENDED,
    NO_LINE,
    NO_LONGER,
    NOT_ALL,
    NOT_DATED,
    NOT_RANKED,
    PROPOSALS,
    SAME_PERSON,
    SELECTION,
    Place,
    misplaced,
    propose,
    tightest,
)
from services.grants.selections.releasing import ENTRIES, Hold
from services.grants.selections.repository import Entry, Selection
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import ACTION_CLOSED, INVALID, FieldError, Refused
from services.kit.findings import Finding
from services.kit.ids import uuid7
from services.kit.resource import Change, Row
from services.kit.writer import KEPT

NAME = "selections"
CHANGED = {"standing", "amount_yen", "reason"}
Findings = dict[int, list[tuple[str, Finding]]]


async def check(session: WriteSession, rows: list[Row]) -> Findings:
    found: Findings = {}
    for row in rows:
        of = await repository.round_of(session, row["round_id"])
        if not of.ranked:
            found[row["_row"]] = [("round_code", NOT_RANKED)]
        elif of.line is None:
            raise NO_LINE()
    return found


async def draw_up(session: WriteSession, rows: list[Row], _: bool) -> list[Change]:
    """It reserves nothing: an entry for each ranked application, by rank, of what the line has available now."""
    (row,) = rows
    person = session.scope.human
    async with releasing.house(session):
        hold = await releasing.lock(session, row["round_id"])
        of = hold.of
        assert of.line is not None
        if await repository.parted(session, of.id, person):
            raise NOT_ALL()
        available = (await ledger.lock(session, of.line))[of.line].available
        ranked = [await repository.candidate(session, of, bid) for bid in hold.bids.values()]
        made = {
            "id": uuid7(),
            "round_id": of.id,
            "section": of.section,
            "drawn_up_at": of.now,
            "drawn_up_by": person,
        }
        entries: list[Row] = [
            {
                "id": uuid7(), "selection_id": made["id"], "round_id": of.id, "application_id": one.application,
                "standing": one.standing, "computed_yen": one.yen, "amount_yen": one.yen, "trace": one.trace(),
                "verdict": one.verdict.stored(), "row_version": 1,
                "reason": "・".join(reason.message.ja for reason in one.verdict.reasons) or None,
            }
            for one in propose(ranked, available, hold.left)
        ]  # fmt: skip
        await repository.draw_up(session, made | {"row_version": 1}, entries)
    told = [
        audit.Entry(one["id"], {name: one[name] for name in ("application_id", "amount_yen")}, (None, one["standing"]))
        for one in entries
    ]  # fmt: skip
    await audit.entries(session, "grants", "draw_up", ENTRIES, told)
    return [Change(row["_row"], "INSERT", made["id"], None, {"round_id": of.id})]


async def check_entry(session: WriteSession, rows: list[Row]) -> Findings:
    return {row["_row"]: await _checked(session, row) for row in rows}


async def _checked(session: WriteSession, row: Row) -> list[tuple[str, Finding]]:
    if row[KEPT] >= CHANGED:
        return []
    (held,) = await repository.entries(session, selection_entry.c.id == row["id"])
    of = await repository.lock_of(session, row["id"])
    if of.state == "decided" or held.standing not in PROPOSALS:
        raise Refused(ACTION_CLOSED, ENDED)
    row["changed_by"] = session.scope.human
    others = [_place(one) for one in await repository.others(session, of.id, held.id)]
    given = _place(held._replace(standing=row["standing"], amount=row["amount_yen"]))
    return [*misplaced(given, others, row["reason"])]


def _place(one: Entry) -> Place:
    return Place(one.rank, one.standing, one.verdict["eligible"], one.computed, one.amount)


async def decide(session: WriteSession, identity: UUID) -> None:
    """採択の決定: all of a round together, as each still may have it."""
    person, of = session.scope.human, await repository.found(session, identity)
    hold = await releasing.lock(session, of.round_id)
    of = await repository.found(session, identity)
    SELECTION.take("decide", of.state)
    ROUND.take("decide", hold.of.state)
    if hold.of.line is None:
        raise NO_LINE()
    if hold.of.publish_at is None or hold.of.publish_at < hold.of.now:
        raise NOT_DATED()
    entries = await repository.of_selection(session, identity)
    if person in (of.drawn_up_by, *(one.changed_by for one in entries)):
        raise SAME_PERSON()
    await _recompute(session, hold, [one for one in entries if one.standing == "selected"])
    await repository.decide(session, of, person)
    await _decided(session, of, entries)
    await letters.write(session, [one.application for one in entries])


async def _recompute(session: WriteSession, hold: Hold, chosen: list[Entry]) -> None:
    """Each under what those before it leave of its caps; then all is reserved and taken."""
    assert hold.of.line is not None
    left, wrong = dict(hold.left), []
    for one in chosen:
        found = None
        if one.application in hold.bids:
            found = await repository.candidate(session, hold.of, hold.bids[one.application])
        verdict, grant = found.judge(tightest(found.caps, left)) if found is not None else (None, None)
        if (
            found is None
            or verdict is None
            or not verdict.eligible
            or grant is None
            or grant.yen < one.amount
        ):
            wrong.append(
                FieldError(f"/entries/{one.id}", NO_LONGER.code, NO_LONGER.message, NO_LONGER.remedy)
            )
            continue
        for key in found.caps:
            left[key] -= one.amount
        sets = {"computed_yen": grant.yen, "trace": grant.stored(), "verdict": verdict.stored()}
        await repository.change(session, one.id, **sets)
    if wrong:
        raise INVALID(*wrong)
    balance = (await ledger.lock(session, hold.of.line))[hold.of.line]
    if (short := reservable(balance, sum(one.amount for one in chosen))) is not None:
        raise short
    for one in chosen:
        await releasing.take(session, hold, one.application, one.amount)


async def _decided(session: WriteSession, of: Selection, entries: list[Entry]) -> None:
    """Nothing is published of an application before the instant."""
    told = [
        audit.Entry(one.id, {"application_id": one.application, "amount_yen": one.amount}, ("drawn_up", one.standing))
        for one in entries
    ]  # fmt: skip
    await audit.entries(session, "grants", "decide", ENTRIES, told)
    for name, identity in ((NAME, of.id), ("rounds", of.round_id)):
        states = (of.state, "decided") if name == NAME else (None, None)
        await audit.entry(session, "grants", "decide", name, identity, states=states)
        await audit.publish(session, "grants", name, [Change(0, "UPDATE", identity, None, None)])


async def withdraw(session: WriteSession, identity: UUID, reason: str) -> None:
    """取下げ, alike for whatever was decided and is not public."""
    hold = await releasing.lock_for(session, identity)
    held = await take(session, identity, "withdraw")
    of_writer(session, held)
    await moved(session, held, "withdraw", ended_reason=reason)
    async with releasing.house(session):
        await releasing.end(session, hold, identity, "withdraw", reason)
    if held.state not in UNSUBMITTED:
        await documents.receive(session, identity, hold.of.section, "withdrawal", reason)


async def decline(session: WriteSession, identity: UUID, reason: str) -> None:
    """辞退 of what was published as selected."""
    hold = await releasing.lock_for(session, identity)
    held = await take(session, identity, "decline")
    of_writer(session, held)
    step = APPLICATION.take("decline", held.state)
    await applications.touch(session, identity)
    states = (held.state, step.after)
    await told_of(session, "decline", identity, states, None, {"ended_reason": reason})
    async with releasing.house(session):
        yen = await releasing.end(session, hold, identity, "decline", reason)
    await documents.receive(session, identity, hold.of.section, "declination", reason, yen)
