"""Messages (ウェブメール) between a participant and the counsellor of the case."""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select

from services.jet.care import access
from services.jet.care.cases.resource import of_both
from services.jet.care.content import message, opener
from services.jet.care.spoken import filters, said
from services.kit.resource import Basis, Resource
from services.kit.wire import Called, Instant, Passage, Wire, choice

Writer = Literal["participant", "counsellor"]


class MessageWrite(Wire):
    body: Annotated[Passage, Called("message_body")]


class Message(Wire):
    """`body` is null in the answer to its writing, which is kept for a retry."""

    id: UUID
    case_id: UUID
    pseudonym: str
    written_by: Annotated[Writer, choice("care_writer", get_args(Writer))]
    sent_at: Instant
    body: Annotated[str | None, Called("message_body"), Field(json_schema_extra={"example": "…"})]


def source(_: Basis) -> Select[Any]:
    m = message.c
    return said(message, m.written_by, m.sent_at, m.body)


messages = Resource(
    service="care",
    schema="care",
    name="care_message",
    plural="messages",
    read=Message,
    source=source,
    access={"list": access.MESSAGES, "read": access.MESSAGES},
    itself=of_both,
    filters=filters(message),
    sorts=("sent_at",),
    subject="case_id",
    sealed={"body": opener(message, "body")},
)
