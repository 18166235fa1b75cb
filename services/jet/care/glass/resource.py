"""Openings of a case by two persons (緊急閲覧): who asked, why, who decided, until when, and when who protects the data was
told. What was said in the case stands in none."""

from typing import Annotated, Any, get_args
from uuid import UUID

from sqlalchemy import Select, and_, case, func, literal, select

from services.jet.care import access
from services.jet.care.glass.domain import BY_TWO, CANNOT_LAST, GLASS, Reason, State
from services.jet.care.glass.tables import glass_opening
from services.kit.fields import equals
from services.kit.resource import Action, Basis, Resource, Row
from services.kit.text import Text
from services.kit.wire import Instant, Wire, choice


class GlassOpening(Wire):
    id: UUID
    case_id: UUID
    pseudonym: str
    reason: Annotated[Reason, choice("glass_reason", get_args(Reason))]
    state: Annotated[State, choice("glass_state", get_args(State))]
    requested_by: UUID
    requested_at: Instant
    decided_by: UUID | None
    decided_at: Instant | None
    expires_at: Instant | None
    ended_at: Instant | None
    told_at: Instant | None


def source(_: Basis) -> Select[Any]:
    g = glass_opening.c
    over = and_(g.state == "open", g.expires_at <= func.platform.now())
    return select(
        g.id, g.case_id, g.pseudonym, g.reason, case((over, literal("expired")), else_=g.state).label("state"), g.requested_by,
        g.requested_at, g.decided_by, g.decided_at, g.expires_at, g.ended_at, g.told_at, g.row_version,
    )  # fmt: skip


def _action(action: str, noun: str) -> Action:
    def closed(row: Row) -> Text | None:
        return GLASS.why_closed(action, row["state"])

    return Action(action, f"/care/v1/glass-openings/{{id}}/{noun}", ("care_officer", "protector"), closed)


glass_openings = Resource(
    service="care",
    schema="care",
    name="glass_opening",
    plural="glass-openings",
    read=GlassOpening,
    source=source,
    access={"list": access.LOG, "read": access.LOG},
    filters={"case_id": equals(glass_opening.c.case_id, UUID)},
    sorts=("requested_at",),
    actions=(_action("approve", "approvals"), _action("refuse", "refusals"), _action("end", "endings")),
    constraints={"glass_opening_by_two": BY_TWO, "glass_opening_expires": CANNOT_LAST},
)
