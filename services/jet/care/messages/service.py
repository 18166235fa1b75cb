"""Writing a message: it opens a case where the participant has none, and is one contact of its channel."""

from uuid import UUID

from services.jet.care.cases.repository import Cases
from services.jet.care.cases.service import case_of_caller
from services.jet.care.contacts.service import note_contact
from services.jet.care.content import keep, key_of, message
from services.jet.care.keys import CaseKey
from services.kit import audit
from services.kit.db.session import WriteSession

NAME, CHANNEL = "messages", "web_mail"


async def write(session: WriteSession, body: str) -> UUID:
    """By a participant, in the open case."""
    case = await case_of_caller(session)
    return await _write(session, case.id, case.key, body, "participant", None)


async def answer(session: WriteSession, case: UUID, body: str) -> UUID:
    """By the counsellor of the case."""
    counsellor = session.scope.principal.person
    return await _write(session, case, await key_of(session, case), body, "counsellor", counsellor)


async def _write(
    session: WriteSession, case: UUID, key: CaseKey, body: str, by: str, counsellor: UUID | None
) -> UUID:
    made = await keep(session, message, case, key, {"body": body}, written_by=by, counsellor_id=counsellor)
    today = await Cases(session).today()
    await note_contact(session, case, CHANNEL, today, counsellor=counsellor, message=made)
    await audit.entry(session, "care", "create", NAME, made, after={"case_id": case, "written_by": by})
    return made
