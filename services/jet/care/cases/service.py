"""Opening a case: by the first word of its participant, whichever way that comes."""

from services.jet.care.cases.repository import Cases, Opened
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.errors import PERSON_REQUIRED

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
