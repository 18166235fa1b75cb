"""Progress (進捗) in e-learning, read from the learning system by file: it goes forward only, an older reading changes nothing."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import Select, select

from services.jet import access
from services.jet.attendances import service
from services.jet.attendances.domain import WENT_BACK
from services.jet.attendances.resource import oneself
from services.jet.enrolments import who
from services.jet.tables import participant
from services.jet.terms import JetNumber
from services.jet.training_tables import learning_progress, training_enrolment, training_run
from services.jet.training_terms import RUN
from services.kit.directory import visible
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.resource import Basis, Part, Resource
from services.kit.text import Text
from services.kit.wire import Code, Day, Wire

FORWARD = Refusal(
    WENT_BACK.code, "conflict",
    Text("進捗が後の読み取りより減っています", "Less progress than a later reading"),
    Text("最新の読み取りを送ってください。", "Send the latest reading."),
)  # fmt: skip


class LearningProgressWrite(Wire):
    jet_number: JetNumber
    run_code: Code
    percent: Annotated[StrictInt, Field(ge=0, le=100)]
    read_on: Day
    finished_on: Day | None = None


class LearningProgress(LearningProgressWrite):
    id: UUID
    participant_name: str | None


def source(_: Basis) -> Select[Any]:
    p, e, r = learning_progress.c, training_enrolment.c, training_run.c
    return who.with_names(
        select(
            p.id, r.code.label("run_code"), *who.names(), p.percent, p.read_on, p.finished_on, p.row_version,
        )
        .join_from(learning_progress, training_enrolment, e.id == p.enrolment_id)
        .join(training_run, r.id == e.run_id)
    )  # fmt: skip


learning_progresses = Resource(
    service="jet",
    schema="jet",
    name="learning_progress",
    plural="learning-progress",
    read=LearningProgress,
    write=LearningProgressWrite,
    source=source,
    access={"list": access.ENROLMENTS, "read": access.ENROLMENTS, "import": access.TRAINS},
    own=visible(training_enrolment.c.organisation_id),
    itself=oneself,
    filters={
        "run_code": equals(training_run.c.code),
        "jet_number": equals(participant.c.jet_number),
        "organisation": by_organisation(training_enrolment.c.organisation_id),
    },
    sorts=("read_on", "jet_number"),
    parts=(Part(learning_progress, ("enrolment_id",)),),
    refs=(RUN, who.REFS[0]),
    check=service.check_progress,
    store=service.store_progress,
    organisation="organisation_id",
    version="2026.1",
    constraints={"learning_progress_forward": FORWARD},
)
