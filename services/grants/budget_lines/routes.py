"""Commands on budget lines: a section plans, enters what the Board decided, and moves money between its lines."""

from typing import Annotated

from pydantic import Field, StrictInt

from services.grants import access
from services.grants.budget_lines import service
from services.grants.budget_lines.resource import budget_lines
from services.grants.terms import GrantCode
from services.kit.db.session import Record, WriteSession
from services.kit.http.commands import command
from services.kit.http.mount import router_for
from services.kit.wire import Day, Line, Wire

RULES = {
    f"grants_budget_lines_{verb}": access.DECIDES_BUDGETS for verb in ("plan", "appropriate", "transfer")
}
MOST = 10**12
Amount = Annotated[StrictInt, Field(ge=0, le=MOST, examples=[12_000_000])]
Some = Annotated[StrictInt, Field(ge=1, le=MOST, examples=[500_000])]


class Plan(Wire):
    planned_yen: Amount


class Appropriation(Wire):
    appropriated_yen: Amount
    appropriated_on: Day


class Transfer(Wire):
    to_code: GrantCode
    transferred_yen: Some
    posting_reason: Line


async def plan(session: WriteSession, line: Record, body: Plan) -> None:
    await service.plan(session, line["id"], body.planned_yen)


async def appropriate(session: WriteSession, line: Record, body: Appropriation) -> None:
    await service.appropriate(session, line["id"], body.appropriated_yen, body.appropriated_on)


async def transfer(session: WriteSession, line: Record, body: Transfer) -> None:
    await service.transfer(session, line["id"], body.to_code, body.transferred_yen, body.posting_reason)


router = router_for("grants")
command(
    router, budget_lines, "plan", "plans", plan,
    "Say what the line is expected to have: reservations are made against it before the Board decides", body=Plan,
)  # fmt: skip
command(
    router, budget_lines, "appropriate", "appropriations", appropriate,
    "Enter what the Board decided, the first time or again: from then on grants are committed", body=Appropriation,
)  # fmt: skip
command(
    router, budget_lines, "transfer", "transfers", transfer,
    "Move what is available to another line of the same section and fiscal year", body=Transfer,
)  # fmt: skip
