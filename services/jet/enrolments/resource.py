"""Enrolments (受講申込): who takes part in a run of a course. An enrolment shares its id with its claim on the run's seats."""

from collections.abc import Callable
from typing import Annotated, Any, get_args
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import Select, func, or_, select

from services.jet import access
from services.jet.enrolments import service, who
from services.jet.enrolments.domain import ENROLLED, NOT_ELIGIBLE, State, closed
from services.jet.tables import capacity_claim, participant
from services.jet.training_tables import (
    learning_progress,
    training_attendance,
    training_course,
    training_edition,
    training_enrolment,
    training_run,
)
from services.jet.training_terms import RUN, Audience
from services.kit.capacity.domain import CONSTRAINTS, REFUSALS
from services.kit.capacity.tables import shown_offer_end, shown_state
from services.kit.directory import visible
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.resource import Action, Basis, Filter, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Flag, Instant, Only, choice

Group = Annotated[Audience, choice("training_audience", get_args(Audience))]
Party = Annotated[StrictInt, Field(ge=1, le=99)]


class TrainingEnrolmentWrite(who.Who):
    audience: Group
    party: Party = 1
    priority: Annotated[StrictInt, Field(ge=0, le=999)] = 0
    certain: Flag = False


class TrainingEnrolment(who.Shown):
    id: UUID
    course_code: str
    course_title_ja: str
    course_title_en: str
    fiscal_year: int
    audience: Group
    party: int
    priority: int
    state: Annotated[State, choice("enrolment_state", get_args(State))]
    waiting_number: int | None
    offer_ends_at: Instant | None
    nominated: bool
    enrolled_at: Instant
    ticket: Annotated[UUID | None, Only("participant", "coordinator")] = None


STATE = shown_state(capacity_claim)


def _present() -> Any:
    a = training_attendance.c
    held = select(a.id).where(a.enrolment_id == training_enrolment.c.id, a.attendance == "present")
    return held.exists()


def _came() -> Any:
    """To one session at least, or to the beginning of a course by e-learning."""
    g = learning_progress.c
    begun = select(g.id).where(g.enrolment_id == training_enrolment.c.id, g.percent > 0)
    return or_(_present(), begun.exists())


def source(_: Basis) -> Select[Any]:
    e, r, ed, c, k = (
        t.c for t in (training_enrolment, training_run, training_edition, training_course, capacity_claim)
    )
    may = or_(func.platform.caller_is("coordinator", "participant"), e.nominated)
    return who.with_names(
        select(
            e.id, r.code.label("run_code"), c.code.label("course_code"), ed.name_ja.label("course_title_ja"),
            ed.name_en.label("course_title_en"), ed.fiscal_year, e.audience, *who.names(), k.party, k.priority,
            STATE.label("state"), k.number.label("waiting_number"),
            shown_offer_end(capacity_claim).label("offer_ends_at"), e.nominated, e.enrolled_at, e.ticket,
            may.label("_may"), _present().label("_attended"), (k.state == "offered").label("_offered"),
            (e.row_version + k.row_version - 1).label("row_version"),
        )
        .join_from(training_enrolment, capacity_claim, k.id == e.id)
        .join(training_run, r.id == e.run_id)
        .join(training_edition, ed.id == r.edition_id)
        .join(training_course, c.id == ed.course_id)
    )  # fmt: skip


def _closed(action: str) -> Callable[[Row], Text | None]:
    def why(row: Row) -> Text | None:
        found = closed(action, row["state"], row["_may"], row["_attended"])
        return None if found is None else found.remedy

    return why


def _action(name: str, command: str) -> Action:
    href = f"/jet/v1/training-enrolments/{{id}}/{command}"
    return Action(name, href, tuple(access.ENROLS.roles), _closed(name))


training_enrolments = Resource(
    service="jet",
    schema="jet",
    name="training_enrolment",
    plural=service.NAME,
    read=TrainingEnrolment,
    write=TrainingEnrolmentWrite,
    source=source,
    access={
        "list": access.ENROLMENTS,
        "read": access.ENROLMENTS,
        "create": access.ENROLS,
        "import": access.NOMINATES,
    },
    own=visible(training_enrolment.c.organisation_id),
    itself=lambda person: training_enrolment.c.participant_id == person,
    filters={
        "run_code": equals(training_run.c.code),
        "edition_code": equals(training_edition.c.code),
        "course_code": equals(training_course.c.code),
        "fiscal_year": equals(training_edition.c.fiscal_year, int),
        "jet_number": equals(participant.c.jet_number),
        "organisation": by_organisation(training_enrolment.c.organisation_id),
        "audience": equals(training_enrolment.c.audience, Audience),
        "state": equals(STATE, State),
        "attended": Filter(bool, lambda given: given == _came()),
        "presented_ticket": who.PRESENTED,
    },
    sorts=("enrolled_at", "run_code", "jet_number", "waiting_number"),
    parts=(Part(training_enrolment, ("id",)),),
    refs=(RUN, *who.REFS),
    check=service.check,
    store=service.store,
    organisation="organisation_id",
    actions=(_action("confirm", "confirmations"), _action("withdraw", "withdrawals")),
    version="2026.1",
    constraints=CONSTRAINTS
    | dict.fromkeys(("training_enrolment_once", "training_enrolment_attendee_once"), ENROLLED)
    | {one.code: one for one in (*REFUSALS, NOT_ELIGIBLE)},
)
