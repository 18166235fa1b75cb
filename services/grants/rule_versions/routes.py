"""Beside a rule version's own routes: it is frozen by a person, and its cost sheet is had to fill in."""

import asyncio

from fastapi import Request
from starlette.responses import Response

from services.grants import access
from services.grants.budget import Budget
from services.grants.cost_sheet import cost_sheet_xlsx
from services.grants.rule_versions import service
from services.grants.rule_versions.resource import rule_versions
from services.grants.rules import Rules
from services.kit.db.session import Record, WriteSession
from services.kit.http import listing
from services.kit.http.commands import command
from services.kit.http.guard import Reading
from services.kit.http.mount import Reference, called, router_for
from services.kit.http.negotiate import XLSX, only
from services.kit.http.openapi import problems
from services.kit.text import Text

RULES = {"grants_rule_versions_freeze": access.SIGNS, "grants_rule_versions_cost_sheet": access.PROGRAMMES}


async def freeze(session: WriteSession, version: Record) -> None:
    await service.freeze(session, version["id"])


async def cost_sheet(request: Request, session: Reading, ref: Reference) -> Response:
    """Empty, with the categories of these rules to choose from; both languages stand on it."""
    only(request.headers.get("accept", ""), XLSX)
    version = await listing.find(rule_versions, session, ref)
    rules, code = Rules.model_validate(version["rules"]), version["code"]
    made = await asyncio.to_thread(cost_sheet_xlsx, rules, Budget(), heading=Text(code, code))
    headers = listing.VARY | {"Content-Disposition": f'attachment; filename="{code}-costs.xlsx"'}
    return Response(made, media_type=XLSX, headers=headers)


router = router_for("grants")
command(
    router, rule_versions, "freeze", "freezes", freeze, "Freeze a version of rules: it never changes again"
)
router.add_api_route(
    "/rule-versions/{ref}/cost-sheet", called(cost_sheet, "print_rule_versions"), methods=["GET"],
    operation_id="grants_rule_versions_cost_sheet", summary="The cost sheet to fill in (XLSX)",
    responses={**problems(404), 200: {
        "description": "The cost sheet, empty", "content": {XLSX: {"schema": {"type": "string", "format": "binary"}}},
    }},
    response_class=Response, response_model=None, tags=["rule-versions"],
)  # fmt: skip
