"""A case is opened by the first word of its participant, whichever way that comes; it is assigned, closed, and
shredded when its time is over."""

from uuid import UUID

from services.jet.care.cases.domain import CASE, WALLED, Outcome, keep_until
from services.jet.care.cases.repository import Cases, Opened
from services.jet.care.cases.settings import KeepingSettings
from services.kit import audit
from services.kit.db.session import Database, WriteSession
from services.kit.directory import UNKNOWN_ORGANISATION
from services.kit.errors import INVALID, PERSON_REQUIRED, FieldError
from services.kit.log import log
from services.kit.operations import worker_scope

NAME = "cases"


async def case_of_caller(session: WriteSession) -> Opened:
    """The open case of the participant who calls, made where there is none."""
    person = session.scope.principal.person
    if person is None:
        raise PERSON_REQUIRED()
    found = await Cases(session).of(person)
    if found.new:
        await audit.entry(session, "care", "open", NAME, found.id, states=(None, "open"))
    return found


async def assign(session: WriteSession, case: UUID, counsellor: UUID, organisation_code: str) -> None:
    """To a counsellor of an organisation: not beyond a wall."""
    cases = Cases(session)
    held = await cases.lock(case)
    step = CASE.take("assign", held.state)
    if await cases.walled(counsellor, held.person):
        raise WALLED()
    organisation = await cases.organisation(organisation_code)
    if organisation is None:
        found = UNKNOWN_ORGANISATION
        raise INVALID(FieldError("/organisation_code", found.code, found.message, found.remedy))
    await cases.assign(case, counsellor, organisation)
    told = {"counsellor_id": counsellor, "organisation_id": organisation}
    await audit.entry(session, "care", "assign", NAME, case, after=told, states=(held.state, step.after))


async def close(session: WriteSession, case: UUID, outcome: Outcome) -> None:
    cases = Cases(session)
    held = await cases.lock(case)
    step = CASE.take("close", held.state)
    today = await cases.today()
    last = keep_until(today, KeepingSettings().care_keep_years)
    await cases.close(case, outcome, today, last)
    told = {"outcome": outcome, "keep_until": last}
    await audit.entry(session, "care", "close", NAME, case, after=told, states=(held.state, step.after))


async def shred_due(database: Database) -> int:
    """How many cases were shredded: each with its proof and its audit, in a transaction of its own."""
    scope, shredded = worker_scope("care"), 0
    async with database.writing(scope) as session:
        await Cases(session).forget_answers()
    while True:
        async with database.writing(scope) as session:
            due = await Cases(session).due(100)
        for case in due:
            async with database.writing(scope) as session:
                if (proof := await Cases(session).shred(case)) is not None:
                    states = ("closed", "shredded")
                    await audit.entry(
                        session, "care", "shred", NAME, case, after={"proof": proof}, states=states
                    )
                    shredded += 1
        if len(due) < 100:
            log.info("cases_shredded", cases=shredded)
            return shredded
