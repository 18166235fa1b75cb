"""What applicants are told of their awards: in the transaction that decides them."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from services.grants.applications.tables import application
from services.kit import audit
from services.kit.db.session import WriteSession
from services.kit.resource import Change


class Notice(NamedTuple):
    """助成決定通知. `withdrawable_until`: the last day of 取下げ."""

    award: UUID
    application: UUID
    yen: int
    decided_on: date
    withdrawable_until: date


async def tell(session: WriteSession, notices: list[Notice]) -> None:
    """Who applied, and who joined."""
    a = application.c
    asked = select(a.id, a.organisation_id, a.member_ids).where(
        a.id.in_([one.application for one in notices])
    )
    parties = {row[0]: (row[1], *row[2]) for row in await session.execute(asked)}
    told = [(one, of) for one in notices for of in parties[one.application]]
    for name, changes in (
        ("awards", [Change(0, "INSERT", one.award, None, None, of) for one, of in told]),
        ("applications", [Change(0, "UPDATE", one.application, None, None, of) for one, of in told]),
    ):
        await audit.publish(session, "grants", name, changes)
