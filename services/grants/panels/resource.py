"""Panels (審査会) of rounds, with the rubric by which they score, and their members (委員)."""

from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from sqlalchemy import Select, select

from services.grants import access
from services.grants.applications.resource import ROUND
from services.grants.applications.tables import panel, panel_member
from services.grants.panels import service
from services.grants.panels.domain import (
    MEMBER_TWICE,
    NOT_SERVING,
    NOT_WHOLE,
    ONCE,
    PANEL,
    RUBRIC_STAYS,
    SHORT,
    SIGNED_BY_MEMBER,
    STATES,
    STAYS,
)
from services.grants.panels.repository import STATE
from services.grants.panels.rubric import Rubric
from services.grants.tables import grant_round, mine
from services.grants.terms import GrantCode
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.resource import Action, Basis, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Instant, Wire, choice

State = Literal["reviewing", "ranked"]


class PanelWrite(Wire):
    round_code: GrantCode
    rubric: Rubric


class Panel(PanelWrite):
    id: UUID
    state: Annotated[State, choice("panel_state", STATES)]
    ranked_at: Instant | None
    ranked_by: UUID | None


class PanelMember(Wire):
    id: UUID
    panel_id: UUID
    person_id: UUID
    joined_at: Annotated[Instant, Called("panel_joined_at")]


def source(_: Basis) -> Select[Any]:
    p, r = panel.c, grant_round.c
    return select(
        p.id, r.code.label("round_code"), p.rubric, STATE.label("state"), p.ranked_at, p.ranked_by, p.row_version,
    ).join_from(panel, grant_round, r.id == p.round_id)  # fmt: skip


def _members(_: Basis) -> Select[Any]:
    m = panel_member.c
    return select(m.id, m.panel_id, m.person_id, m.joined_at, m.row_version)


def _closed(action: str) -> Callable[[Row], Text | None]:
    return lambda row: PANEL.why_closed(action, row["state"])


def _action(name: str, noun: str) -> Action:
    return Action(name, f"/grants/v1/panels/{{id}}/{noun}", ("grant_officer",), _closed(name))


panels = Resource(
    service="grants",
    schema="grants",
    name="panel",
    plural="panels",
    read=Panel,
    write=PanelWrite,
    source=source,
    access={
        "list": access.REVIEWS,
        "read": access.REVIEWS,
        "create": access.SETS_UP_PANELS,
        "change": access.SETS_UP_PANELS,
    },
    own=mine(panel.c.section),
    filters={"round_code": equals(grant_round.c.code), "state": equals(STATE, State)},
    sorts=("round_code",),
    parts=(Part(panel, ()),),
    refs=(ROUND,),
    check=service.check,
    fixed=("round_code",),
    actions=(_action("add_member", "members"), _action("assign", "assignments"), _action("rank", "rankings")),
    version="2026.1",
    constraints={
        "panel_once": ONCE,
        "panel_stays": STAYS,
        "panel_rubric_stays": RUBRIC_STAYS,
        "panel_signed_by_member": SIGNED_BY_MEMBER,
        "panel_ranks_all": NOT_WHOLE,
        "application_quorum": Refusal(SHORT.code, "conflict", SHORT.title, SHORT.detail.fill(number="")),
    },
)
panel_members = Resource(
    service="grants",
    schema="grants",
    name="panel_member",
    plural="panel-members",
    read=PanelMember,
    source=_members,
    access={"list": access.REVIEWS, "read": access.REVIEWS},
    own=mine(panel_member.c.section),
    filters={"panel_id": equals(panel_member.c.panel_id, UUID)},
    sorts=("joined_at",),
    constraints={
        "panel_member_once": MEMBER_TWICE,
        "panel_member_serves": Refusal(NOT_SERVING.code, "conflict", NOT_SERVING.message, NOT_SERVING.remedy),
    },
)
