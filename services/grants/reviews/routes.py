"""A member scores an application and seals it, in one act."""

from typing import Annotated

from services.grants import access
from services.grants.reviews import service
from services.grants.reviews.resource import ScoresOf, reviews
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Called, Passage, Wire

RULES = {"grants_reviews_seal": access.HANDLES}


class Scoring(Wire):
    scores: ScoresOf
    remark: Annotated[Passage | None, Called("review_remark")] = None


async def seal(session: WriteSession, one: Record, body: Scoring) -> None:
    await service.seal(session, one["id"], body.scores.root, body.remark)


router = router_for("grants")
command(
    router, reviews, "seal", "seals", seal, "Score every criterion and seal it: it never changes again", body=Scoring,
)  # fmt: skip
