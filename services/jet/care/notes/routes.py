"""The command that writes a note in a case, also after it was closed."""

from uuid import UUID

from services.jet.care import access
from services.jet.care.cases.resource import cases
from services.jet.care.content import keep, key_of, note
from services.jet.care.notes.resource import NoteWrite, notes
from services.kit import audit
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for

RULES = {"care_cases_note": access.CASES_WRITE}


async def write(session: WriteSession, case: Record, body: NoteWrite) -> UUID:
    key, counsellor = await key_of(session, case["id"]), session.scope.principal.person
    made = await keep(session, note, case["id"], key, {"content": body.content}, counsellor_id=counsellor)
    await audit.entry(session, "care", "create", notes.plural, made, after={"case_id": case["id"]})
    return made


router = router_for("care")
command(
    router, cases, "note", "notes", write, "Write a note of a case: for its writer alone", body=NoteWrite, answers=notes,
)  # fmt: skip
