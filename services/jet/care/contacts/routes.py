"""The command that notes a contact in a case."""

from uuid import UUID

from services.jet.care import access
from services.jet.care.cases.resource import cases
from services.jet.care.contacts.resource import ContactWrite, contacts
from services.jet.care.contacts.service import note_contact
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for

RULES = {"care_cases_contact": access.CASES_WRITE}


async def write(session: WriteSession, case: Record, body: ContactWrite) -> UUID:
    return await note_contact(
        session, case["id"], body.channel, body.held_on, counsellor=session.scope.principal.person,
        content=body.content,
    )  # fmt: skip


router = router_for("care")
command(
    router, cases, "contact", "contacts", write, "Note a contact in a case, by its channel", body=ContactWrite,
    answers=contacts,
)  # fmt: skip
