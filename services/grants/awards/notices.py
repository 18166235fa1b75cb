"""Applicants are told of their awards in the transaction that decides them."""

from collections.abc import Mapping
from uuid import UUID

from services.grants.selections import notices
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.resource import Change


async def tell(session: WriteSession, awards: Mapping[UUID, UUID]) -> None:
    """`awards`: by their applications."""
    parties = await notices.of_applications(session, list(awards))
    made = [Change(0, "INSERT", awards[one], None, None, of) for one, whom in parties.items() for of in whom]
    await audit.publish(session, "grants", "awards", made)
    await notices.tell(session, parties)
