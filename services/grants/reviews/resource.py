"""Reviews (評価) of applications by members of a panel, with their scores. What is not shown yet is not there."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, RootModel, StrictInt
from sqlalchemy import Select, and_, case, func, or_, select

from services.grants import access
from services.grants.applications.tables import application, caller, handles, in_conflict, review
from services.grants.panels.domain import UNASSIGNABLE
from services.grants.reviews.domain import CLOSED, NOT_YOURS, ONCE, REVIEW, SEALED, STATES, State
from services.grants.rules import Code
from services.grants.tables import grant_round
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.resource import Action, Basis, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Instant, Wire, choice


class ScoresOf(
    RootModel[Annotated[dict[Code, Annotated[StrictInt, Field(ge=0, le=100)]], Field(max_length=20)]]
):
    """By the codes of the rubric's criteria."""

    model_config = ConfigDict(json_schema_extra={"additionalProperties": False, "examples": [{"effect": 4}]})


class Review(Wire):
    """`scores`: none until it is sealed."""

    id: UUID
    panel_id: UUID
    round_code: str
    application_id: Annotated[UUID, Called("grant_application_id")]
    reviewer_id: UUID
    state: Annotated[State, choice("review_state", STATES)]
    scores: ScoresOf
    remark: Annotated[str | None, Called("review_remark")]
    assigned_at: Annotated[Instant, Called("review_assigned_at")]
    sealed_at: Annotated[Instant | None, Called("review_sealed_at")]


# of what is ranked, what was counted then; before, whoever is in conflict today
STATE = case(
    (
        or_(review.c.counted.is_(False), and_(review.c.counted.is_(None), in_conflict(review.c.reviewer_id))),
        "set_aside",
    ),
    (review.c.sealed_at.is_not(None), "sealed"),
    else_="assigned",
)


def source(_: Basis) -> Select[Any]:
    r, a = review.c, application.c
    return (
        select(
            r.id, r.panel_id, grant_round.c.code.label("round_code"), r.application_id, r.reviewer_id,
            STATE.label("state"), func.coalesce(r.scores, func.jsonb_build_object()).label("scores"), r.remark, r.assigned_at,
            r.sealed_at, r.row_version, (r.reviewer_id == caller()).label("yours"),
        )
        .join_from(review, application, a.id == r.application_id)
        .join(grant_round, grant_round.c.id == a.round_id)
    )  # fmt: skip


def _seal(row: Row) -> Text | None:
    return REVIEW.why_closed("seal", row["state"]) if row["yours"] else NOT_YOURS.detail


reviews = Resource(
    service="grants",
    schema="grants",
    name="review",
    plural="reviews",
    read=Review,
    source=source,
    access={"list": access.REVIEWS, "read": access.REVIEWS},
    own=and_(
        handles(),
        or_(
            review.c.reviewer_id == caller(),
            func.grants.unblinded(caller(), review.c.panel_id, review.c.application_id),
        ),
    ),
    filters={
        "application_id": equals(review.c.application_id, UUID),
        "panel_id": equals(review.c.panel_id, UUID),
        "reviewer_id": equals(review.c.reviewer_id, UUID),
        "round_code": equals(grant_round.c.code),
        "state": equals(STATE, State),
    },
    sorts=("assigned_at",),
    actions=(Action("seal", "/grants/v1/reviews/{id}/seals", ("grant_officer",), _seal),),
    constraints={
        "review_once": ONCE,
        "review_sealed": SEALED,
        "review_of_another": NOT_YOURS,
        "review_closed": CLOSED,
        "review_in_conflict": Refusal(
            UNASSIGNABLE.code, "conflict", UNASSIGNABLE.message, UNASSIGNABLE.remedy
        ),
    },
)
