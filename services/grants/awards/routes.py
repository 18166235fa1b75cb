"""Grants are decided by a person of the section, and given back by a person of the applicant."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.grants import access
from services.grants.awards import service
from services.grants.awards.resource import awards
from services.grants.selections.resource import selections
from services.grants.selections.routes import GivingUp
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Wire

RULES = {
    "grants_selections_award": access.HANDLES,
    "grants_awards_withdraw": access.WITHDRAWS,
    "grants_awards_decline": access.WITHDRAWS,
}


class Awarding(Wire):
    """`application_ids`: of all that are selected where none is named."""

    application_ids: Annotated[list[UUID], Field(max_length=500)] = Field(default_factory=list)


async def award(session: WriteSession, one: Record, body: Awarding) -> None:
    await service.award(session, one["id"], body.application_ids)


async def withdraw(session: WriteSession, one: Record, body: GivingUp) -> None:
    await service.give_back(session, one["id"], one["application_id"], "withdraw", body.ended_reason)


async def decline(session: WriteSession, one: Record, body: GivingUp) -> None:
    await service.give_back(session, one["id"], one["application_id"], "decline", body.ended_reason)


router = router_for("grants")
command(
    router, selections, "award", "awards", award,
    "Decide the grants (助成決定) of what is selected and public, under a budget that the Board has decided", body=Awarding,
)  # fmt: skip
command(
    router, awards, "withdraw", "withdrawals", withdraw,
    "Withdraw (取下げ) within the term: it counts as never decided", body=GivingUp,
)  # fmt: skip
command(router, awards, "decline", "declinations", decline, "Decline (辞退) what was granted", body=GivingUp)
