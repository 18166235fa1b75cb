"""What applicants are told of their awards: in the transaction that decides them."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

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
    for name, changes in (
        ("awards", [Change(0, "INSERT", one.award, None, None) for one in notices]),
        ("applications", [Change(0, "UPDATE", one.application, None, None) for one in notices]),
    ):
        await audit.publish(session, "grants", name, changes)
