"""Hand-overs (引継ぎ) of an office: what is open when an officer leaves, signed by who leaves, ticked by who comes.

While it is drafted its matters are told from the records as they stand; signing keeps them, each to be ticked.
"""

from typing import Annotated, Any, get_args
from uuid import UUID

from sqlalchemy import Select, cast, false, func, literal_column, select, union_all
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from services.events import access
from services.events.hand_overs.domain import HAND_OVER, NOBODY, State
from services.events.hand_overs.matters import LIVE, NUMBER
from services.events.hand_overs.service import check
from services.events.log_tables import hand_over, hand_over_matter
from services.events.references import OFFICE, headquarters
from services.events.tables import mine
from services.events.terms import OfficeCode
from services.kit.fields import equals
from services.kit.resource import Action, Basis, Filter, Part, Resource
from services.kit.wire import Called, Day, Instant, Wire, choice

STATE = Annotated[State, choice("hand_over_state", get_args(State)), Called("hand_over_state")]
Kind = Annotated[str, Called("matter_kind")]


class Matter(Wire):
    """`reference`: the code of the record."""

    number: int
    kind: str
    reference: str
    title: str
    due_on: Day | None
    ticked: bool


class HandOverWrite(Wire):
    office_code: OfficeCode | None = None
    leaves_on: Day


class HandOver(HandOverWrite):
    id: UUID
    state: STATE
    leaving_id: UUID
    successor_id: UUID | None
    signed_at: Instant | None
    taken_over_at: Instant | None
    matters: list[Matter]


class HandOverMatter(Wire):
    id: UUID
    hand_over_id: UUID
    number: int
    kind: Kind
    reference: str
    title: Annotated[str, Called("matter_title")]
    due_on: Day | None
    ticked_at: Instant | None


def _matters() -> Any:
    """Of each hand-over its matters in the order of their days: as they stand, or as they were signed."""
    k, one = hand_over_matter.c, LIVE.c
    ahead = select(
        one.hand_over_id, NUMBER.label("number"), one.kind, one.reference, one.title, one.due_on,
        false().label("ticked"),
    )  # fmt: skip
    kept = select(
        k.hand_over_id,
        k.number,
        k.kind,
        k.reference,
        k.title,
        k.due_on,
        k.ticked_at.is_not(None).label("ticked"),
    )
    every = union_all(ahead, kept).subquery("matter")
    fields = [part for name in Matter.model_fields for part in (literal_column(f"'{name}'"), every.c[name])]
    told = aggregate_order_by(func.jsonb_build_object(*fields), every.c.number)
    return (
        select(every.c.hand_over_id, func.jsonb_agg(told).label("matters"))
        .group_by(every.c.hand_over_id)
        .subquery("of_hand_over")
    )


MATTERS = _matters()


def source(_: Basis) -> Select[Any]:
    h = hand_over.c
    none = cast(literal_column("'[]'"), JSONB)
    return select(
        h.id, h.office.label("office_code"), h.leaves_on, h.state, h.leaving_id, h.successor_id, h.signed_at,
        h.taken_over_at, func.coalesce(MATTERS.c.matters, none).label("matters"), h.row_version,
    ).join_from(hand_over, MATTERS, MATTERS.c.hand_over_id == h.id, isouter=True)  # fmt: skip


def _act(name: str, noun: str) -> Action:
    return Action(
        name, f"/events/v1/hand-overs/{{id}}/{noun}", ("event_officer",),
        lambda row: HAND_OVER.why_closed(name, row["state"]),
    )  # fmt: skip


OF_PERSON = {verb: rule for verb, rule in access.OF_OFFICE.items() if verb != "import"}
hand_overs = Resource(
    service="events",
    schema="events",
    name="office_hand_over",
    plural="hand-overs",
    read=HandOver,
    write=HandOverWrite,
    source=source,
    access=OF_PERSON | {"create": access.SIGNS},
    own=mine(hand_over.c.office),
    filters={
        "office": equals(hand_over.c.office),
        "headquarters": headquarters(hand_over.c.office),
        "state": equals(hand_over.c.state, State),
    },
    sorts=("leaves_on",),
    parts=(Part(hand_over, ("office", "leaving_id", "leaves_on"), once=("state", "leaving_id")),),
    refs=(OFFICE,),
    check=check,
    fixed=("office_code",),
    actions=(
        _act("sign", "signatures"),
        _act("succeed", "successions"),
        _act("step_down", "step-downs"),
        _act("take_over", "takeovers"),
    ),
    constraints={"hand_over_persons": NOBODY},
)


def matter_source(_: Basis) -> Select[Any]:
    m = hand_over_matter.c
    return select(
        m.id, m.hand_over_id, m.number, m.kind, m.reference, m.title, m.due_on, m.ticked_at, m.row_version
    )


hand_over_matters = Resource(
    service="events",
    schema="events",
    name="hand_over_matter",
    plural="hand-over-matters",
    read=HandOverMatter,
    source=matter_source,
    access={"list": access.LOG, "read": access.LOG},
    own=mine(hand_over_matter.c.office),
    filters={
        "hand_over": equals(hand_over_matter.c.hand_over_id, UUID),
        "ticked": Filter(bool, lambda given: hand_over_matter.c.ticked_at.is_not(None) == given),
    },
    sorts=("number",),
)
