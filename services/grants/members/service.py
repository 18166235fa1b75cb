"""Members are added and removed by who writes the application; they consent, and may withdraw that, until it is submitted.

What a member bears is fixed with its row: a consent is to that share and no other.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from services.grants.applications import repository as applications
from services.grants.applications.domain import ANOTHER_OFFICER, UNSUBMITTED
from services.grants.applications.repository import Held
from services.grants.applications.service import may_write
from services.grants.applications.tables import member
from services.grants.members.domain import CONSENTED, NOT_CONSENTED, NOT_OF_MEMBER, SETTLED
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.directory import UNKNOWN_ORGANISATION, organisation
from services.kit.errors import ACTION_CLOSED, INVALID, FieldError, Refused
from services.kit.ids import uuid7
from services.kit.resource import Change

NAME = "application-members"


async def add(session: WriteSession, application: UUID, code: str, share: int) -> UUID:
    held = await applications.lock(session, application)
    may_write(session, held)
    found = await session.scalar(select(organisation.c.id).where(organisation.c.code == code))
    if found is None:
        unknown = UNKNOWN_ORGANISATION
        raise INVALID(FieldError("/organisation_code", unknown.code, unknown.message, unknown.remedy))
    officer = session.scope.principal.role == "grant_officer"
    if officer and await applications.parted(session, held.round_id, found):
        wrong = ANOTHER_OFFICER
        raise INVALID(FieldError("/organisation_code", wrong.code, wrong.message, wrong.remedy))
    made: dict[str, Any] = {
        "id": uuid7(), "application_id": application, "lead_id": held.organisation_id, "organisation_id": found,
        "share_yen": share, "row_version": 1,
    }  # fmt: skip
    await session.execute(insert(member).values(made))
    await applications.touch(session, application)
    await _told(session, "add", "INSERT", made["id"], after={"organisation": code, "share_yen": share})
    identity: UUID = made["id"]
    return identity


async def remove(session: WriteSession, application: UUID, identity: UUID) -> None:
    may_write(session, await applications.lock(session, application))
    await session.execute(delete(member).where(member.c.id == identity))
    await applications.touch(session, application)
    await _told(session, "remove", "DELETE", identity)


async def consent(session: WriteSession, application: UUID, identity: UUID) -> None:
    if await _consented(session, application, identity):
        raise CONSENTED()
    sets = {"consented_at": func.platform.now(), "consented_by": session.scope.human}
    await _set(session, identity, "consent", sets)


async def withdraw_consent(session: WriteSession, application: UUID, identity: UUID) -> None:
    if not await _consented(session, application, identity):
        raise NOT_CONSENTED()
    await _set(session, identity, "withdraw_consent", {"consented_at": None, "consented_by": None})


async def _consented(session: WriteSession, application: UUID, identity: UUID) -> bool:
    """Locked with its application: no submission comes between."""
    held: Held = await applications.lock(session, application)
    m = member.c
    found = await session.execute(
        select(m.organisation_id, m.consented_at).where(m.id == identity).with_for_update()
    )
    row = found.one()
    if row.organisation_id != session.scope.principal.organisation:
        raise NOT_OF_MEMBER()
    if held.state not in (*UNSUBMITTED, "correction_requested"):
        raise Refused(ACTION_CLOSED, SETTLED)
    return row.consented_at is not None


async def _set(session: WriteSession, identity: UUID, action: str, sets: dict[str, Any]) -> None:
    values = sets | {"row_version": member.c.row_version + 1}
    await session.execute(update(member).where(member.c.id == identity).values(values))
    states = ("invited", "consented") if action == "consent" else ("consented", "invited")
    await _told(session, action, "UPDATE", identity, states=states)


async def _told(
    session: WriteSession, action: str, change: str, identity: UUID, *, after: Any = None,
    states: tuple[str | None, str | None] = (None, None),
) -> None:  # fmt: skip
    await audit.entry(session, "grants", action, NAME, identity, after=after, states=states)
    await audit.publish(session, "grants", NAME, [Change(0, change, identity, None, None)])
