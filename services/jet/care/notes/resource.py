"""Notes (相談記録): a counsellor's own, of a case. Nobody else reads them, who has the case after them neither."""

from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_

from services.jet.care import access
from services.jet.care.cases.resource import of_counsellor
from services.jet.care.content import note, opener
from services.jet.care.spoken import filters, said
from services.kit.resource import Basis, Resource
from services.kit.wire import Called, Instant, Passage, Wire


class NoteWrite(Wire):
    content: Annotated[Passage, Called("note_content")]


class Note(Wire):
    """`content` is null in the answer to its writing, which is kept for a retry."""

    id: UUID
    case_id: UUID
    pseudonym: str
    written_at: Instant
    content: Annotated[str | None, Called("note_content")]


def source(_: Basis) -> Select[Any]:
    return said(note, note.c.written_at, note.c.content)


def of_author(person: ColumnElement[Any]) -> Any:
    return and_(note.c.counsellor_id == person, of_counsellor(person))


notes = Resource(
    service="care",
    schema="care",
    name="care_note",
    plural="notes",
    read=Note,
    source=source,
    access={"list": access.RECORDS, "read": access.RECORDS},
    itself=of_author,
    filters=filters(note),
    sorts=("written_at",),
    subject="case_id",
    sealed={"content": opener(note, "content")},
)
