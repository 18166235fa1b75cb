"""An application is assigned to a member, who scores it and seals that in one act."""

from typing import Annotated
from uuid import UUID

from services.grants import access
from services.grants.panels.resource import panels
from services.grants.reviews import service
from services.grants.reviews.resource import ScoresOf, reviews
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Called, Passage, Wire

RULES = {"grants_panels_assign": access.HANDLES, "grants_reviews_seal": access.HANDLES}


class Assignment(Wire):
    application_id: Annotated[UUID, Called("grant_application_id")]
    reviewer_id: UUID


class Scoring(Wire):
    scores: ScoresOf
    remark: Annotated[Passage | None, Called("review_remark")] = None


async def assign(session: WriteSession, one: Record, body: Assignment) -> UUID:
    return await service.assign(session, one["id"], body.application_id, body.reviewer_id)


async def seal(session: WriteSession, one: Record, body: Scoring) -> None:
    await service.seal(session, one["id"], body.scores.root, body.remark)


router = router_for("grants")
command(
    router, panels, "assign", "assignments", assign, "Assign an accepted application to a member",
    body=Assignment, answers=reviews,
)  # fmt: skip
command(
    router, reviews, "seal", "seals", seal, "Score every criterion and seal it: it never changes again", body=Scoring,
)  # fmt: skip
