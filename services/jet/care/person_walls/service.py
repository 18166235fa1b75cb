"""A wall that is set holds at once, also in a case that is open: its counsellor loses it. The audit does not say from whom it
parts: it would outlive the wall."""

from collections.abc import Iterable
from uuid import UUID

from services.jet.care.bookings.service import release
from services.jet.care.cases.repository import Cases
from services.jet.care.cases.service import part
from services.jet.care.person_walls import repository
from services.jet.care.person_walls.domain import OWN_WALL, of_others, removed_before
from services.kit import audit
from services.kit.db.session import Database, WriteSession
from services.kit.errors import EXISTS
from services.kit.log import log
from services.kit.operations import worker_scope

NAME = "person-walls"


async def put_up(session: WriteSession, counsellor: UUID, participant: UUID, reason: str) -> UUID:
    # before one is looked for: the answer tells nothing of it
    if not of_others(session.scope.principal.person, counsellor, participant):
        raise OWN_WALL()
    wall = {"counsellor_id": counsellor, "participant_id": participant, "reason": reason}
    made = await repository.put_up(session, wall)
    if made is None:
        raise EXISTS()
    told = {"counsellor_id": counsellor, "reason": reason}
    await audit.entry(session, "care", "create", NAME, made, after=told)
    # Whoever assigns the case at this moment is waited for, or finds the wall.
    if (case := await Cases(session).held(participant)) is not None:
        await leave(session, [case])
    return made


async def leave(session: WriteSession, cases: Iterable[UUID]) -> None:
    """Cases beyond a wall leave their counsellor, and what was booked is cancelled."""
    for case in cases:
        if await part(session, case):
            await release(session, case)


async def remove_old(database: Database) -> int:
    """How many walls were removed that nobody had needed for their time."""
    async with database.writing(worker_scope("care")) as session:
        await repository.mark_needed(session)
        gone = await repository.remove(session, removed_before(await Cases(session).today()))
        told = [audit.Entry(wall, {}, (None, None)) for wall in gone]
        await audit.entries(session, "care", "remove", NAME, told)
    log.info("walls_removed", walls=len(gone))
    return len(gone)
