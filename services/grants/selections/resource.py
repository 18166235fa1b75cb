"""Selections (選定案) of rounds, and their entries: what is proposed, and later decided, for each ranked application."""

from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, RootModel, StrictInt
from sqlalchemy import Select, select

from services.grants import access
from services.grants.applications.resource import ROUND
from services.grants.applications.tables import application, handles
from services.grants.decision_tables import selection, selection_entry
from services.grants.selections import service
from services.grants.selections.domain import (
    NO_STEP,
    NOT_ALL,
    ONCE,
    PROPOSALS,
    SAME_PERSON,
    SELECTION,
    STANDINGS,
    STATES,
    STAYS,
    WRONG_AMOUNT,
    Proposal,
    Standing,
)
from services.grants.selections.repository import STATE
from services.grants.tables import grant_round, mine
from services.grants.terms import GrantCode
from services.kit.directory import organisation
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.resource import Action, Basis, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Instant, Line, Wire, choice

State = Literal["drawn_up", "decided"]


class TraceStep(Wire):
    """`given`: names and values, in the order in which the operation takes them."""

    step: str
    operation: str
    given: list[list[str | int]]
    result: int
    ja: str
    en: str


class TraceOf(RootModel[list[TraceStep]]):
    """The steps of a computation, in their order."""


class EligibilityWords(Wire):
    ja: str
    en: str


class EligibilityReason(Wire):
    code: str
    message: EligibilityWords
    remedy: EligibilityWords


class EligibilityFacts(Wire):
    kind: str | None
    organisation_stands: bool
    joint: bool
    members: list[str | None]
    prior: int
    cap_left: int | None


class EligibilityVerdict(Wire):
    eligible: bool
    facts: EligibilityFacts
    reasons: list[EligibilityReason]


class SelectionWrite(Wire):
    round_code: GrantCode


class Selection(SelectionWrite):
    id: UUID
    state: Annotated[State, choice("selection_state", STATES), Called("selection_state")]
    drawn_up_at: Instant
    drawn_up_by: UUID
    decided_at: Annotated[Instant | None, Called("selection_decided_at")]
    decided_by: Annotated[UUID | None, Called("selection_decided_by")]


class SelectionEntryWrite(Wire):
    """`reason`: needed where it goes against the ranking, or gets less than was computed."""

    standing: Annotated[Proposal, choice("selection_standing", PROPOSALS)]
    amount_yen: Annotated[
        StrictInt, Field(ge=0, le=10**12, examples=[1_400_000]), Called("selection_amount_yen")
    ]
    reason: Annotated[Line | None, Called("selection_reason")] = None


class SelectionEntry(Wire):
    id: UUID
    selection_id: UUID
    round_code: str
    application_id: Annotated[UUID, Called("grant_application_id")]
    organisation_code: str
    organisation_name: str
    department: Annotated[str, Called("applying_department")]
    title: Annotated[str, Called("project_title")]
    rank: Annotated[int, Called("application_rank")]
    standing: Annotated[Standing, choice("selection_standing", STANDINGS)]
    computed_yen: int
    amount_yen: Annotated[int, Called("selection_amount_yen")]
    reason: Annotated[str | None, Called("selection_reason")]
    changed_by: UUID | None
    ended_at: Instant | None
    ended_reason: str | None
    verdict: Annotated[EligibilityVerdict, Called("eligibility_verdict")]
    trace: TraceOf


def source(_: Basis) -> Select[Any]:
    s, r = selection.c, grant_round.c
    return select(
        s.id, r.code.label("round_code"), STATE.label("state"), s.drawn_up_at, s.drawn_up_by, s.decided_at, s.decided_by,
        s.row_version,
    ).join_from(selection, grant_round, r.id == s.round_id)  # fmt: skip


def _entries(_: Basis) -> Select[Any]:
    e, a, o = selection_entry.c, application.c, organisation.c
    return (
        select(
            e.id, e.selection_id, grant_round.c.code.label("round_code"), e.application_id,
            o.code.label("organisation_code"), o.name.label("organisation_name"), a.department, a.title, a.rank,
            e.standing, e.computed_yen, e.amount_yen, e.reason, e.changed_by, e.ended_at, e.ended_reason, e.verdict,
            e.trace, e.row_version,
        )
        .join_from(selection_entry, application, a.id == e.application_id)
        .join(grant_round, grant_round.c.id == e.round_id)
        .join(organisation, o.id == a.organisation_id)
    )  # fmt: skip


def _closed(action: str) -> Callable[[Row], Text | None]:
    return lambda row: SELECTION.why_closed(action, row["state"])


def _action(name: str, noun: str) -> Action:
    return Action(name, f"/grants/v1/selections/{{id}}/{noun}", ("grant_officer",), _closed(name))


selections = Resource(
    service="grants",
    schema="grants",
    name="selection",
    plural="selections",
    read=Selection,
    write=SelectionWrite,
    source=source,
    access={"list": access.REVIEWS, "read": access.REVIEWS, "create": access.HANDLES},
    own=mine(selection.c.section),
    filters={"round_code": equals(grant_round.c.code), "state": equals(STATE, State)},
    sorts=("round_code",),
    parts=(Part(selection, ()),),
    refs=(ROUND,),
    check=service.check,
    store=service.draw_up,
    actions=(_action("decide", "decisions"), _action("award", "awards")),
    version="2026.1",
    constraints={
        "selection_once": ONCE,
        "selection_two_people": SAME_PERSON,
        "selection_of_all": NOT_ALL,
        "selection_stays": STAYS,
        "selection_entry_moves": NO_STEP,
    },
)
selection_entries = Resource(
    service="grants",
    schema="grants",
    name="selection_entry",
    plural="selection-entries",
    read=SelectionEntry,
    write=SelectionEntryWrite,
    source=_entries,
    access={"list": access.REVIEWS, "read": access.REVIEWS, "change": access.HANDLES},
    own=handles(),
    filters={
        "selection_id": equals(selection_entry.c.selection_id, UUID),
        "application_id": equals(selection_entry.c.application_id, UUID),
        "round_code": equals(grant_round.c.code),
        "organisation_code": by_organisation(application.c.organisation_id),
        "standing": equals(selection_entry.c.standing, Standing),
    },
    sorts=("rank",),
    parts=(Part(selection_entry, ()),),
    check=service.check_entry,
    version="2026.1",
    constraints={
        "selection_entry_amount": Refusal(
            WRONG_AMOUNT.code, "conflict", WRONG_AMOUNT.message, WRONG_AMOUNT.remedy
        ),
    },
)
