"""What each applicant of a round is told of its result: once it is public, and of a later promotion at once."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select

from services.grants.applications.tables import application
from services.grants.decision_tables import selection_entry
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.resource import Change


class Notice(NamedTuple):
    """採択内示・補欠・不採択 of one application. `yen`: what is reserved for it, 0 where it is not selected."""

    application: UUID
    organisation: UUID
    members: tuple[UUID, ...]
    standing: str
    yen: int


async def of_round(session: WriteSession, identity: UUID) -> list[Notice]:
    return await _notices(session, selection_entry.c.round_id == identity)


async def of_application(session: WriteSession, identity: UUID) -> list[Notice]:
    return await _notices(session, selection_entry.c.application_id == identity)


async def _notices(session: WriteSession, of: ColumnElement[bool]) -> list[Notice]:
    e, a = selection_entry.c, application.c
    asked = (
        select(a.id, a.organisation_id, a.member_ids, e.standing, e.amount_yen)
        .join_from(selection_entry, application, a.id == e.application_id)
        .where(of, a.state == "ranked")
        .order_by(a.id)
    )
    return [
        Notice(row[0], row[1], tuple(row[2]), row[3], row[4] if row[3] == "selected" else 0)
        for row in await session.execute(asked)
    ]


async def tell(session: WriteSession, notices: list[Notice]) -> None:
    """Together, in the transaction that makes them known: who applied, and who joined."""
    changes = [
        Change(0, "UPDATE", one.application, None, None, of)
        for one in notices
        for of in (one.organisation, *one.members)
    ]
    await audit.publish(session, "grants", "applications", changes)
