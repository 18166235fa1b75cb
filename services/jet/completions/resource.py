"""Completions (修了): dated awards, one for each person, course and fiscal year, with a number of that year's series."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, cast, func, literal, select

from services.jet import access
from services.jet.completions.service import NAME
from services.jet.enrolments import who
from services.jet.tables import participant
from services.jet.training_tables import (
    training_completion,
    training_course,
    training_edition,
    training_enrolment,
    training_run,
)
from services.kit.db.tables import CLOCK
from services.kit.directory import visible
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.resource import Basis, Resource
from services.kit.wire import Day, Instant


class TrainingCompletion(who.Shown):
    id: UUID
    certificate_number: str
    fiscal_year: int
    course_code: str
    course_title_ja: str
    course_title_en: str
    completed_on: Day
    awarded_at: Instant


def source(_: Basis) -> Select[Any]:
    d, e, r, ed, c = (
        t.c
        for t in (training_completion, training_enrolment, training_run, training_edition, training_course)
    )
    # as services.jet.completions.domain.certificate_number writes it
    drawn = cast(d.certificate_number, String)
    padded = func.lpad(drawn, func.greatest(6, func.length(drawn)), "0")
    number = func.concat(d.fiscal_year, literal("-", String), padded)
    return who.with_names(
        select(
            d.id, number.label("certificate_number"), d.fiscal_year, c.code.label("course_code"),
            ed.name_ja.label("course_title_ja"), ed.name_en.label("course_title_en"), r.code.label("run_code"),
            *who.names(), d.completed_on, d.awarded_at, d.row_version,
            # what its certificate says besides
            ed.hours.label("_hours"), r.starts_on.label("_starts_on"), r.ends_on.label("_ends_on"),
            r.date_precision.label("_date_precision"), r.date_text.label("_date_text"),
            who.KANA.label("_name_kana"), select(CLOCK.c.sandbox).scalar_subquery().label("_sandbox"),
        )
        .join_from(training_completion, training_enrolment, e.id == d.enrolment_id)
        .join(training_run, r.id == e.run_id)
        .join(training_edition, ed.id == r.edition_id)
        .join(training_course, c.id == d.course_id)
    )  # fmt: skip


training_completions = Resource(
    service="jet",
    schema="jet",
    name="training_completion",
    plural=NAME,
    read=TrainingCompletion,
    source=source,
    access={"list": access.ENROLMENTS, "read": access.ENROLMENTS},
    own=visible(training_completion.c.organisation_id),
    itself=lambda person: training_completion.c.participant_id == person,
    filters={
        "run_code": equals(training_run.c.code),
        "course_code": equals(training_course.c.code),
        "fiscal_year": equals(training_completion.c.fiscal_year, int),
        "jet_number": equals(participant.c.jet_number),
        "organisation": by_organisation(training_completion.c.organisation_id),
    },
    sorts=("completed_on", "certificate_number", "jet_number"),
)
