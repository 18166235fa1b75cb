"""Awarding a run: everybody who has earned it and has no award of the course in this fiscal year yet."""

from datetime import date
from typing import Any
from uuid import UUID

from services.jet.completions.domain import RUN_CANCELLED, certificate_number, earned
from services.jet.completions.repository import Candidate, Completions
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import ABSENT, ACTION_CLOSED, Refused
from services.kit.ids import uuid7
from services.kit.resource import Change

NAME = "training-completions"


async def award(session: WriteSession, ref: str, *, trial: bool = False) -> dict[str, Any]:
    """What was awarded: to whom, and the numbers from the first to the last. A trial draws none and stores nothing."""
    repository = Completions(session)
    run = await repository.run(ref)
    if run is None:
        raise ABSENT()
    if run.cancelled_on is not None:
        raise Refused(ACTION_CLOSED, RUN_CANCELLED)
    drawn = 0 if trial else await repository.lock(run.fiscal_year)
    course = await repository.course(run)
    made: list[tuple[Candidate, date]] = []
    for one in await repository.candidates(run):
        day = earned(course, one.attended, one.finished_on)
        if day is not None:
            made.append((one, day))
    rows: list[dict[str, Any]] = [
        {"id": uuid7(), "enrolment_id": one.enrolment_id, "completed_on": day, "number": drawn + place}
        for place, (one, day) in enumerate(made, 1)
    ]
    if rows and not trial:
        await repository.award(run, rows, drawn + len(rows))
        await _told(session, run.id, rows, [one.organisation_id for one, _ in made])
    numbers = [] if trial else [certificate_number(run.fiscal_year, row["number"]) for row in rows]
    return {
        "run_code": run.code, "awarded": len(rows), "first_number": numbers[0] if numbers else None,
        "last_number": numbers[-1] if numbers else None,
        "people": [{"enrolment_id": row["enrolment_id"], "completed_on": row["completed_on"]} for row in rows],
    }  # fmt: skip


async def _told(
    session: WriteSession, run: UUID, rows: list[dict[str, Any]], organisations: list[UUID | None]
) -> None:
    """One entry of the audit for each award, and one event."""
    told = [
        audit.Entry(row["id"], {"run_id": run, "enrolment_id": row["enrolment_id"], "certificate": row["number"]},
                    (None, "awarded"))
        for row in rows
    ]  # fmt: skip
    await audit.entries(session, "jet", "award", NAME, told)
    changes = [
        Change(0, "INSERT", row["id"], None, None, organisation)
        for row, organisation in zip(rows, organisations, strict=True)
    ]
    await audit.publish(session, "jet", NAME, changes)
