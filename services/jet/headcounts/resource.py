"""Training headcounts (人数報告): how many of an audience came to a run, reported by whoever organised it, without names."""

from collections import defaultdict
from dataclasses import replace
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field, StrictInt
from sqlalchemy import Select, Table, select

from services.jet import access
from services.jet.headcounts import domain
from services.jet.headcounts.domain import WIDEST_FIRST, Count, contradiction
from services.jet.headcounts.repository import reported
from services.jet.runs.domain import begun
from services.jet.training_tables import training_edition, training_headcount, training_run
from services.jet.training_terms import RUN, TrainingCode
from services.kit import directory
from services.kit.db.session import WriteSession
from services.kit.directory import visible
from services.kit.errors import Refusal
from services.kit.fields import equals
from services.kit.fields import organisation as by_organisation
from services.kit.findings import Finding
from services.kit.japan import cells
from services.kit.japan.clock import day_in_japan
from services.kit.resource import Basis, Filter, Part, Resource, Row
from services.kit.text import Text
from services.kit.wire import Day, Wire, choice

Counted = Literal[
    "all", "jet_participant", "new_participant", "alt", "cir", "sea", "open", "organisation_staff", "teacher",
    "adviser", "supervisor", "alumnus",
]  # fmt: skip
Unit = Literal["persons", "person_times"]
Qualifier = Literal["exact", "about", "at_least"]
Method = Literal["counted", "estimated", "stated"]
NOT_YOURS = Finding(
    "run_not_yours",
    Text("この実施回はないか、主催していません", "There is no such run, or it is not yours to report"),
    Text(
        "実施回コードを確認してください。人数は主催団体が報告します。",
        "Check the run's code. Its organiser reports the heads.",
    ),
)


class TrainingHeadcountWrite(Wire):
    """`within`: the audience that this one is part of (うち)."""

    run_code: TrainingCode
    audience: Annotated[Counted, choice("headcount_audience", get_args(Counted))]
    within: Annotated[Counted | None, choice("headcount_audience", get_args(Counted))] = None
    unit: Annotated[Unit, choice("headcount_unit", get_args(Unit))] = "persons"
    value: Annotated[Annotated[StrictInt, Field(ge=0, le=1_000_000)], cells.INTEGER]
    qualifier: Annotated[Qualifier, choice("qualifier", get_args(Qualifier))] = "exact"
    method: Annotated[Method, choice("headcount_method", get_args(Method))]
    reported_on: Day


class TrainingHeadcount(TrainingHeadcountWrite):
    """Who reports is the run's organiser; empty: CLAIR."""

    id: UUID
    edition_code: str
    fiscal_year: int
    organisation_code: str | None
    organisation_name: str | None


def source(_: Basis) -> Select[Any]:
    h, r, e, o = training_headcount.c, training_run.c, training_edition.c, directory.organisation.c
    return (
        select(
            h.id, r.code.label("run_code"), e.code.label("edition_code"), r.fiscal_year,
            o.code.label("organisation_code"), o.name.label("organisation_name"), h.audience, h.within, h.unit,
            h.value, h.qualifier, h.method, h.reported_on, h.row_version,
        )
        .join_from(training_headcount, training_run, r.id == h.run_id)
        .join(training_edition, e.id == r.edition_id)
        .join(directory.organisation, o.id == h.organisation_id, isouter=True)
    )  # fmt: skip


def _organised(table: Table) -> Any:
    return visible(table.c.organiser_id)


async def check(session: WriteSession, rows: list[Row]) -> dict[int, list[tuple[str, Finding]]]:
    """Each row against what is stored of its run, as the rows of the same file make it."""
    now, found = await reported(session, {row["run_id"] for row in rows})
    stated = {run: dict(one.counts) for run, one in found.items()}
    for row in rows:
        row["organisation_id"] = found[row["run_id"]].organiser_id
        key = row["unit"], row["audience"]
        stated[row["run_id"]][key] = Count(row["audience"], row["value"], row["within"])
    problems: dict[int, list[tuple[str, Finding]]] = defaultdict(list)
    for row in rows:
        if not begun(found[row["run_id"]].schedule, now):
            problems[row["_row"]].append(("run_code", domain.NOT_BEGUN))
        if row["reported_on"] > day_in_japan(now):
            problems[row["_row"]].append(("reported_on", domain.TO_COME))
        beside = {unit_of: one for unit_of, one in stated[row["run_id"]].items() if unit_of[0] == row["unit"]}
        own = beside[(row["unit"], row["audience"])]
        if (wrong := contradiction(own, beside.values()) or _outgrown(own, beside.values())) is not None:
            problems[row["_row"]].append(wrong)
    return problems


def _outgrown(whole: Count, others: Any) -> tuple[str, Finding] | None:
    """A row that is lowered below a part of it."""
    parts = [one for one in others if one.within == whole.audience]
    return ("value", domain.MORE_THAN_WHOLE) if any(one.value > whole.value for one in parts) else None


def _as(finding: Finding) -> Refusal:
    return Refusal(finding.code, "payload", finding.message, finding.remedy)


training_headcounts = Resource(
    service="jet",
    schema="jet",
    name="training_headcount",
    plural="training-headcounts",
    read=TrainingHeadcount,
    write=TrainingHeadcountWrite,
    source=source,
    access={
        "list": access.HEADCOUNTS,
        "read": access.HEADCOUNTS,
        "create": access.HEADCOUNTED,
        "change": access.HEADCOUNTED,
        "import": access.HEADCOUNTED,
    },
    own=visible(training_headcount.c.organisation_id),
    filters={
        "run_code": equals(training_run.c.code),
        "edition_code": equals(training_edition.c.code),
        "fiscal_year": equals(training_run.c.fiscal_year, int),
        "organisation": by_organisation(training_headcount.c.organisation_id),
        "audience": equals(training_headcount.c.audience, Counted),
        "unit": equals(training_headcount.c.unit, Unit),
        "of_whom": Filter(bool, lambda given: training_headcount.c.within.is_not(None) == given),
    },
    sorts=("run_code", "audience", "reported_on"),
    parts=(Part(training_headcount, ("run_id", "audience", "unit")),),
    refs=(replace(RUN, unknown=NOT_YOURS, within=_organised),),
    check=check,
    fixed=("run_code", "audience", "unit"),
    organisation="organisation_id",
    version="2026.1",
    constraints={
        "training_headcount_within_fkey": _as(domain.WHOLE_MISSING),
        "training_headcount_in_order": _as(domain.NOT_WITHIN),
        "training_headcount_added_once": _as(domain.ADDED_TWICE),
    },
)
assert get_args(Counted) == WIDEST_FIRST
