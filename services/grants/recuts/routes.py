"""The Board's cut of a budget line, to be tried and then done."""

from typing import Annotated, Any, get_args

from starlette.responses import Response

from services.grants import access
from services.grants.budget_lines.resource import budget_lines
from services.grants.budget_lines.routes import Amount
from services.grants.recuts import service
from services.grants.recuts.domain import Method
from services.kit.db.session import inside
from services.kit.http import json, listing
from services.kit.http.guard import Writing
from services.kit.http.mount import Reference, called, router_for
from services.kit.http.openapi import problems
from services.kit.http.shapes import ID, TEXT, WHOLE, answer, items, maybe, record
from services.kit.wire import Called, Flag, Wire, choice

RULES = {"grants_budget_lines_recut": access.DECIDES_BUDGETS}


class Recut(Wire):
    """`total_yen`: what the Board gives; `dry_run`: what would be done is answered alone."""

    total_yen: Annotated[Amount, Called("recut_total_yen")]
    method: Annotated[Method, choice("recut_method", get_args(Method)), Called("recut_method")]
    dry_run: Annotated[Flag, Called("recut_dry_run")] = False


async def recut(session: Writing, ref: Reference, body: Recut) -> Response:
    line = await listing.find(budget_lines, await inside(session), ref)
    made = await service.recut(session, line["id"], body.total_yen, body.method, dry_run=body.dry_run)
    told: dict[str, Any] = {"items": [one._asdict() for one in made]}
    return Response(json.write(told), status_code=201, media_type="application/json", headers=listing.VARY)


router = router_for("grants")
CUT = record(application_id=ID, rank=maybe(WHOLE), before=WHOLE, after=WHOLE, standing=TEXT)
router.add_api_route(
    "/budget-lines/{ref}/recuts", called(recut, "recut_budget-lines"), methods=["POST"], status_code=201,
    operation_id="grants_budget_lines_recut",
    summary="Cut what is reserved to what the Board gives, in proportion or from the last by rank",
    responses={**problems(404, 409, 413, 415, 422), 201: answer(record(items=items(CUT)))}, response_model=None,
    tags=["budget-lines"],
)  # fmt: skip
