"""Noting a contact: by a message, by a held booking, or by the counsellor's own word."""

from datetime import date
from uuid import UUID

from sqlalchemy import insert, select

from services.jet.care.contacts.resource import NO_CHANNEL
from services.jet.care.content import channel as channels
from services.jet.care.content import contact, contact_text, key_of, place
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.ids import uuid7

NAME = "contacts"


async def note_contact(
    session: WriteSession, case: UUID, channel: str, held_on: date, *, counsellor: UUID | None,
    message: UUID | None = None, booking: UUID | None = None, content: str | None = None,
) -> UUID:  # fmt: skip
    """`held_on`: the day in Japan. The code of the channel must hold on it: asked before it is written, for what the database
    refuses stays in its files for a while, and somebody may have typed a sentence there."""
    known = select(channels.c.code).where(channels.c.code == channel, channels.c.effective.contains(held_on))
    if await session.scalar(known) is None:
        raise NO_CHANNEL()
    made = uuid7()
    await session.execute(
        insert(contact).values(
            id=made, case_id=case, channel=channel, held_on=held_on, counsellor_id=counsellor, message_id=message,
            booking_id=booking,
        )
    )  # fmt: skip
    if content is not None:
        key = await key_of(session, case)
        sealed = key.seal(content, place(contact_text, "content", made))
        await session.execute(insert(contact_text).values(contact_id=made, case_id=case, content=sealed))
    await audit.entry(session, "care", "create", NAME, made, after={"case_id": case, "channel": channel})
    return made
