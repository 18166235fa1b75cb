"""Which members of a round's panel are in conflict with which of its applications, today and for whoever may see these."""

from starlette.responses import Response

from services.grants import access
from services.grants.rounds.resource import rounds
from services.kit.http import json, listing
from services.kit.http.guard import Reading
from services.kit.http.mount import Reference, called, router_for
from services.kit.http.openapi import problems
from services.kit.http.shapes import ID, answer, items, record

RULES = {"grants_rounds_conflicts": access.REVIEWS}
_CONFLICTS = """
SELECT a.id AS application_id, array_agg(m.person_id ORDER BY m.person_id) AS person_ids
FROM grants.application AS a JOIN grants.panel AS p ON p.round_id = a.round_id
    JOIN grants.panel_member AS m ON m.panel_id = p.id
WHERE a.round_id = $1 AND a.section = ANY ((SELECT grants.sections())::text[])
    AND NOT grants.in_conflict((SELECT platform.caller('person')::uuid), a.id, a.round_id, a.organisation_id || a.member_ids)
    AND grants.in_conflict(m.person_id, a.id, a.round_id, a.organisation_id || a.member_ids)
GROUP BY a.id ORDER BY a.id
"""


async def conflicts(session: Reading, ref: Reference) -> Response:
    one = await listing.find(rounds, session, ref)
    found = [dict(row) for row in await session.fetch(_CONFLICTS, one["id"])]
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
