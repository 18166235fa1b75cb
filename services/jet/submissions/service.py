"""How submissions (提出) change state: each change with its audit row and its event in the same transaction.

Whoever writes rows, submits, returns, consolidates or approves locks the submissions first, in the order of their
keys, so that a late file and a consolidation cannot cross.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.jet.submissions.domain import (
    SUBMISSION,
    UNKNOWN_SURVEY,
    after,
    astray,
    closed,
    digest,
    late,
    stands_late,
)
from services.jet.submissions.repository import FIELDS, Key, Receipt, Submission, Submissions
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import ACTION_CLOSED, INVALID, FieldError, Refused
from services.kit.findings import Finding
from services.kit.ids import uuid7
from services.kit.imports.store import draw_receipt_number
from services.kit.resource import Change, Row

NAME = "placement-submissions"


def _keys(rows: Iterable[Row]) -> set[Key]:
    return {(row["organisation_id"], row["programme_year"]) for row in rows}


async def open_for_writing(
    session: WriteSession, rows: Sequence[Row]
) -> dict[int, list[tuple[str, Finding]]]:
    """For a check of placement requests: makes the drafts that are missing, locks the submissions that the rows
    belong to, and says of which rows the survey is unknown or the submission closed.

    A file is judged by its arrival, however late the worker comes to it; a single write by the clock.
    """
    repository, keys = Submissions(session), _keys(rows)
    await _made(session, await repository.make(keys))
    found = {(one.organisation_id, one.programme_year): one for one in await repository.named(keys)}
    problems: dict[int, list[tuple[str, Finding]]] = {}
    for row in rows:
        one = found.get((row["organisation_id"], row["programme_year"]))
        if one is None:
            problems[row["_row"]] = [("programme_year", UNKNOWN_SURVEY)]
        elif (reason := _closed(session, one)) is not None:
            problems[row["_row"]] = [("organisation_code", reason)]
    return problems


async def settle(session: WriteSession, wholes: Sequence[tuple[str, int]]) -> None:
    """Once the rows are written: a file submits each organisation and year that it names; after a single change what
    was submitted is a draft again. `wholes` are organisation codes with programme years."""
    # a closed one has been sent what it says already
    found = [one for one in await Submissions(session).coded(wholes) if _closed(session, one) is None]
    arrival = session.arrival
    if arrival is None:
        await _move(session, "write", [one for one in found if after("write", one.state) != one.state])
        return
    await _submit(session, found, Receipt(arrival.receipt_number, arrival.at, arrival.sha256, arrival.id))


def _closed(session: WriteSession, one: Submission) -> Finding | None:
    at = session.arrival.at if session.arrival is not None else one.now
    return closed("write", one.state, at, one.host_deadline_at)


async def submit(session: WriteSession, identity: UUID) -> None:
    """The command: what stands as a draft is the answer, as of now."""
    repository = Submissions(session)
    (one,) = await repository.by_id(identity)
    _admit("submit", one, one.now)
    rows = await repository.rows([(one.organisation_id, one.programme_year)])
    number = await draw_receipt_number(session, "jet")
    await _submit(session, [one], Receipt(number, one.now, digest(rows)))


async def give_back(session: WriteSession, identity: UUID, remarks: Sequence[dict[str, Any]]) -> None:
    """Returns one submission with its remarks; its neighbours stay as they are."""
    repository = Submissions(session)
    (one,) = await repository.by_id(identity)
    _admit("return", one, one.now)
    rows = await repository.rows([(one.organisation_id, one.programme_year)])
    _pointed(remarks, {row["line"] for row in rows})
    of = {"submission_id": one.id, "organisation_id": one.organisation_id}
    made = [{"id": uuid7()} | of | remark for remark in remarks]
    await repository.remark(made)
    await _published(session, "placement-remarks", [(remark["id"], one.organisation_id) for remark in made])
    await _move(session, "return", [one], note={"remarks": list(remarks)})


async def ask(session: WriteSession, programme_year: int) -> None:
    """Each contracting organisation of today has a draft to answer in."""
    await _made(session, await Submissions(session).ask(programme_year))


async def submitted_to(session: WriteSession, host: UUID, programme_year: int) -> list[Submission]:
    """The submissions that a host authority's consolidation takes now, locked."""
    return await Submissions(session).submitted_to(host, programme_year)


async def answers(session: WriteSession, found: Sequence[Submission]) -> list[dict[str, Any]]:
    """The rows of submissions, as their lists show them."""
    return await Submissions(session).rows((one.organisation_id, one.programme_year) for one in found)


async def consolidate(session: WriteSession, found: Sequence[Submission], consolidation: UUID) -> None:
    await _move(session, "consolidate", found, consolidation)


async def approve(session: WriteSession, consolidation: UUID) -> None:
    """What the act consolidated and nobody has returned since."""
    await _move(session, "approve", await Submissions(session).of_act(consolidation), consolidation)


def _pointed(remarks: Sequence[dict[str, Any]], lines: set[int]) -> None:
    errors = [
        FieldError(f"/remarks/{number}/{name}", finding.code, finding.message, finding.remedy)
        for number, remark in enumerate(remarks)
        for name, finding in astray(remark["line"], remark["field"], lines, FIELDS)
    ]
    if errors:
        raise INVALID(*errors)


def _admit(action: str, one: Submission, at: datetime) -> None:
    """`at`: when what asks for it arrived."""
    reason = closed(action, one.state, at, one.host_deadline_at)
    if reason is not None:
        raise Refused(ACTION_CLOSED, reason.remedy)


async def _submit(session: WriteSession, found: Sequence[Submission], receipt: Receipt) -> None:
    if not found:
        return
    repository = Submissions(session)
    judged = {one.id: late(receipt.arrived_at, one.host_deadline_at) for one in found}
    made: list[dict[str, Any]] = [
        {
            "id": uuid7(), "submission_id": one.id, "organisation_id": one.organisation_id,
            "receipt_number": receipt.number, "arrived_at": receipt.arrived_at, "late": judged[one.id],
            "sha256": receipt.sha256, "import_id": receipt.import_id,
            "submitted_by_id": session.scope.principal.organisation,
        }
        for one in found
    ]  # fmt: skip
    await repository.receive(made)
    await _published(session, "placement-receipts", [(one["id"], one["organisation_id"]) for one in made])
    await repository.submit(
        {one.id: stands_late(one.state, one.late, judged[one.id]) for one in found}, receipt.arrived_at
    )
    await _told(session, "submit", found, {"receipt_number": receipt.number})


async def _move(
    session: WriteSession, action: str, found: Sequence[Submission], consolidation: UUID | None = None, *,
    note: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    if found:
        (state,) = {after(action, one.state) for one in found}
        await Submissions(session).move(found, state, consolidation)
        await _told(session, action, found, note or {"consolidation_id": consolidation})


async def _told(
    session: WriteSession, action: str, found: Sequence[Submission], note: dict[str, Any]
) -> None:
    for one in found:
        states = (one.state, after(action, one.state))
        await audit.entry(session, "jet", action, NAME, one.id, after=note, states=states)
    changes = [Change(0, "UPDATE", one.id, None, None, one.organisation_id) for one in found]
    await audit.publish(session, "jet", NAME, changes)


async def _made(session: WriteSession, made: Sequence[tuple[UUID, UUID]]) -> None:
    """New drafts: one row of audit for all of them."""
    if made:
        await audit.entry(
            session, "jet", "create", NAME, after={"drafts": [identity for identity, _ in made]},
            states=(None, SUBMISSION.initial),
        )  # fmt: skip
        await _published(session, NAME, made)


async def _published(session: WriteSession, name: str, made: Sequence[tuple[UUID, UUID]]) -> None:
    changes = [Change(0, "INSERT", identity, None, None, organisation) for identity, organisation in made]
    await audit.publish(session, "jet", name, changes)
