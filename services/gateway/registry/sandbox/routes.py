"""The business clock: everybody may read it; a sandbox's registrar moves it forward, so that a demo plays
seasons and a test plays midnights. The database itself refuses what is not a sandbox, or goes back.
"""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Request
from pydantic import AfterValidator
from sqlalchemy import text
from starlette.responses import Response

from services.kit import audit
from services.kit.auth.scope import Rule
from services.kit.db.session import ReadSession, inside
from services.kit.errors import Refusal
from services.kit.http import json
from services.kit.http.guard import Reading, Writing
from services.kit.http.mount import router_for
from services.kit.http.openapi import problems
from services.kit.text import Text
from services.kit.wire import Instant, Wire

SANDBOX_ONLY = Refusal(
    "clock_not_movable", "conflict",
    Text("時計は動かせません", "The clock cannot be moved"),
    Text("時計を動かせるのは練習用のデータベースだけです。", "Only a sandbox database has a clock that moves."),
)  # fmt: skip
FORWARD_ONLY = Refusal(
    "clock_moves_forward", "conflict",
    Text("時計は戻せません", "The clock does not go back"),
    Text("今の業務時刻より後の時刻を指定してください。", "Give an instant after the present business time."),
)  # fmt: skip
CONSTRAINTS = {"clock_moves_in_sandboxes_only": SANDBOX_ONLY, "clock_moves_forward": FORWARD_ONLY}
RULES = {
    "identity_clock_read": Rule(scope="", public=True),
    "identity_clock_moves_create": Rule(scope="identity.clock:write", roles={"registrar": "all"}),
}

_NOW = "SELECT platform.now() AS now, platform.today() AS today, sandbox, go_live_at FROM platform.clock"


def _plausible(value: datetime) -> datetime:
    if not 1900 <= value.year <= 2200:
        raise ValueError("the year lies between 1900 and 2200")
    return value


class ClockMove(Wire):
    to: Annotated[Instant, AfterValidator(_plausible)]


class Clock(Wire):
    """Business time, which rules and deadlines go by."""

    now: datetime
    today: date
    sandbox: bool
    go_live_at: datetime


router = router_for("identity")


async def _clock(session: ReadSession) -> dict[str, Any]:
    row = await session.row(_NOW)
    assert row is not None  # the row is made with the database
    return dict(row)


@router.get(
    "/clock",
    operation_id="identity_clock_read",
    summary="Business time",
    tags=["sandbox"],
    responses={**problems(), 200: {"model": Clock, "description": "OK"}},
    response_model=None,
)
async def read(session: Reading) -> Response:
    clock = await _clock(session)
    return Response(json.write(clock), media_type="application/json", headers={"Cache-Control": "no-store"})


@router.post(
    "/clock-moves",
    operation_id="identity_clock_moves_create",
    summary="Move the clock of a sandbox forward",
    tags=["sandbox"],
    status_code=201,
    responses={**problems(409, 413, 415, 422), 201: {"model": Clock, "description": "OK"}},
    response_model=None,
)
async def move(request: Request, session: Writing, body: ClockMove) -> Response:
    reading = await inside(session)
    before = await _clock(reading)
    await session.execute(text("UPDATE platform.clock SET offset_by = :to - now()"), {"to": body.to})
    after = await _clock(reading)
    await audit.entry(session, "identity", "create", "clock-moves", before=before, after=after)
    return Response(json.write(after), status_code=201, media_type="application/json")
