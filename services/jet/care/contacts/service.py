"""Noting a contact: by a message, by a held booking, or by the counsellor's own word."""

from datetime import date
from uuid import UUID

from sqlalchemy import insert

from services.jet.care.content import contact, contact_text, key_of, place
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.ids import uuid7

NAME = "contacts"


async def note_contact(
    session: WriteSession, case: UUID, channel: str, held_on: date, *, counsellor: UUID | None,
    message: UUID | None = None, content: str | None = None,
) -> UUID:  # fmt: skip
    """`held_on`: the day in Japan. The code of the channel must hold on it."""
    made = uuid7()
    await session.execute(
        insert(contact).values(
            id=made, case_id=case, channel=channel, held_on=held_on, counsellor_id=counsellor, message_id=message
        )
    )  # fmt: skip
    if content is not None:
        key = await key_of(session, case)
        sealed = key.seal(content, place(contact_text, "content", made))
        await session.execute(insert(contact_text).values(contact_id=made, case_id=case, content=sealed))
    await audit.entry(session, "care", "create", NAME, made, after={"case_id": case, "channel": channel})
    return made
