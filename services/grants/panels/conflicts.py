"""Which members of a round's panel are in conflict with which of its applications, today and for whoever may see these."""

from starlette.responses import Response

from services.grants import access
from services.grants.panels import repository
from services.grants.rounds.resource import rounds
from services.kit.http import json, listing
from services.kit.http.guard import Reading
from services.kit.http.mount import Reference, called, router_for
from services.kit.http.openapi import problems
from services.kit.http.shapes import ID, answer, items, record

RULES = {"grants_rounds_conflicts": access.REVIEWS}


async def conflicts(session: Reading, ref: Reference) -> Response:
    one = await listing.find(rounds, session, ref)
    found = await repository.conflicts(session, one["id"])
    return Response(json.write({"items": found}), media_type="application/json", headers=listing.VARY)


router = router_for("grants")
router.add_api_route(
    "/rounds/{ref}/conflicts", called(conflicts, "rounds_conflicts"), methods=["GET"],
    operation_id="grants_rounds_conflicts",
    summary="Who of the panel is in conflict with which applications: who of them may not be assigned",
    responses={
        **problems(404), 200: answer(record(items=items(record(application_id=ID, person_ids=items(ID)))))
    },
    response_model=None, tags=["rounds"],
)  # fmt: skip
