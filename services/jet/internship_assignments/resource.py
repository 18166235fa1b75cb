"""Runs of the assignment with what each applicant was told (割当), and the assignments that they led to (配属).

A run and its results stay as they were made. Applicants see their own once a run is published; hosts see the interns
whom they take, and of their texts those that the intern lets them read while the assignment stands.
"""

from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Select, and_, case, func, or_, select

from services.jet import access
from services.jet.internship_applications.resource import Kind
from services.jet.internship_assignments.domain import RUN
from services.jet.internship_assignments.service import NAME, RUNS, judge, name
from services.jet.internship_hosts.resource import PLACES_EXCEEDED
from services.jet.internship_tables import (
    internship_application,
    internship_application_text,
    internship_assignment,
    internship_assignment_run,
    internship_host,
    internship_programme,
    internship_result,
)
from services.jet.internships.terms import PROGRAMME, ProgrammeCode, host
from services.jet.references import PARTICIPANT
from services.jet.tables import participant
from services.jet.terms import JetNumber
from services.kit import directory
from services.kit.db.session import WriteSession
from services.kit.directory import represented
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.resource import Action, Basis, Part, Resource, Row
from services.kit.wire import Code, Day, Flag, Instant, Only, Wire, choice
from services.kit.writer import repeated

RunState = Literal["made", "published", "superseded"]
RunStated = Annotated[RunState, choice("internship_run_state", get_args(RunState))]
State = Literal["assigned", "withdrawn"]
Outcome = Literal["met", "condition", "full", "lottery", "not_needed"]
Outcomes = Annotated[Outcome, choice("internship_outcome", get_args(Outcome))]
NOT_THE_HOST = ("coordinator", "service", "participant")
# an intern's own words, whose reading is noted whoever reads them
NOTED = (*NOT_THE_HOST, "business")


class InternshipAssignmentRun(Wire):
    id: UUID
    programme_code: str
    number: int
    state: RunStated
    seed: str
    input_sha256: str
    applicants: int
    kept: int
    assigned: int
    first_met: int
    second_met: int
    third_met: int
    unassigned: int
    places: int
    places_left: int
    objective: int
    bound: int
    gap: int
    milliseconds: int
    made_at: Instant
    published_at: Instant | None


class InternshipResult(Wire):
    id: UUID
    run_id: UUID
    run_number: int
    run_state: RunStated
    seed: str
    programme_code: str
    jet_number: JetNumber
    internship_host_code: str | None
    organisation_name: str | None
    preference: int | None
    kept: bool
    lottery_number: int | None
    first_outcome: Outcomes | None
    second_outcome: Outcomes | None
    third_outcome: Outcomes | None
    explanation_ja: str
    explanation_en: str


class InternshipAssignmentWrite(Wire):
    """What CLAIR enters itself: marks of an assignment, or one that came about without a run."""

    programme_code: ProgrammeCode
    jet_number: JetNumber
    internship_host_code: Code
    attended_pretraining: Flag | None = None
    completed_on: Day | None = None


class InternshipAssignment(Wire):
    id: UUID
    application_id: UUID
    programme_code: str
    fiscal_year: int
    internship_host_code: str
    organisation_code: str
    organisation_name: str
    jet_number: Annotated[JetNumber | None, Only(*NOT_THE_HOST)] = None
    state: Annotated[State, choice("internship_assignment_state", get_args(State))]
    preference: Annotated[int | None, Only(*NOT_THE_HOST)] = None
    run_number: Annotated[int | None, Only(*NOT_THE_HOST)] = None
    assigned_at: Instant
    withdrawn_at: Instant | None
    attended_pretraining: bool | None
    completed_on: Day | None
    took_part: bool
    intern_name: Annotated[str | None, Only(*NOTED)] = None
    motivation: Annotated[str | None, Only(*NOTED)] = None
    self_introduction: Annotated[str | None, Only(*NOTED)] = None


def _runs(_: Basis) -> Select[Any]:
    r = internship_assignment_run.c
    stored = [
        r[name] for name in InternshipAssignmentRun.model_fields if name in r and name != "input_sha256"
    ]
    return select(
        *stored, internship_programme.c.code.label("programme_code"),
        func.encode(r.input_sha256, "hex").label("input_sha256"), (r.bound - r.objective).label("gap"), r.row_version,
    ).join_from(
        internship_assignment_run, internship_programme, internship_programme.c.id == r.programme_id
    )  # fmt: skip


internship_assignment_runs = Resource(
    service="jet",
    schema="jet",
    name="internship_assignment_run",
    plural=RUNS,
    read=InternshipAssignmentRun,
    source=_runs,
    access={"list": access.CAREERS_OF_CLAIR, "read": access.CAREERS_OF_CLAIR},
    filters={
        "programme_code": equals(internship_programme.c.code),
        "state": equals(internship_assignment_run.c.state, RunState),
    },
    sorts=("made_at", "number"),
    actions=(
        Action(
            "publish",
            "/jet/v1/internship-assignment-runs/{id}/publications",
            ("coordinator",),
            lambda row: RUN.why_closed("publish", row["state"]),
        ),
    ),
)


def _results(_: Basis) -> Select[Any]:
    t, r, h, o = internship_result.c, internship_assignment_run.c, internship_host.c, directory.organisation.c
    stored = [t[name] for name in InternshipResult.model_fields if name in t]
    return (
        select(
            *stored, r.number.label("run_number"), r.state.label("run_state"), r.seed,
            internship_programme.c.code.label("programme_code"), participant.c.jet_number, h.code.label("internship_host_code"),
            o.name.label("organisation_name"), t.row_version,
        )
        .join_from(internship_result, internship_assignment_run, r.id == t.run_id)
        .join(internship_programme, internship_programme.c.id == t.programme_id)
        .join(participant, participant.c.id == t.participant_id)
        .join(internship_host, h.id == t.host_id, isouter=True)
        .join(directory.organisation, o.id == h.organisation_id, isouter=True)
    )  # fmt: skip


internship_results = Resource(
    service="jet",
    schema="jet",
    name="internship_result",
    plural="internship-results",
    read=InternshipResult,
    source=_results,
    access={"list": access.REGISTRATIONS, "read": access.REGISTRATIONS},
    itself=lambda person: and_(
        internship_result.c.participant_id == person, internship_assignment_run.c.state != "made"
    ),
    filters={
        "run_id": equals(internship_result.c.run_id, UUID),
        "programme_code": equals(internship_programme.c.code),
        "jet_number": equals(participant.c.jet_number),
        "internship_host_code": equals(internship_host.c.code),
        "preference": equals(internship_result.c.preference, int),
    },
    sorts=("lottery_number", "jet_number"),
)


def took_part() -> Any:
    """Who was at any part of it: the pre-training is one."""
    a = internship_assignment.c
    present = or_(func.coalesce(a.attended_pretraining, False), a.completed_on.is_not(None))
    return and_(a.state == "assigned", present)


def _text(kind: str) -> Any:
    """A text of the application; the host's contact reads what the intern shares, while the assignment stands."""
    t, a = internship_application_text.alias(kind).c, internship_assignment.c
    a_host = select(func.platform.caller_is("business")).scalar_subquery()
    readable = or_(~a_host, and_(t.shared, a.state == "assigned"))
    return (
        select(t.content)
        .where(t.application_id == a.application_id, t.kind == kind, readable)
        .scalar_subquery()
    )


def _assignments(_: Basis) -> Select[Any]:
    a, p, h, o = internship_assignment.c, internship_programme.c, internship_host.c, directory.organisation.c
    wish, r = internship_application.c, internship_assignment_run.c
    ranks = ((wish.first_host_id, 1), (wish.second_host_id, 2), (wish.third_host_id, 3))
    stored = [a[name] for name in InternshipAssignment.model_fields if name in a]
    return (
        select(
            *stored, p.code.label("programme_code"), p.fiscal_year, h.code.label("internship_host_code"),
            o.code.label("organisation_code"), o.name.label("organisation_name"), participant.c.jet_number,
            case(*((column == a.host_id, rank) for column, rank in ranks)).label("preference"),
            r.number.label("run_number"), took_part().label("took_part"),
            *(_text(kind).label(kind) for kind in get_args(Kind)), a.row_version,
        )
        .join_from(internship_assignment, internship_programme, p.id == a.programme_id)
        .join(internship_host, h.id == a.host_id)
        .join(directory.organisation, o.id == a.organisation_id)
        # a contact reads neither the person nor the application
        .join(participant, participant.c.id == a.participant_id, isouter=True)
        .join(internship_application, wish.id == a.application_id, isouter=True)
        .join(internship_assignment_run, r.id == a.run_id, isouter=True)
    )  # fmt: skip


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    asked = await name(session, rows)
    same = await repeated(session, internship_assignments, rows)
    return await judge(session, [row for row in rows if row["_row"] not in same], asked)


internship_assignments = Resource(
    service="jet",
    schema="jet",
    name="internship_assignment",
    plural=NAME,
    read=InternshipAssignment,
    write=InternshipAssignmentWrite,
    source=_assignments,
    access={
        "list": access.MEETINGS,
        "read": access.MEETINGS,
        "create": access.FAIRS_WRITE,
        "change": access.FAIRS_WRITE,
        "import": access.FAIRS_WRITE,
    },
    own=represented(internship_assignment.c.organisation_id),
    itself=lambda person: internship_assignment.c.participant_id == person,
    filters={
        "programme_code": equals(internship_programme.c.code),
        "fiscal_year": equals(internship_programme.c.fiscal_year, int),
        "internship_host_code": equals(internship_host.c.code),
        "organisation": by_organisation(internship_assignment.c.organisation_id),
        "application_id": equals(internship_assignment.c.application_id, UUID),
        "state": equals(internship_assignment.c.state, State),
        "took_part": equals(took_part(), bool),
    },
    sorts=("assigned_at", "internship_host_code"),
    parts=(Part(internship_assignment, ("application_id",)),),
    refs=(PROGRAMME, PARTICIPANT, host("internship_host_code", "host_id")),
    check=check,
    fixed=("programme_code", "jet_number"),
    version="2026.1",
    constraints={"internship_places_exceeded": PLACES_EXCEEDED},
)
