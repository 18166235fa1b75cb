"""Requests for links, links and sessions: of each number only the SHA-256 is here."""

import secrets
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from services.gateway.registry.issuer.repository import Session, digest_of
from services.kit.db.session import WriteSession

NUMBER_BYTES = 32
LINK_MINUTES = 15
# sent to one address, and for one browser, in the life of a link
MOST_TO_ADDRESS, MOST_TO_BROWSER = 5, 10

_ASKED = """
INSERT INTO identity.sign_in_request (email, browser) VALUES (:email, :browser) RETURNING id
"""
# One job counts at a time, so that no two of them are both the last that is allowed. Counted are links that were made,
# of whichever request: the surplus does not lengthen the wait.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('identity.sign_in_link'))"
_WANTED = """
SELECT r.id, r.email, r.browser, r.sent_at,
    count(DISTINCT o.id) FILTER (WHERE lower(o.email) = lower(r.email)) AS to_address,
    count(DISTINCT o.id) FILTER (WHERE o.browser = r.browser) AS to_browser
FROM identity.sign_in_request AS r LEFT JOIN (
    identity.sign_in_request AS o JOIN identity.sign_in_link AS l ON l.request = o.id AND l.expires_at > now())
    ON o.id <> r.id AND (lower(o.email) = lower(r.email) OR o.browser = r.browser)
WHERE r.id = :id GROUP BY r.id
"""
_PEOPLE = """
SELECT p.id, d.name, d.email FROM directory.person_detail AS d JOIN directory.person AS p ON p.id = d.person_id
WHERE lower(d.email) = lower(:email) ORDER BY p.number
"""
_VOIDED = "DELETE FROM identity.sign_in_link WHERE request = :request"
_LINKED = """
INSERT INTO identity.sign_in_link (sha256, request, person_id, browser)
VALUES (:sha256, :request, :person, :browser)
"""
_SENT = "UPDATE identity.sign_in_request SET sent_at = now() WHERE id = :id"
_USED = """
UPDATE identity.sign_in_link SET used_at = now()
WHERE sha256 = :sha256 AND browser = :browser AND used_at IS NULL AND expires_at > now() RETURNING person_id
"""
_BEGUN = """
INSERT INTO identity.session (sha256, person_id, role, organisation_id)
VALUES (:sha256, :person, :role, :organisation) RETURNING id, expires_at
"""
_TURNED = """
UPDATE identity.session SET sha256 = :sha256, role = :role, organisation_id = :organisation WHERE id = :id
"""
_LEFT = "DELETE FROM identity.session WHERE id = :id"
_LEFT_EVERYWHERE = "SELECT identity.sessions_ended(:person)"
_RIGHTS = "SELECT identity.rights_changed(:subject)"


class Addressed(NamedTuple):
    person: UUID
    name: str
    email: str


def new_number() -> tuple[str, bytes]:
    """A number of 256 bits as text, and what is stored of it."""
    number = secrets.token_urlsafe(NUMBER_BYTES)
    return number, digest_of(number)


async def ask(session: WriteSession, email: str, browser: bytes) -> UUID:
    asked: UUID = await session.scalar(text(_ASKED), {"email": email, "browser": browser})
    return asked


async def wanted(session: WriteSession, request: UUID) -> Any | None:
    """The request, unless a mail has gone out for it or enough have gone to this address or for this browser."""
    await session.execute(text(_ONE_AT_A_TIME))
    row = (await session.execute(text(_WANTED), {"id": request})).one_or_none()
    if row is None or row.sent_at is not None:
        return None
    surplus = row.to_address >= MOST_TO_ADDRESS or row.to_browser >= MOST_TO_BROWSER
    return None if surplus else row


async def people(session: WriteSession, email: str) -> list[Addressed]:
    """With the address that is registered: what was typed may only look like it."""
    rows = await session.execute(text(_PEOPLE), {"email": email})
    return [Addressed(*row) for row in rows]


async def give_links(
    session: WriteSession, request: UUID, browser: bytes, found: list[UUID]
) -> dict[UUID, str]:
    """A new link for each person; what an earlier try made for the same request ends."""
    await session.execute(text(_VOIDED), {"request": request})
    made = {person: new_number() for person in found}
    for person, (_, sha256) in made.items():
        values = {"sha256": sha256, "request": request, "person": person, "browser": browser}
        await session.execute(text(_LINKED), values)
    return {person: number for person, (number, _) in made.items()}


async def sent(session: WriteSession, request: UUID) -> None:
    await session.execute(text(_SENT), {"id": request})


async def use_link(session: WriteSession, number: str, browser: bytes) -> UUID | None:
    """Whose link it was; None for one that does not hold: used, too old, another browser's, none at all."""
    values = {"sha256": digest_of(number), "browser": browser}
    person: UUID | None = await session.scalar(text(_USED), values)
    return person


async def begin(
    session: WriteSession, person: UUID, role: str, organisation: UUID | None
) -> tuple[UUID, str, datetime]:
    number, sha256 = new_number()
    values = {"sha256": sha256, "person": person, "role": role, "organisation": organisation}
    row = (await session.execute(text(_BEGUN), values)).one()
    return row.id, number, row.expires_at


async def turn(session: WriteSession, one: Session, role: str, organisation: UUID | None) -> str:
    """The session's new number; the one before it ends, and the tokens that were made for it."""
    number, sha256 = new_number()
    values = {"sha256": sha256, "role": role, "organisation": organisation, "id": one.id}
    await session.execute(text(_TURNED), values)
    await session.execute(text(_RIGHTS), {"subject": str(one.person)})
    return number


async def leave(session: WriteSession, one: Session, *, everywhere: bool) -> None:
    if everywhere:
        await session.execute(text(_LEFT_EVERYWHERE), {"person": one.person})
        return
    await session.execute(text(_LEFT), {"id": one.id})
    await session.execute(text(_RIGHTS), {"subject": str(one.person)})
