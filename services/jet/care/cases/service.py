"""A case is opened by the first word of its participant, whichever way that comes; it is assigned, parted from a counsellor
by a wall, closed, and shredded when its time is over."""

from uuid import UUID

from services.jet.care.cases.domain import CASE, OFFICER_WALLED, WALLED, Outcome, keep_until
from services.jet.care.cases.repository import Cases, Opened
from services.jet.care.cases.settings import KeepingSettings
from services.jet.care.claims.domain import handed_in_since
from services.jet.care.contacts.service import note_contact
from services.kit import audit
from services.kit.db.session import Database, WriteSession
from services.kit.directory import UNKNOWN_ORGANISATION
from services.kit.errors import INVALID, FieldError
from services.kit.log import log
from services.kit.operations import worker_scope

NAME = "cases"


async def case_of_caller(session: WriteSession) -> Opened:
    """The open case of the participant who calls, made where there is none."""
    person = session.scope.human
    found = await Cases(session).of(person)
    if found.new:
        await audit.entry(session, "care", "open", NAME, found.id, states=(None, "open"))
    return found


async def open_for(session: WriteSession, person: UUID, channel: str) -> UUID:
    """On a word that came to an officer. The audit does not say whose: it would outlive the case."""
    cases = Cases(session)
    # before a case is looked for: a refusal tells nothing of one
    if await cases.walled(session.scope.principal.person, person):
        raise OFFICER_WALLED()
    case, new = await cases.open_for(person)
    if new:
        await audit.entry(session, "care", "open", NAME, case, states=(None, "open"))
    await note_contact(session, case, channel, await cases.today(), counsellor=None)
    return case


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


async def part(session: WriteSession, case: UUID) -> bool:
    """From its counsellor, where a wall stands between the two by now: it is as one that has none yet."""
    cases = Cases(session)
    held = await cases.lock(case)
    if held.state != "open" or not await cases.walled(held.counsellor, held.person):
        return False
    step = CASE.take("part", held.state)
    await cases.assign(case, None, None)
    had = {"counsellor_id": held.counsellor}
    await audit.entry(session, "care", "part", NAME, case, before=had, states=(held.state, step.after))
    return True


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
    """How many cases were shredded, in which no claim waited: each with its proof and its audit, in a transaction of its own."""
    scope, shredded = worker_scope("care"), 0
    async with database.writing(scope) as session:
        await Cases(session).forget_answers()
        since = handed_in_since(await Cases(session).today())
    while True:
        async with database.writing(scope) as session:
            due = await Cases(session).due(100, since)
        for case in due:
            async with database.writing(scope) as session:
                if (proof := await Cases(session).shred(case, since)) is not None:
                    states = ("closed", "shredded")
                    await audit.entry(
                        session, "care", "shred", NAME, case, after={"proof": proof}, states=states
                    )
                    shredded += 1
        if len(due) < 100:
            log.info("cases_shredded", cases=shredded)
            return shredded
