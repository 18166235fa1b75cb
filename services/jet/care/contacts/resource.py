"""Contacts (相談件数) by channel, as they are counted; what a counsellor writes of one is sealed. The channels are a code
list whose labels are those that the reports print."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Select, literal, select

from services.jet.care import access
from services.jet.care.cases.resource import of_counsellor
from services.jet.care.content import channel, contact, contact_text, opener
from services.jet.care.spoken import filters, said
from services.kit.errors import CONFLICT, Refusal
from services.kit.fields import Short, equals, holds_on
from services.kit.resource import Basis, Resource
from services.kit.text import Text
from services.kit.wire import Called, Code, Day, Instant, Passage, Wire

NO_CHANNEL = Refusal(
    "channel_unknown", "payload",
    Text("この日にこの相談手段はありません", "There is no such channel on this day"),
    Text("相談手段の一覧にあるコードを指定してください。", "Give a code of the list of channels."),
)  # fmt: skip
NOT_TO_COME = Refusal(
    "contact_not_to_come", "payload",
    Text("相談日が先の日付です", "The day of the contact is to come"),
    Text("今日までの日付を指定してください。", "Give a day up to today."),
)  # fmt: skip


class Channel(Wire):
    id: UUID
    code: Annotated[str, Called("care_channel")]
    label_ja: str
    label_en: str
    unit: str
    valid_from: Day | None
    valid_to: Day | None


class ContactWrite(Wire):
    channel: Annotated[Code, Called("care_channel")]
    held_on: Annotated[Day, Called("contact_on")]
    content: Annotated[Passage | None, Called("contact_content")] = None


class Contact(Wire):
    """`content` is null in the answer to its writing, and of a contact of which nothing was written."""

    id: UUID
    case_id: UUID
    pseudonym: str
    channel: Annotated[str, Called("care_channel")]
    held_on: Annotated[date, Called("contact_on")]
    message_id: Annotated[UUID | None, Called("care_message")]
    noted_at: Instant
    content: Annotated[str | None, Called("contact_content")]


def channel_source(_: Basis) -> Select[Any]:
    c = channel.c
    columns = (c.id, c.code, c.label_ja, c.label_en, c.unit, c.valid_from, c.valid_to)
    return select(*columns, literal(1).label("row_version"))


def source(_: Basis) -> Select[Any]:
    c = contact.c
    return said(contact, c.channel, c.held_on, c.message_id, c.noted_at, contact_text.c.content).join(
        contact_text, contact_text.c.contact_id == c.id, isouter=True
    )


channels = Resource(
    service="care",
    schema="care",
    name="care_channel",
    plural="channels",
    read=Channel,
    source=channel_source,
    access={"list": access.CHANNELS},
    filters={"on": holds_on(channel.c.effective)},
    sorts=("code",),
)
contacts = Resource(
    service="care",
    schema="care",
    name="care_contact",
    plural="contacts",
    read=Contact,
    source=source,
    access={"list": access.RECORDS, "read": access.RECORDS},
    itself=of_counsellor,
    filters=filters(contact) | {"channel": equals(contact.c.channel, Short)},
    sorts=("held_on",),
    subject="case_id",
    sealed={"content": opener(contact_text, "content")},
    constraints={
        "contact_channel_fkey": NO_CHANNEL,
        "contact_not_to_come": NOT_TO_COME,
        "contact_message_id_key": CONFLICT,
    },
)
