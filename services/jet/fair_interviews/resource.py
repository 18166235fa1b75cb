"""Interviews (面談) of candidates with exhibitors at a fair.

An exhibitor sees whom it talks to while it may see the candidate; of one who has withdrawn the consent its past
meeting remains, without the person.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Select, Table, Uuid, and_, case, cast, func, or_, select

from services.jet import access
from services.jet.career_tables import (
    career_fair,
    career_fair_day,
    fair_interview,
    fair_registration,
    interview_slot,
)
from services.jet.fair_candidates.resource import open_here
from services.jet.fair_interviews import service
from services.jet.fair_interviews.domain import (
    BUSY_THEN,
    INTERVIEW,
    SLOT_TAKEN,
    UNKNOWN_CANDIDATE,
    UNKNOWN_SLOT,
    WITHOUT_CONSENT,
)
from services.kit import directory
from services.kit.directory import represented
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.resource import Action, Basis, Ref, Resource
from services.kit.wire import Instant, Wire, choice

State = Literal["requested", "booked", "declined", "cancelled", "met", "no_show"]
Outcome = Literal["none", "second_interview", "offer", "declined"]
AskedBy = Literal["participant", "exhibitor"]


class FairInterviewWrite(Wire):
    """`candidate_id`: the registration, by the id that exhibitors know a candidate by."""

    slot_id: UUID
    candidate_id: UUID


class FairInterview(Wire):
    id: UUID
    fair_code: str
    day_code: str
    organisation_code: str
    organisation_name: str
    slot_id: UUID
    table_no: int
    starts_at: Instant
    ends_at: Instant
    candidate_id: UUID | None
    asked_by: Annotated[AskedBy, choice("asked_by", get_args(AskedBy))]
    asked_at: Instant
    state: Annotated[State, choice("fair_interview_state", get_args(State))]
    outcome: Annotated[Outcome, choice("interview_outcome", get_args(Outcome))]


def _is(role: str) -> Any:
    return select(func.platform.caller_is(role)).scalar_subquery()


def _person() -> Any:
    return cast(select(func.platform.caller("person")).scalar_subquery(), Uuid)


def source(_: Basis) -> Select[Any]:
    i, s, r = fair_interview.c, interview_slot.c, fair_registration.c
    f, d, o = career_fair.c, career_fair_day.c, directory.organisation.c
    return (
        select(
            i.id, f.code.label("fair_code"), d.code.label("day_code"), o.code.label("organisation_code"),
            o.name.label("organisation_name"), i.slot_id, s.table_no, i.starts_at, i.ends_at,
            case((or_(~_is("business"), open_here()), r.id)).label("candidate_id"), i.asked_by, i.asked_at, i.state,
            i.outcome, i.row_version,
        )
        .join_from(fair_interview, interview_slot, s.id == i.slot_id)
        .join(fair_registration, r.id == i.registration_id, isouter=True)
        .join(career_fair_day, d.id == i.day_id)
        .join(career_fair, f.id == d.fair_id)
        .join(directory.organisation, o.id == i.organisation_id)
    )  # fmt: skip


def _slots(table: Table) -> Any:
    """Every participant may choose any; a company has its own."""
    return or_(_is("participant"), represented(table.c.organisation_id))


def _candidates(table: Table) -> Any:
    return or_(
        and_(_is("participant"), table.c.participant_id == _person(), table.c.withdrawn_at.is_(None)),
        and_(_is("business"), open_here()),
    )


def _action(name: str, noun: str, *roles: str) -> Action:
    return Action(
        name, f"/jet/v1/fair-interviews/{{id}}/{noun}", roles, lambda row: INTERVIEW.why_closed(name, row["state"])
    )  # fmt: skip


fair_interviews = Resource(
    service="jet",
    schema="jet",
    name="fair_interview",
    plural="fair-interviews",
    read=FairInterview,
    write=FairInterviewWrite,
    source=source,
    access={"list": access.MEETINGS, "read": access.MEETINGS, "create": access.MEETS},
    own=represented(fair_interview.c.organisation_id),
    itself=lambda person: fair_interview.c.participant_id == person,
    filters={
        "fair": equals(career_fair.c.code),
        "day": equals(career_fair_day.c.code),
        "organisation": by_organisation(fair_interview.c.organisation_id),
        "state": equals(fair_interview.c.state, State),
    },
    sorts=("starts_at",),
    refs=(
        Ref("slot_id", "_slot_id", interview_slot, "id", UNKNOWN_SLOT, _slots),
        Ref("candidate_id", "_candidate_id", fair_registration, "id", UNKNOWN_CANDIDATE, _candidates),
    ),
    check=service.check,
    store=service.store,
    actions=(
        _action("accept", "acceptances", "participant"),
        _action("decline", "refusals", "participant"),
        _action("cancel", "cancellations", "participant", "business", "coordinator"),
        _action("meet", "results", "business", "coordinator"),
    ),
    constraints={
        "fair_interview_one_per_slot": SLOT_TAKEN,
        "interview_hold_pkey": SLOT_TAKEN,
        "fair_interview_one_at_a_time": BUSY_THEN,
        "fair_interview_with_consent": WITHOUT_CONSENT,
    },
)
