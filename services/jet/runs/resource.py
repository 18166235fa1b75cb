"""Training runs (実施回): an edition held once, at its dates and place, with its seats. The seats are a pool of capacity."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import Select, select

from services.jet import access
from services.jet.runs import repository, service
from services.jet.runs.domain import RUN, STATES
from services.jet.tables import capacity_pool
from services.jet.terms import Arrival, ArrivalGroup, OrganisationCode
from services.jet.training_tables import training_course, training_edition, training_run
from services.jet.training_terms import EDITION, Kind, Kinds, Number, Printed, TrainingCode
from services.kit import directory
from services.kit.capacity.domain import CONSTRAINTS
from services.kit.fields import Short, equals
from services.kit.fields import organisation as by_organisation
from services.kit.japan import cells
from services.kit.resource import Action, Basis, Filter, Part, Ref, Resource, Row
from services.kit.text import Text
from services.kit.wire import Called, Day, Instant, Line, Wire, choice

EnrolBy = Literal["clair", "nomination", "oneself", "either"]
State = Literal["planned", "open", "closed", "held", "cancelled"]
ORGANISER = Ref(
    "organiser_code", "organiser_id", directory.organisation, "code", directory.UNKNOWN_ORGANISATION,
    meant=directory.did_you_mean,
)  # fmt: skip
Seats = Annotated[
    Annotated[StrictInt, Field(ge=0, le=100_000)] | None, cells.INTEGER, Called("training_seats")
]


class TrainingRunWrite(Wire):
    """`seats` empty: without limit. `organiser_code` empty: CLAIR itself."""

    code: TrainingCode
    edition_code: TrainingCode
    number: Number | None = None
    stream: Line | None = None
    arrival_group: Arrival | None = None
    organiser_code: OrganisationCode | None = None
    starts_on: Annotated[Day | None, Called("held_from")] = None
    ends_on: Annotated[Day | None, Called("held_until")] = None
    date_precision: Printed = "day"
    date_text: Line | None = None
    place: Line | None = None
    audience_text: Line | None = None
    enrol_by: Annotated[EnrolBy, choice("enrol_by", get_args(EnrolBy))] = "clair"
    enrol_from: Instant | None = None
    enrol_until: Instant | None = None
    seats: Seats = None


class TrainingRun(TrainingRunWrite):
    id: UUID
    kind: Kinds
    fiscal_year: int
    name_ja: str
    name_en: str
    organiser_name: str | None
    state: Annotated[State, choice("run_state", STATES)]
    taken: int
    offered: int
    waiting: int
    cancelled_on: Day | None
    cancelled_reason: str | None


def source(_: Basis) -> Select[Any]:
    r, e, c, o, p = (
        training_run.c, training_edition.c, training_course.c, directory.organisation.c, capacity_pool.c,
    )  # fmt: skip
    return (
        select(
            r.id, r.code, e.code.label("edition_code"), c.kind, r.fiscal_year, e.name_ja, e.name_en, r.number,
            r.stream, r.arrival_group, o.code.label("organiser_code"), o.name.label("organiser_name"), r.starts_on,
            r.ends_on, r.date_precision, r.date_text, r.place, r.audience_text, r.enrol_by, r.enrol_from,
            r.enrol_until, p.seats, p.taken, repository.OFFERED.label("offered"), repository.WAITING.label("waiting"), repository.STATE.label("state"),
            r.cancelled_on, r.cancelled_reason, r.row_version,
        )
        .join_from(training_run, training_edition, e.id == r.edition_id)
        .join(training_course, c.id == e.course_id)
        .join(capacity_pool, p.id == r.pool_id)
        .join(directory.organisation, o.id == r.organiser_id, isouter=True)
    )  # fmt: skip


def _closed(action: str) -> Callable[[Row], Text | None]:
    return lambda row: RUN.why_closed(action, row["state"])


training_runs = Resource(
    service="jet",
    schema="jet",
    name="training_run",
    plural="training-runs",
    read=TrainingRun,
    write=TrainingRunWrite,
    source=source,
    access=access.DEFINED_BY_CLAIR,
    filters={
        "code": equals(training_run.c.code),
        "edition_code": equals(training_edition.c.code),
        "course_code": equals(training_course.c.code),
        "kind": equals(training_course.c.kind, Kind),
        "fiscal_year": equals(training_run.c.fiscal_year, int),
        "organiser": by_organisation(training_run.c.organiser_id),
        "arrival_group": equals(training_run.c.arrival_group, ArrivalGroup),
        "state": equals(repository.STATE, State),
        "open_to_nomination": Filter(bool, lambda given: given == repository.NOMINATES),
        "q": Filter(Short, repository.named, repository.pattern),
        "held_from": Filter(Day, lambda given: training_run.c.ends_on >= given),
        "held_until": Filter(Day, lambda given: training_run.c.starts_on <= given),
    },
    sorts=("starts_on", "code"),
    code="code",
    parts=(Part(training_run, ("code",), once=("pool_id",)),),
    refs=(EDITION, ORGANISER),
    check=service.check,
    store=service.store,
    fixed=("code", "edition_code", "organiser_code"),
    actions=(
        Action("cancel", "/jet/v1/training-runs/{id}/cancellations", ("coordinator",), _closed("cancel")),
    ),
    version="2026.1",
    constraints=dict(CONSTRAINTS),
)
